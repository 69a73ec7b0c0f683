"""Cosines of queries and candidates at one Matryoshka level."""

from __future__ import annotations

from torch import Tensor
from torch.nn.functional import normalize

from training.muse.layout import Layout

_NONE = -2.0
"""Below every cosine: a passage that is not there is never among the best."""


def level(vectors: Tensor, width: int) -> Tensor:
    """[t, width] of unit length: the first numbers of vectors [t, full] (Kusupati et al., 2022, arXiv:2205.13147)."""
    return normalize(vectors[:, :width], dim=-1)


def scores(vectors: Tensor, layout: Layout, *, width: int, best: int) -> Tensor:
    """[q, c], the mean cosine of a query and the `best` best passages of a candidate, or of as many as it has.

    `vectors` [t, full]. The gradient goes to those best passages alone.
    """
    rows = level(vectors, width)
    pairs = rows[layout.queries] @ rows.T
    there = layout.passages >= 0
    if layout.passages.shape[1] == 1:
        return pairs[:, layout.passages[:, 0]]
    cosines = pairs[:, layout.passages.clamp(min=0)].masked_fill(~there, _NONE)
    top = cosines.topk(min(best, cosines.shape[-1]), dim=-1).values
    kept = there.sum(-1).clamp(max=best)
    # those that are not there come last: what counts are the first `kept`
    counted = kept.unsqueeze(-1) > layout.passages.new_tensor(range(top.shape[-1]))
    return (top * counted).sum(-1) / kept
