"""The gradient of a loss over all vectors of a batch, with the graphs of one micro-batch in memory, or of all.

Cached (Gao et al., 2021, arXiv:2101.06983): all texts are encoded without a graph, the loss gives the gradient of
every vector, then each micro-batch is encoded again with a graph and takes the gradient of its vectors further. Dropout
is the same both times, as each micro-batch draws from a seed of its own; so cached and plain give the same.

Several processes share the micro-batches of one batch out among them and each have all vectors for the loss: the result
is that of one process. Where the model itself is shared out, it runs only when all of them run it: a process with a
micro-batch less runs one that counts for nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from training.muse.model import Muse
from training.muse.parts import is_sharded
from training.muse.processes import Processes
from training.muse.tokens import Ids

Loss = Callable[[Tensor], tuple[Tensor, Mapping[int, Tensor]]]
"""Vectors [t, width] -> the loss, and width -> the loss at each level."""


@dataclass(frozen=True, kw_only=True)
class Descent:
    """What a batch came to."""

    loss: float
    levels: Mapping[int, float]


def backward(
    model: Muse,
    ids: Sequence[Ids],
    loss: Loss,
    *,
    groups: Sequence[Sequence[int]],
    cached: bool,
    seed: Sequence[int],
    processes: Processes,
) -> Descent:
    """Add the gradient of the loss of a batch to the model's parameters.

    `ids` are the batch's texts, `groups` the places of those that go through the model together; `seed` names the step.
    """
    mine = list(enumerate(groups))[processes.rank :: processes.number]
    sharded = is_sharded(model)
    idle = sharded and len(mine) < -(-len(groups) // processes.number)
    cached = cached or sharded
    kept: list[Tensor] = []
    vectors = torch.zeros(len(ids), model.recipe.width, device=processes.device)
    with torch.set_grad_enabled(not cached):
        for number, group in mine:
            kept.append(_encoded(model, ids, group, (*seed, number)))
            vectors[group] = kept[-1].detach()
        if idle:
            _encoded(model, ids, groups[-1], seed)
    vectors = processes.sum(vectors).requires_grad_()
    value, levels = loss(vectors)
    value.backward()  # type: ignore[no-untyped-call]  # torch leaves it without types
    gradient = vectors.grad
    if gradient is None:
        raise ValueError("the loss does not depend on the vectors")
    for place, (number, group) in enumerate(mine):
        again = _encoded(model, ids, group, (*seed, number)) if cached else kept[place]
        again.backward(gradient[group])  # type: ignore[no-untyped-call]
        kept[place] = vectors  # its graph is done with: let it go
    if idle:
        nothing = (_encoded(model, ids, groups[-1], seed) * 0).sum()
        nothing.backward()  # type: ignore[no-untyped-call]
    if processes.number > 1 and not sharded:
        for parameter in model.trained().values():
            mine_alone = torch.zeros_like(parameter) if parameter.grad is None else parameter.grad
            parameter.grad = processes.sum(mine_alone)
    return Descent(loss=float(value.detach()), levels={width: float(each.detach()) for width, each in levels.items()})


def _encoded(model: Muse, ids: Sequence[Ids], group: Sequence[int], seed: Sequence[int]) -> Tensor:
    torch.manual_seed(int(np.random.SeedSequence(seed).generate_state(1)[0]))
    return model.encode([ids[place] for place in group])
