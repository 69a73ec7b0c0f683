"""The passes in Triton: on CUDA, or anywhere (slowly) under its interpreter, `TRITON_INTERPRET=1`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor

from retrieval.vectors.gpu import kernels
from retrieval.vectors.gpu.passes import CodedQueries, Found, Numbers
from retrieval.vectors.gpu.torch_passes import numbers_at

BITS = 4096
"""Looked at by one program that compacts."""
OPTIONS = {"num_warps": 8, "enable_fp_fusion": False}
"""Of the compiler. With fewer warps the sums of 64 queries do not fit the registers."""
_BLOCK = 128  # vectors scored by one program
_FEWEST, _MOST = 16, 64  # queries of one launch: the tensor cores' least, and what keeps the sums in registers
_ROOM = 1 << 17  # survivors a query that there is room for at first
_MEMORY = 1 << 30  # bytes for survivors, when there are many


class TritonPasses:
    """See `Passes`. `room`: survivors of a query that are expected at most; more cost another pass."""

    name = "triton"

    def __init__(self, *, room: int = _ROOM, memory: int = _MEMORY) -> None:
        self._room = room
        self._memory = memory

    def compact(self, bits: Tensor) -> Tensor:
        """See `Passes`."""
        programs = -(-8 * len(bits) // BITS)
        if not programs:
            return torch.empty(0, dtype=torch.int32, device=bits.device)
        counts = torch.empty(programs, dtype=torch.int32, device=bits.device)
        kernels.count_bits[(programs,)](bits, counts, len(bits), BLOCK=BITS, **OPTIONS)
        ends = torch.cumsum(counts, 0, dtype=torch.int64)
        out = torch.empty(int(ends[-1]), dtype=torch.int32, device=bits.device)
        kernels.write_set[(programs,)](bits, ends, out, len(bits), BLOCK=BITS, **OPTIONS)
        return out

    def scores(self, codes: Tensor, numbers: Numbers, queries: CodedQueries) -> Tensor:
        """See `Passes`."""
        parts = [torch.empty((0, len(numbers)), dtype=torch.float32, device=codes.device)]
        for some in _launches(queries):
            out = torch.empty((_filled(len(some)), len(numbers)), dtype=torch.float32, device=codes.device)
            given, compiled = _launch(codes, numbers, some)
            if len(numbers):
                kernels.score_all[_programs(numbers)](*given, out, _start(numbers), len(numbers), **compiled)
            parts.append(out[: len(some)])
        return torch.cat(parts)

    def survivors(self, codes: Tensor, numbers: Numbers, queries: CodedQueries, thresholds: Tensor) -> list[Found]:
        """See `Passes`."""
        found: list[Found] = []
        for some in _launches(queries):
            wanted = thresholds[len(found) : len(found) + len(some)]
            found += self._survivors(codes, numbers, some, wanted, min(self._room, len(numbers)))
        return found

    def _survivors(
        self, codes: Tensor, numbers: Numbers, queries: CodedQueries, thresholds: Tensor, room: int
    ) -> list[Found]:
        """Those of one launch's queries; again with more room, or in parts, where there are more than `room`."""
        filled = _filled(len(queries))
        counts = torch.zeros(filled, dtype=torch.int32, device=codes.device)
        places = torch.empty((filled, room), dtype=torch.int32, device=codes.device)
        scores = torch.empty((filled, room), dtype=torch.float32, device=codes.device)
        given, compiled = _launch(codes, numbers, queries)
        wanted = torch.nn.functional.pad(thresholds, (0, filled - len(queries)), value=torch.inf)
        if len(numbers):
            kernels.score_survivors[_programs(numbers)](
                *given, wanted, counts, places, scores, _start(numbers), len(numbers), room, **compiled
            )
        many: list[int] = counts.tolist()
        most = max(many)
        if most > room:
            affordable = max(1, self._memory // (8 * filled))
            if most <= affordable:
                return self._survivors(codes, numbers, queries, thresholds, most)
            parts = [
                self._survivors(codes, part, queries, thresholds, len(part))
                for part in (numbers[start : start + affordable] for start in range(0, len(numbers), affordable))
            ]
            return [
                Found(
                    numbers=torch.cat([one.numbers for one in every]), scores=torch.cat([one.scores for one in every])
                )
                for every in zip(*parts, strict=True)
            ]
        return [
            Found(numbers=numbers_at(numbers, places[query, : many[query]].long()), scores=scores[query, : many[query]])
            for query in range(len(queries))
        ]


def _launches(queries: CodedQueries) -> Iterator[CodedQueries]:
    """The queries, as many at a time as one launch takes."""
    for start in range(0, len(queries), _MOST):
        some = slice(start, start + _MOST)
        yield CodedQueries(numbers=queries.numbers[some], scales=queries.scales[some])


def shape(size: int, *, dense: bool, queries: int) -> dict[str, Any]:
    """What a scoring kernel is compiled for: codes of `size` bytes, all of them or some, so many queries."""
    return {
        "ALL": dense,
        "S": size,
        "T": 128 if size % 128 == 0 else 64,  # whole sectors of memory: a gather reads nothing in vain
        "BLOCK": _BLOCK,
        "Q": max(_FEWEST, 1 << (queries - 1).bit_length()),
        **OPTIONS,
    }


def _filled(queries: int) -> int:
    """Queries that a launch computes."""
    return int(shape(64, dense=True, queries=queries)["Q"])


def _launch(codes: Tensor, numbers: Numbers, queries: CodedQueries) -> tuple[tuple[Tensor, ...], dict[str, Any]]:
    """The first arguments of a scoring kernel, and what it is compiled for."""
    more = _filled(len(queries)) - len(queries)
    dense = isinstance(numbers, range)
    given = (
        codes,
        queries.scales if isinstance(numbers, range) else numbers,  # where all are read, these are not
        torch.nn.functional.pad(queries.numbers, (0, 0, 0, more)),
        torch.nn.functional.pad(queries.scales, (0, more)),
    )
    return given, shape(codes.shape[1], dense=dense, queries=len(queries))


def _programs(numbers: Numbers) -> tuple[int]:
    return (-(-len(numbers) // _BLOCK),)


def _start(numbers: Numbers) -> int:
    return numbers.start if isinstance(numbers, range) else 0
