"""Trains the policy screen's network: which tokens of a request are a criterion on a protected attribute.

The encoder stays as it is; what is learned is a small network over its token states, which takes minutes on a laptop.
"""

from __future__ import annotations

import random
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from agents.policy.letters import plain
from agents.policy.reader import FILE, Card
from agents.policy.reading import ATTRIBUTES
from agents.policy.tokens import LAYERS, token_states
from offline.evaluation.safety.screening import Line, read_suite
from training.policy_variants import ordinary, variants

VERSION = "1"
WIDTH = 128
EPOCHS = 8
BATCH = 48
VARIANTS = 0.5
"""Made lines for each written one: see `training.policy_variants`."""
ORDINARY = 0.1
"""Lines of the lexicon's titles and skills for each written one."""
SEEDS = (0, 1, 2, 3)
"""One network each; they answer together, because each has its own odd mistakes."""
ENCODER_WIDTH = 384
SURE, PART, DOUBT = 0.5, 0.25, 0.03
"""Where the card draws its lines: chosen on the unseen part of the packaged suite."""
_TOKENS, _WHOLE, _ATTRIBUTE = 4.0, 1.0, 0.3
"""What the three errors weigh: each token, the request as a whole, which attribute."""


@dataclass(frozen=True, kw_only=True)
class Example:
    """One window of a line. `states` [n, layers x 384] float16, `asked` [n] 1 for a token of a criterion, `counted` [n]
    0 for the marks of start and end, `attribute` a place in `ATTRIBUTES` or -1."""

    states: NDArray[np.float16]
    asked: NDArray[np.float32]
    counted: NDArray[np.float32]
    attribute: int


class Network(nn.Module):
    """Two convolutions over five tokens, so about what stands four words around, and a look at the token itself."""

    def __init__(self, inputs: int = ENCODER_WIDTH * len(LAYERS), width: int = WIDTH, drop: float = 0.3) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(inputs)
        self.narrow = nn.Linear(inputs, width)
        self.around = nn.ModuleList([nn.Conv1d(width, width, 5, padding=2) for _ in range(2)])
        self.drop = nn.Dropout(drop)
        self.asked = nn.Linear(2 * width, 1)
        self.attribute = nn.Linear(2 * width, len(ATTRIBUTES))

    def forward(self, states: Tensor, mask: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Logits [b, n] and [b, n, attributes] from states [b, n, inputs]; `mask` [b, n]: 0 where no token is."""
        there = 1.0 if mask is None else mask[..., None]
        alone = self.drop(nn.functional.gelu(self.narrow(self.drop(self.norm(states)))) * there)
        seen = alone
        for layer in self.around:
            seen = (seen + nn.functional.gelu(layer(seen.transpose(1, 2)).transpose(1, 2))) * there
        both = self.drop(torch.cat([alone, seen], dim=-1))
        return self.asked(both)[..., 0], self.attribute(both)


class Networks(nn.Module):
    """Several networks, and what `agents.policy.reader` asks of them: chances [b, n] and [b, n, attributes]."""

    def __init__(self, members: Sequence[Network]) -> None:
        super().__init__()
        self.members = nn.ModuleList(members)

    def forward(self, states: Tensor) -> tuple[Tensor, Tensor]:
        """The mean of the members' logits, as chances."""
        answers = [member(states) for member in self.members]
        asked = torch.stack([answer[0] for answer in answers]).mean(0)
        attribute = torch.stack([answer[1] for answer in answers]).mean(0)
        return torch.sigmoid(asked), torch.softmax(attribute, dim=-1)


def examples(lines: Sequence[Line]) -> Iterator[Example]:
    """The lines as the network reads them."""
    for line in lines:
        reading = plain(line.text)
        asked = np.array([any(span.start <= place < span.end for span in line.spans) for place in reading.places])
        for window in token_states().windows(reading.text):
            share = [asked[start:end].mean() for start, end in window.places]
            yield Example(
                states=window.states[0].astype(np.float16),
                asked=np.array([0, *(part >= 0.5 for part in share), 0], dtype=np.float32),
                counted=np.array([0, *(1 for _ in share), 0], dtype=np.float32),
                attribute=ATTRIBUTES.index(line.attribute) if line.attribute else -1,
            )


def fit(
    lines: Sequence[Line],
    *,
    seeds: Sequence[int] = SEEDS,
    epochs: int = EPOCHS,
    progress: Callable[[int, int], None] | None = None,
) -> Networks:
    """Learn from labelled lines: a network a seed, each from variants of its own. `progress` hears how many batches are
    done and how many there are."""
    written = list(examples(lines))
    members = []
    for place, seed in enumerate(seeds):
        draw = random.Random(seed)  # noqa: S311 - nothing secret
        made = [*variants(lines, round(VARIANTS * len(lines)), draw), *ordinary(round(ORDINARY * len(lines)), draw)]
        known = [*written, *examples(made)]
        steps = epochs * -(-len(known) // BATCH)
        torch.manual_seed(seed)
        network = Network().train()
        for done in _learn(network, known, epochs=epochs, steps=steps, draw=draw):
            if progress:
                progress(place * steps + done, len(seeds) * steps)
        members.append(network.eval())
    return Networks(members).eval()


def _learn(
    network: Network, known: Sequence[Example], *, epochs: int, steps: int, draw: random.Random
) -> Iterator[int]:
    """Yields how many batches it has learned from."""
    optimizer = torch.optim.AdamW(network.parameters(), lr=2e-3, weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 2e-3, total_steps=steps, pct_start=0.15)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # on a busy machine two threads of so small a step mostly wait for each other
    done = 0
    for _ in range(epochs):
        for batch in _batches(known, draw):
            optimizer.zero_grad()
            _error(network, batch).backward()  # type: ignore[no-untyped-call] # torch leaves it so
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            done += 1
            yield done
    torch.set_num_threads(threads)


def save(networks: Networks, folder: Path, card: Card) -> None:
    """Write what `agents.policy.reader.Reader` loads."""
    folder.mkdir(parents=True, exist_ok=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # as the encoder: the newer exporter needs another package
        torch.onnx.export(
            networks.eval(),
            (torch.zeros(1, 8, ENCODER_WIDTH * len(LAYERS)),),
            str(folder / FILE),
            dynamo=False,
            opset_version=17,
            input_names=["states"],
            output_names=["chances", "attributes"],
            dynamic_axes={"states": {1: "n"}, "chances": {1: "n"}, "attributes": {1: "n"}},
        )
    onnx.save(_halved(onnx.load(str(folder / FILE))), str(folder / FILE))
    (folder / "card.json").write_text(card.model_dump_json(indent=2) + "\n", encoding="utf-8")


def _halved(model: onnx.ModelProto) -> onnx.ModelProto:
    """The model with its matrices kept as float16, and computed in float32 as before: half the size."""
    graph, casts = model.graph, []
    for matrix in [one for one in graph.initializer if one.data_type == onnx.TensorProto.FLOAT and len(one.dims) > 1]:
        short = onnx.numpy_helper.from_array(
            onnx.numpy_helper.to_array(matrix).astype(np.float16), f"{matrix.name}.half"
        )
        casts.append(onnx.helper.make_node("Cast", [short.name], [matrix.name], to=onnx.TensorProto.FLOAT))
        graph.initializer.remove(matrix)
        graph.initializer.append(short)
    nodes = [*casts, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)
    onnx.checker.check_model(model)
    return model


def describe(lines: Sequence[Line]) -> Card:
    """The card of networks that learned from `lines`."""
    return Card(
        version=VERSION, attributes=ATTRIBUTES, layers=LAYERS, sure=SURE, part=PART, doubt=DOUBT, lines=len(lines)
    )


def packaged_lines(more: Path | None = None) -> list[Line]:
    """What the packaged weights learned from: `policy_lines.jsonl`, the seen part of the suite, and `more`.

    Raises: SuiteUnreadable.
    """
    own = read_suite(Path(__file__).parent / "policy_lines.jsonl")
    return [*own, *(line for line in read_suite() if line.seen), *(read_suite(more) if more else ())]


def _batches(known: Sequence[Example], draw: random.Random) -> Iterator[list[Example]]:
    """All examples once, those of like length together: less of a batch is padding."""
    order = draw.sample(range(len(known)), len(known))
    batches = []
    for start in range(0, len(order), BATCH * 12):
        near = sorted(order[start : start + BATCH * 12], key=lambda at: len(known[at].asked))
        batches += [near[first : first + BATCH] for first in range(0, len(near), BATCH)]
    draw.shuffle(batches)
    for batch in batches:
        yield [known[at] for at in batch]


def _error(network: Network, batch: Sequence[Example]) -> Tensor:
    longest = max(len(one.asked) for one in batch)
    states = torch.zeros(len(batch), longest, batch[0].states.shape[1])
    asked, counted, there = (torch.zeros(len(batch), longest) for _ in range(3))
    attribute = torch.full((len(batch), longest), -1)
    for row, one in enumerate(batch):
        length = len(one.asked)
        states[row, :length] = torch.from_numpy(one.states).float()
        asked[row, :length] = torch.from_numpy(one.asked)
        counted[row, :length] = torch.from_numpy(one.counted)
        there[row, :length] = 1
        if one.attribute >= 0:
            attribute[row, :length][asked[row, :length] > 0] = one.attribute
    logits, kinds = network(states, there)
    binary = nn.functional.binary_cross_entropy_with_logits
    tokens = binary(logits, asked, weight=counted, reduction="sum") / counted.sum()
    whole = binary((logits + (counted - 1) * 1e4).max(1).values, asked.max(1).values)
    error: Tensor = _TOKENS * tokens + _WHOLE * whole
    if (attribute >= 0).any():
        error = error + _ATTRIBUTE * nn.functional.cross_entropy(kinds.transpose(1, 2), attribute, ignore_index=-1)
    return error
