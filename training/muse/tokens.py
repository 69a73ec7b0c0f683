"""Texts as tokens: tokenised once each, and put through the model beside texts of like length."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from retrieval.encoder.manifest import Templates
from retrieval.encoder.protocol import Side

Ids = NDArray[np.int32]
_KEPT = 400_000
"""Texts whose tokens are remembered (about 100 bytes each for a title, 500 for a passage)."""


class Sided(NamedTuple):
    """A text, and which side it is put from."""

    side: Side
    text: str


class Tokens:
    """Token ids of texts as the model reads them: with their side's template, cut to `max_tokens`."""

    def __init__(self, tokenizer: Any, templates: Templates, *, max_tokens: int) -> None:
        self._tokenizer = tokenizer
        self._templates = templates
        self._most = max_tokens
        self._known: dict[Sided, Ids] = {}

    def __call__(self, texts: Sequence[Sided]) -> list[Ids]:
        """Ids of each text, [s] int32, special tokens included."""
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        if len(self._known) + len(new) > _KEPT:
            self._known = {}
            new = list(dict.fromkeys(texts))
        if new:
            put = [self._templates.put(each.text, each.side) for each in new]
            found = self._tokenizer(put, truncation=True, max_length=self._most, padding=False)["input_ids"]
            self._known.update(zip(new, (np.asarray(ids, np.int32) for ids in found), strict=True))
        return [self._known[text] for text in texts]


def micro_batches(ids: Sequence[Ids], *, tokens: int) -> list[list[int]]:
    """Places of texts in groups of like length, each of at most `tokens` with its padding; the longest texts first.

    A group ends before that where the next text is a tenth shorter than its longest, once it is a sixth of `tokens`:
    there a group more costs less than its padding. A text that is longer than `tokens` stands alone.
    """
    groups: list[list[int]] = []
    longest = 0
    for place in sorted(range(len(ids)), key=lambda place: (-len(ids[place]), place)):
        size = len(groups[-1]) * longest if groups else 0
        if not groups or size + longest > tokens or (len(ids[place]) < 0.9 * longest and size >= tokens / 6):
            groups.append([])
            longest = len(ids[place])
        groups[-1].append(place)
    return groups


def padded(ids: Sequence[Ids], *, pad: int) -> tuple[Tensor, Tensor]:
    """Ids and mask, [b, s] int64, padding on the right."""
    width = max(map(len, ids))
    rows = np.full((len(ids), width), pad, np.int64)
    mask = np.zeros((len(ids), width), np.int64)
    for row, each in enumerate(ids):
        rows[row, : len(each)] = each
        mask[row, : len(each)] = 1
    return torch.from_numpy(rows), torch.from_numpy(mask)
