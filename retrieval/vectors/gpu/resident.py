"""What of an index lies on the device."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from retrieval.vectors.gpu.means import best_means
from retrieval.vectors.gpu.passes import Numbers, Passes
from retrieval.vectors.quantisation import Int8Codes
from retrieval.vectors.quantisation.int8_codes import ZERO

_CHUNK = 64 << 20  # bytes copied at a time
_MOST = 1 << 31  # numbers of vectors are int32
_SPARE = 0.2  # share of the card's free memory that searches keep for themselves


@dataclass(frozen=True, kw_only=True)
class Resident:
    """Codes, and vectors where they fit, of n members with v vectors of d numbers.

    `codes` int8 [v, s]: those of `Int8Codes`, less 128. `vectors` float32 [v, d] or None: then they are read on the
    host. `offsets` int64 [n + 1] or None where every member has one vector. `longest`: the largest length of a vector.
    """

    codes: Tensor
    vectors: Tensor | None
    offsets: Tensor | None
    count: int
    longest: float
    passes: Passes

    @classmethod
    def load(
        cls,
        *,
        codes: Int8Codes,
        vectors: NDArray[np.float32],
        offsets: NDArray[np.int64] | None,
        device: torch.device,
        passes: Passes,
        whole: bool | None,
    ) -> Self:
        """Copy to `device`; `whole` says whether the vectors too (where None: on a card, if they fit).

        Raises: MemoryError where they do not fit, ValueError for more vectors than can be numbered.
        """
        if len(vectors) >= _MOST:
            raise ValueError(f"{len(vectors):,} vectors are more than one device takes ({_MOST:,}); divide the members")
        needed, full = codes.codes.nbytes, vectors.nbytes
        if device.type == "cuda":
            free = int((1 - _SPARE) * torch.cuda.mem_get_info(device)[0])
            whole = needed + full <= free if whole is None else whole
            total = needed + (full if whole else 0)
            if total > free:
                raise MemoryError(
                    f"{total / 1e9:,.1f} GB are to lie on {device}, which has {free / 1e9:,.1f} GB to spare; leave the "
                    "vectors on the host (vectors=False), divide the members among cards, or use narrower vectors"
                )
        on_device, longest = _copied(vectors, device) if whole else (None, 0.0)
        signed = torch.empty(codes.codes.shape, dtype=torch.int8, device=device)
        for start in range(0, len(signed), step := _step(codes.codes)):
            part = np.bitwise_xor(codes.codes[start : start + step], np.uint8(ZERO)).view(np.int8)
            signed[start : start + step] = torch.from_numpy(part)
        return cls(
            codes=signed,
            vectors=on_device,
            offsets=None if offsets is None else torch.from_numpy(np.array(offsets)).to(device),
            count=len(vectors) if offsets is None else len(offsets) - 1,
            longest=longest,
            passes=passes,
        )

    @property
    def device(self) -> torch.device:
        """Where all lies."""
        return self.codes.device

    def with_vectors(self, members: Tensor | None) -> Tensor | None:
        """Those of `members` (None: all) who have vectors."""
        if self.offsets is None:
            return members
        some = self.offsets.diff() > 0
        if members is None:
            return None if bool(some.all()) else some.nonzero().flatten().to(torch.int32)
        return members[some[members]]

    def vectors_of(self, members: Tensor | range) -> tuple[Numbers, Tensor | None]:
        """The vectors of members (int), member after member, and how many each has, int64 [m] (None: one)."""
        if self.offsets is None:
            return members, None
        if isinstance(members, range):
            bounds = self.offsets[members.start : members.stop + 1]
            return range(int(bounds[0]), int(bounds[-1])), bounds.diff()
        starts = self.offsets[members]
        counts = self.offsets[members.to(torch.int64) + 1] - starts
        numbers = torch.repeat_interleave(starts - (torch.cumsum(counts, 0) - counts), counts)
        numbers += torch.arange(len(numbers), device=self.device)
        return numbers.to(torch.int32), counts

    def members_of(self, numbers: Tensor) -> Tensor:
        """The members (int64), each once, ascending, whose vectors (int64) these are."""
        if self.offsets is None:
            return numbers
        members: Tensor = torch.unique(torch.searchsorted(self.offsets, numbers, right=True) - 1)
        return members

    def float_scores(self, members: Tensor, query: Tensor, best: int) -> Tensor:
        """Scores float32 [m] by the vectors themselves, which must lie here; `query` float32 [d].

        No further from the truth than `slack`. Sums of products, not a matrix product: those may round to TF32.
        """
        assert self.vectors is not None  # noqa: S101 -- callers ask first
        numbers, counts = self.vectors_of(members)
        step = max(1, _CHUNK // (4 * self.vectors.shape[1]))
        parts = [(self.vectors[numbers[start : start + step]] * query).sum(1) for start in range(0, len(numbers), step)]
        scores = torch.cat([query[:0], *parts])
        return scores if counts is None else best_means(scores[None], counts, best)[0]

    def slack(self, query: NDArray[np.float32]) -> float:
        """How wrong float32 sums of products can be, in any order, and the means of them."""
        return (len(query) + 8) * 2.0**-23 * self.longest * float(np.linalg.norm(query)) + 1e-30


def _copied(vectors: NDArray[np.float32], device: torch.device) -> tuple[Tensor, float]:
    """`vectors` on the device, and the largest length of one."""
    copied = torch.empty(vectors.shape, dtype=torch.float32, device=device)
    longest = 0.0
    for start in range(0, len(vectors), step := _step(vectors)):
        part = np.array(vectors[start : start + step])  # torch wants memory that may be written
        longest = max(longest, float(np.linalg.norm(part, axis=1).max()))
        copied[start : start + step] = torch.from_numpy(part)
    return copied, longest


def _step(array: NDArray[Any]) -> int:
    return max(1, _CHUNK // max(1, array.itemsize * int(array.shape[1])))
