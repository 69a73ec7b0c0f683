"""The passes in plain torch: on any device, without a compiler."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from retrieval.vectors.gpu.passes import CodedQueries, Found, Numbers

_MEMORY = 1 << 26  # bytes that a block of gathered codes, or their sums, may take
_BITS = 1 << 23
_EXACT = 1024  # products of bytes (127 * 127) that float32 adds without rounding: their sum stays below 2^24
_FEWEST = 32  # torch._int_mm on CUDA wants more than 16 rows
_EIGHT = 8  # ... and a multiple of 8 columns


class TorchPasses:
    """See `Passes`.

    `bytes_multiplied` multiplies by `torch._int_mm`, which on CUDA runs on the tensor cores (default there). Elsewhere
    bytes become float32 first: the sums are the same to the bit, while integer products of some processors saturate.
    """

    name = "torch"

    def __init__(self, *, bytes_multiplied: bool) -> None:
        self._sums = _by_bytes if bytes_multiplied else _by_floats

    def compact(self, bits: Tensor) -> Tensor:
        """See `Passes`."""
        places = torch.arange(8, dtype=torch.uint8, device=bits.device)
        parts = [torch.empty(0, dtype=torch.int32, device=bits.device)]
        step = _BITS // 8
        for start in range(0, len(bits), step):
            block = (bits[start : start + step, None] >> places) & 1
            parts.append((block.flatten().nonzero().flatten() + 8 * start).to(torch.int32))
        return torch.cat(parts)

    def scores(self, codes: Tensor, numbers: Numbers, queries: CodedQueries) -> Tensor:
        """See `Passes`."""
        out = torch.empty((len(queries), len(numbers)), dtype=torch.float32, device=codes.device)
        for start, block in _blocks(codes, numbers, len(queries)):
            out[:, start : start + len(block)] = self._scores(block, queries)
        return out

    def survivors(self, codes: Tensor, numbers: Numbers, queries: CodedQueries, thresholds: Tensor) -> list[Found]:
        """See `Passes`."""
        places: list[list[Tensor]] = [[] for _ in range(len(queries))]
        kept: list[list[Tensor]] = [[] for _ in range(len(queries))]
        for start, block in _blocks(codes, numbers, len(queries)):
            scores = self._scores(block, queries)
            for query in range(len(queries)):
                above = (scores[query] >= thresholds[query]).nonzero().flatten()
                places[query].append(above + start)
                kept[query].append(scores[query, above])
        nobody = torch.empty(0, dtype=torch.int64, device=codes.device)
        return [
            Found(
                numbers=numbers_at(numbers, torch.cat([nobody, *places[query]])),
                scores=torch.cat([nobody.to(torch.float32), *kept[query]]),
            )
            for query in range(len(queries))
        ]

    def _scores(self, block: Tensor, queries: CodedQueries) -> Tensor:
        return self._sums(block, queries.numbers).to(torch.float32).T * queries.scales[:, None]


def numbers_at(numbers: Numbers, places: Tensor) -> Tensor:
    """The vectors (int64) that stand at some places (int64) of `numbers`."""
    return places + numbers.start if isinstance(numbers, range) else numbers[places].to(torch.int64)


def _blocks(codes: Tensor, numbers: Numbers, queries: int) -> Iterator[tuple[int, Tensor]]:
    """Codes of the vectors, some at a time, and where these stand among `numbers`."""
    step = max(1, _MEMORY // max(codes.shape[1], 16 * queries))
    for start in range(0, len(numbers), step):
        some = numbers[start : start + step]
        yield start, codes[some.start : some.stop] if isinstance(some, range) else codes.index_select(0, some)


def _by_bytes(block: Tensor, queries: Tensor) -> Tensor:
    """Sums int32 [m, b] of products; filled up with zeros to what CUDA's kernels want."""
    rows, columns = len(block), len(queries)
    if rows < _FEWEST:
        block = torch.nn.functional.pad(block, (0, 0, 0, _FEWEST - rows))
    if columns % _EIGHT:
        queries = torch.nn.functional.pad(queries, (0, 0, 0, -columns % _EIGHT))
    product: Tensor = torch._int_mm(block, queries.T)  # there is no public product of bytes
    return product[:rows, :columns]


def _by_floats(block: Tensor, queries: Tensor) -> Tensor:
    """Sums [m, b] of products, whole numbers that float32 holds exactly, in int32."""
    sums = torch.zeros((len(block), len(queries)), dtype=torch.int32, device=block.device)
    for start in range(0, block.shape[1], _EXACT):
        part = slice(start, start + _EXACT)
        sums += (block[:, part].to(torch.float32) @ queries[:, part].to(torch.float32).T).to(torch.int32)
    return sums
