"""The first node: is this a request, what does the thread remember, and what may not be asked."""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter
from uuid import uuid4

from langgraph.runtime import Runtime

from agents.errors import EmptyRequest, RequestTooLong, UnknownEdit, UnknownSeed
from agents.limits import Limits
from agents.nodes.stages import ended
from agents.policy import screen
from agents.state import Memory, State, Update, carried
from retrieval.schema import Context
from retrieval.snapshot import Snapshot, UnknownMember


@dataclass(frozen=True, kw_only=True)
class Screening:
    """Checks the message, recalls the thread, and takes out criteria that the policy refuses."""

    snapshot: Snapshot
    limits: Limits
    notes: tuple[str, ...] = ()

    async def __call__(self, state: State, runtime: Runtime[Context]) -> Update:
        """Raises EmptyRequest, RequestTooLong, UnknownSeed, UnknownEdit or ThreadUnreadable."""
        started = perf_counter()
        thread = runtime.execution_info.thread_id if runtime.execution_info else None
        memory = Memory.recall(state.memory, thread=thread)
        context = carried(memory.context if memory else None, runtime.context or Context())
        self._check(state.text, context, again=bool(memory and state.declined))
        declined = _declined(state.declined, memory)
        population = ended(runtime, "population", started=None, round=1, count=len(self.snapshot.alive))
        screening = screen(state.text)
        refused = len(screening.refused)
        detail = f"{refused} {'criterion' if refused == 1 else 'criteria'} refused" if refused else ""
        return {
            "run": uuid4().hex,
            "started": started,
            "context": context,
            "declined": declined,
            "previous": memory.role if memory else None,
            "screened": screening.text,
            "refused": screening.refused,
            "notes": self.notes,
            "waterfall": (population, ended(runtime, "screen", started=started, round=1, detail=detail)),
        }

    def _check(self, text: str, context: Context, *, again: bool) -> None:
        if len(text) > self.limits.request_characters:
            raise RequestTooLong(
                f"the request has {len(text):,} characters, more than the {self.limits.request_characters:,} that are "
                "read; keep what the person must have, and leave out the rest of the advertisement"
            )
        for member_id in context.seeds:
            try:
                self.snapshot.row(member_id)
            except UnknownMember as error:
                raise UnknownSeed(
                    f"no profile has the id {member_id!r}; take the id from a card of an earlier search"
                ) from error
        if not text.strip() and not again and not searchable_without_words(context):
            raise EmptyRequest("the request is empty; say whom you look for, such as 'nurse in Boston with ICU years'")


def _declined(now: tuple[str, ...], memory: Memory | None) -> tuple[str, ...]:
    """Edits that the thread's searches do without."""
    made = memory.made if memory else ()
    before = memory.declined if memory else ()
    for edit in now:
        if edit not in made and edit not in before:
            there = f"its last search made {', '.join(made)}" if made else "its last search made none"
            raise UnknownEdit(f"no edit of this thread is called {edit!r}; {there}")
    return tuple(dict.fromkeys((*before, *now)))


def searchable_without_words(context: Context) -> bool:
    """True where seeds or a search string say whom to look for."""
    return bool(context.seeds or (context.boolean or "").strip())
