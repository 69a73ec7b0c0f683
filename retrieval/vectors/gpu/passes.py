"""The three passes over what lies on a card, so that torch and Triton can each do them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, TypeAlias

from torch import Tensor

Numbers: TypeAlias = Tensor | range
"""Which vectors: int32 [m], or consecutive ones."""


@dataclass(frozen=True, kw_only=True)
class CodedQueries:
    """b queries as bytes, on the device: score = scale * float32(codes . numbers), both signed.

    s: bytes a coded vector takes. `numbers` int8 [b, s], `scales` float32 [b].
    """

    numbers: Tensor
    scales: Tensor

    def __len__(self) -> int:
        return len(self.numbers)

    def one(self, place: int) -> CodedQueries:
        """Only the query at `place`."""
        return CodedQueries(numbers=self.numbers[place : place + 1], scales=self.scales[place : place + 1])


@dataclass(frozen=True, kw_only=True)
class Found:
    """Vectors with their scores: `numbers` int64 [m], `scores` float32 [m]."""

    numbers: Tensor
    scores: Tensor


class Passes(Protocol):
    """What a search does with codes int8 [v, s] (s a multiple of 64) on one device.

    All give the same scores to the bit: sums of products of bytes are exact, and are scaled once.
    """

    @property
    def name(self) -> str:
        """torch or triton."""

    def compact(self, bits: Tensor) -> Tensor:
        """Numbers int32 [m], ascending, of the bits set in `bits` uint8 (little bit order)."""

    def scores(self, codes: Tensor, numbers: Numbers, queries: CodedQueries) -> Tensor:
        """Scores float32 [b, m] of some vectors."""

    def survivors(self, codes: Tensor, numbers: Numbers, queries: CodedQueries, thresholds: Tensor) -> list[Found]:
        """For each query those of `numbers`, in any order, that score its threshold (float32 [b]) or more."""
