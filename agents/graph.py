"""The road of a request as a LangGraph state machine."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Literal, Protocol

from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.runtime import Runtime

from agents.limits import Limits
from agents.nodes.blending import Blending
from agents.nodes.filtering import Filtering
from agents.nodes.finishing import Finishing
from agents.nodes.guarding import Guarding
from agents.nodes.interpreting import Interpreting
from agents.nodes.ranking import Ranking
from agents.nodes.reflecting import Reflecting, worth_it
from agents.nodes.retrieving import Retrieving, failed
from agents.nodes.screening import Screening
from agents.nodes.sitting import wanted
from agents.nodes.spending import spent
from agents.state import Answer, Ask, State, Update
from retrieval.schema import Context

if TYPE_CHECKING:
    from agents.sourcing import Sourcing

Graph = CompiledStateGraph[State, Context, Ask, Answer]
RESERVED = {"screen", "understand", "filter", "blend", "rank", "guard", "reflect", "finish", *State.model_fields}


class Node(Protocol):
    """An async step of the graph."""

    def __call__(self, state: State, runtime: Runtime[Context]) -> Awaitable[Update]:
        """What the step changes."""
        ...


Wrap = Callable[[str, Node], Node]
"""Given a node's name and body, what runs in its place: to watch or replay a search (`benchmarks/orchestration.py`)."""


def build(sourcing: Sourcing, *, wrap: Wrap | None = None) -> Graph:
    """Compile the graph for these retrievers, without a checkpointer (`graph.copy` takes one)."""
    snapshot, limits, names = sourcing.snapshot, sourcing.limits, tuple(sourcing.retrievers)
    graph = StateGraph(State, context_schema=Context, input_schema=Ask, output_schema=Answer)

    def add(name: str, node: Node, **settings: Any) -> None:
        graph.add_node(name, wrap(name, node) if wrap else node, **settings)

    add("screen", Screening(snapshot=snapshot, limits=limits, notes=sourcing.notes))
    add("understand", Interpreting(understanding=sourcing.understanding))
    add("filter", Filtering(snapshot=snapshot))
    for name in names:
        add(
            node_of(name),
            Retrieving(name=name, retriever=sourcing.retrievers[name], snapshot=snapshot, limits=limits),
            timeout=limits.retriever_seconds,
            error_handler=failed(name, goto="blend"),
        )
    add("blend", Blending(strategies=names, limits=limits))
    add("rank", Ranking(ranker=sourcing.ranker, snapshot=snapshot, limits=limits))
    add("guard", Guarding(guard=sourcing.guard, limits=limits))
    add("reflect", Reflecting(reflector=sourcing.reflector, snapshot=snapshot, limits=limits))
    add("finish", Finishing(snapshot=snapshot, limits=limits, trajectories=sourcing.trajectories))

    graph.add_edge(START, "screen")
    graph.add_edge("screen", "understand")
    graph.add_edge("understand", "filter")
    for name in names:
        graph.add_edge("filter", node_of(name))
        graph.add_edge(node_of(name), "blend")
    if not names:
        graph.add_edge("filter", "blend")
    graph.add_edge("blend", "rank")
    graph.add_edge("rank", "guard")
    graph.add_conditional_edges("guard", _enough(limits))
    graph.add_conditional_edges("reflect", _again)
    graph.add_edge("finish", END)
    return graph.compile(name="shortlist")


def steps(limits: Limits) -> int:
    """Most supersteps of a search: the recursion limit that LangGraph is to be given."""
    return 5 + 6 * (limits.rounds + 1)


def node_of(strategy: str) -> str:
    """A strategy's node. An outsider may call a strategy what a node or field of ours is called, or use `:` and `|`."""
    plain = strategy.replace(":", "_").replace("|", "_")
    return f"{plain}_strategy" if plain in RESERVED or plain != strategy else strategy


# Routes are async although they wait for nothing: LangGraph sends sync ones through a thread, half a millisecond each.


def _enough(limits: Limits) -> Callable[[State], Awaitable[Literal["reflect", "finish"]]]:
    async def enough(state: State) -> Literal["reflect", "finish"]:
        """Finish where nothing is to be gained or may be begun any more, or the guard is down and nobody can tell."""
        blind = state.guard_down and len(state.judged) >= wanted(limits, state.limit)
        done = blind or state.round > limits.rounds or not worth_it(state, limits) or spent(limits, state.started)
        return "finish" if done else "reflect"

    return enough


async def _again(state: State) -> Literal["filter", "rank", "finish"]:
    """Another round where something was edited; retrieval runs again only where its role was."""
    return state.again or "finish"
