"""How fast memory can be read here, and what share of that the dense passes over codes reach.

Reading and scoring take turns over the same arrays, one thread, in CPU time: a busy neighbour slows both.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from retrieval.vectors.kernels import Kernels

Progress = Callable[[str, int, int | None], None]
ROUNDS = 25
CENTROIDS = 512
SHARES = (0.5, 0.1, 0.01)


@dataclass(frozen=True, kw_only=True)
class Pass:
    """One loop over rows. `nanoseconds` a row, `gigabytes` a second, `share` of what `read` reaches on the same array;
    0 where rows are gathered by number, which no plain reading compares with."""

    name: str
    rows: int
    milliseconds: float
    nanoseconds: float
    gigabytes: float
    share: float


def measure(kernels: Kernels, *, rows: int, width: int, progress: Progress) -> list[Pass]:
    """Arrays of bytes thrown at random: the loops do the same whatever they read."""
    chance = np.random.default_rng(0)
    code = 8 * -(-width // 64)
    stride = 64 * -(-width // 64)
    codes = _random(chance, (rows, stride))
    records = _random(chance, (rows, _record(code + 8)))
    records[:, code : code + 4] = np.full(rows, 0.01, np.float32).view(np.uint8).reshape(rows, 4)
    records[:, code + 4 : code + 6] = (
        chance.integers(0, CENTROIDS, rows).astype(np.uint16).view(np.uint8).reshape(rows, 2)
    )
    query = chance.integers(-127, 128, stride).astype(np.int8)
    planes = chance.integers(0, 256, (4, code)).astype(np.uint8)
    table = chance.standard_normal(CENTROIDS).astype(np.float32)
    scores = np.empty(rows, np.float32)

    def int8(some: object) -> None:
        out = scores if some is None else scores[: len(some)]  # type: ignore[arg-type]  # an array
        kernels.int8_scores(codes, query, 0, 1.0, some, out)  # type: ignore[arg-type]

    def bits(some: object) -> None:
        out = scores if some is None else scores[: len(some)]  # type: ignore[arg-type]
        kernels.bit_scores(records, width, planes, table, 0.1, 0.1, 1.0, some, out)  # type: ignore[arg-type]

    work: dict[str, tuple[Callable[[], object], int, int]] = {
        "read int8 codes": (lambda: kernels.read(codes), rows, stride),
        "score int8 codes": (lambda: int8(None), rows, stride),
        "read bit records": (lambda: kernels.read(records), rows, records.shape[1]),
        "score bit records": (lambda: bits(None), rows, records.shape[1]),
    }
    for share in SHARES:
        some = np.flatnonzero(chance.random(rows) < share).astype(np.uint32)
        work[f"gather int8 codes, {share:.0%}"] = (lambda s=some: int8(s), len(some), stride)  # type: ignore[misc]
        work[f"gather bit records, {share:.0%}"] = (lambda s=some: bits(s), len(some), records.shape[1])  # type: ignore[misc]
    taken = {name: float(np.median(times)) for name, times in _turns(work, progress).items()}
    passes = []
    for name, (_, count, size) in work.items():
        limit = taken.get(name.replace("score", "read"), 0.0) if name.startswith("score") else 0.0
        passes.append(
            Pass(
                name=name,
                rows=count,
                milliseconds=taken[name] * 1e3,
                nanoseconds=taken[name] * 1e9 / count,
                gigabytes=count * size / taken[name] / 1e9,
                share=limit / taken[name] if limit else 0.0,
            )
        )
    return passes


def _turns(work: dict[str, tuple[Callable[[], object], int, int]], progress: Progress) -> dict[str, list[float]]:
    taken: dict[str, list[float]] = {name: [] for name in work}
    for turn in range(ROUNDS + 1):
        progress("reading memory", turn, ROUNDS)
        for name, (do, _, _) in work.items():
            started = time.thread_time()
            do()
            if turn:  # the first touches pages
                taken[name].append(time.thread_time() - started)
    return taken


def _record(least: int) -> int:
    """Bytes of a record: 16, 32, 64 or more whole cache lines."""
    return next((size for size in (16, 32, 64) if size >= least), 64 * -(-least // 64))


def _random(chance: np.random.Generator, shape: tuple[int, int]) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    """At the start of a cache line, as our index lays its arrays out."""
    size = shape[0] * shape[1]
    raw = np.empty(size + 64, np.uint8)
    start = -raw.ctypes.data % 64
    made = raw[start : start + size]
    made[:] = np.frombuffer(chance.bytes(size), np.uint8)
    return made.reshape(shape)
