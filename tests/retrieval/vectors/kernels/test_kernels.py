"""Every path of the kernels says what slow and obvious arithmetic says, to the bit where that is promised."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from retrieval.vectors.kernels import Kernels, available, named

EVERY = [named(name) for name in available()]
paths = pytest.mark.parametrize("kernels", EVERY, ids=[kernels.name for kernels in EVERY])
seeds = st.integers(0, 2**32 - 1)
heights = st.one_of(st.integers(0, 70), st.integers(200, 300))
# what vector registers divide into, one less and one more, and anything
widths = st.one_of(st.sampled_from([1, 63, 64, 65, 128, 192, 383, 384, 385]), st.integers(1, 700))
chosen = st.sampled_from(["none", "all", "some", "one", "empty"])
extremes = st.sampled_from(["any", "low", "high"])


def rows_of(kind: str, count: int, chance: np.random.Generator) -> NDArray[np.uint32] | None:
    if kind == "none":
        return None
    share = {"all": 1.0, "some": 0.3}.get(kind, 0.0)
    rows = np.flatnonzero(chance.random(count) < share).astype(np.uint32)
    return chance.integers(0, count, 1).astype(np.uint32) if kind == "one" and count else rows


def taken(matrix: NDArray[Any], rows: NDArray[np.uint32] | None) -> NDArray[Any]:
    return matrix if rows is None else matrix[rows]


def shifted(array: NDArray[Any], by: int) -> NDArray[Any]:
    """The same array, read-only, `by` bytes behind where memory is aligned."""
    raw = np.empty(array.nbytes + 64 + by, np.uint8)
    start = -raw.ctypes.data % 64 + by
    raw[start : start + array.nbytes] = np.frombuffer(array.tobytes(), np.uint8)
    moved = raw[start : start + array.nbytes].view(array.dtype).reshape(array.shape)
    moved.flags.writeable = False
    return moved


def bytes_of(kind: str, shape: tuple[int, ...], chance: np.random.Generator) -> NDArray[np.uint8]:
    drawn = chance.integers(0, 256, shape, dtype=np.uint8)
    return {"any": drawn, "low": np.zeros_like(drawn), "high": np.full_like(drawn, 255)}[kind]


def signed_of(kind: str, shape: tuple[int, ...], chance: np.random.Generator) -> NDArray[np.int8]:
    drawn = chance.integers(-127, 128, shape).astype(np.int8)
    return {"any": drawn, "low": np.full_like(drawn, -128), "high": np.full_like(drawn, 127)}[kind]


def same_bits(given: NDArray[np.float32], expected: NDArray[np.float32]) -> None:
    assert given.dtype == expected.dtype == np.float32
    assert given.view(np.uint32).tolist() == expected.view(np.uint32).tolist()


@settings(max_examples=60, deadline=None)
@given(
    seed=seeds,
    count=heights,
    width=widths,
    batch=st.sampled_from([0, 1, 2, 15, 16, 17, 32, 33]),
    kind=chosen,
    high=extremes,
    sign=extremes,
    by=st.integers(0, 63),
)
def test_int8(seed: int, count: int, width: int, batch: int, kind: str, high: str, sign: str, by: int) -> None:
    chance = np.random.default_rng(seed)
    codes = shifted(bytes_of(high, (count, width), chance), by)
    queries = signed_of(sign, (batch, width), chance)
    offsets = chance.integers(-(2**30), 2**30 + 1, batch).astype(np.int32)
    offsets[: batch // 2] = 128 * queries.sum(axis=1, dtype=np.int64)[: batch // 2]
    scales = chance.standard_normal(batch).astype(np.float32)
    rows = rows_of(kind, count, chance)
    sums = queries.astype(np.int64) @ taken(codes, rows).astype(np.int64).T
    expected = scales[:, None] * (sums - offsets[:, None]).astype(np.float32)
    for kernels in EVERY:
        out = np.full(expected.shape, np.nan, np.float32)
        kernels.int8_scores_batch(codes, queries, offsets, scales, rows, out)
        same_bits(out, expected)
        for q in range(min(batch, 2)):
            single = np.full(expected.shape[1], np.nan, np.float32)
            kernels.int8_scores(codes, queries[q], int(offsets[q]), float(scales[q]), rows, single)
            same_bits(single, expected[q])


def plain_estimates(
    records: NDArray[np.uint8], width: int, planes: NDArray[np.uint8], table: NDArray[np.float32], query: list[float]
) -> NDArray[np.float32]:
    """Record by record, bit by bit, each operation rounded by itself."""
    low, step, total = (np.float32(value) for value in query)
    code = (width + 63) // 64 * 8
    values = sum(np.unpackbits(planes[j], bitorder="little").astype(np.int64) << j for j in range(4))
    found = []
    for record in records:
        weighted = np.float32(int((np.unpackbits(record[:code], bitorder="little") * values).sum()))
        factor = record[code : code + 4].tobytes()
        centroid, ones = np.frombuffer(record[code + 4 : code + 8].tobytes(), np.uint16)
        inner = low * np.float32(ones) + step * weighted
        residual = np.frombuffer(factor, np.float32)[0] * (np.float32(2) * inner - total)
        found.append(table[min(int(centroid), len(table) - 1)] + residual)
    return np.array(found, np.float32)


@settings(max_examples=60, deadline=None)
@given(
    seed=seeds,
    count=heights,
    width=st.one_of(st.sampled_from([64, 192, 384]), st.integers(1, 1300)),
    spare=st.sampled_from([0, 8, 5, 64]),
    centroids=st.sampled_from([1, 7, 512, 65_536]),
    kind=chosen,
    code=extremes,
    plane=extremes,
    by=st.integers(0, 63),
)
def test_bits(
    seed: int, count: int, width: int, spare: int, centroids: int, kind: str, code: str, plane: str, by: int
) -> None:
    chance = np.random.default_rng(seed)
    size = (width + 63) // 64 * 8
    records = bytes_of("any", (count, size + 8 + spare), chance)  # spare bytes are anything
    records[:, :size] = bytes_of(code, (count, size), chance)
    records[:, size : size + 4] = chance.standard_normal((count, 1)).astype(np.float32).view(np.uint8)
    if seed % 2:  # else beyond the table as often as not
        inside = chance.integers(0, centroids, (count, 1)).astype(np.uint16)
        records[:, size + 4 : size + 6] = inside.view(np.uint8)
    records = shifted(records, by)
    planes = bytes_of(plane, (4, size), chance)
    table = chance.standard_normal(centroids).astype(np.float32)
    query = [float(value) for value in chance.standard_normal(3)]
    rows = rows_of(kind, count, chance)
    expected = plain_estimates(taken(records, rows), width, planes, table, query)
    for kernels in EVERY:
        out = np.full(len(expected), np.nan, np.float32)
        kernels.bit_scores(records, width, planes, table, *query, rows, out)
        same_bits(out, expected)


@settings(max_examples=60, deadline=None)
@given(seed=seeds, count=heights, width=widths, kind=chosen, by=st.integers(0, 63))
def test_floats(seed: int, count: int, width: int, kind: str, by: int) -> None:
    chance = np.random.default_rng(seed)
    vectors = shifted(chance.standard_normal((count, width)).astype(np.float32), by)
    query = chance.standard_normal(width).astype(np.float32)
    rows = rows_of(kind, count, chance)
    lanes = np.zeros((len(taken(vectors, rows)), 8))
    for at, products in enumerate(taken(vectors, rows).astype(np.float64).T * query.astype(np.float64)[:, None]):
        lanes[:, at % 8] += products
    a, b, c, d, e, f, g, h = lanes.T
    expected = (((a + e) + (c + g)) + ((b + f) + (d + h))).astype(np.float32)
    for kernels in EVERY:
        out = np.full(len(expected), np.nan, np.float32)
        kernels.float_scores(vectors, query, rows, out)
        same_bits(out, expected)


@settings(max_examples=60, deadline=None)
@given(
    scores=st.lists(st.one_of(st.floats(-2, 2, width=32), st.sampled_from([0.5, -0.0, np.inf, -np.inf])), max_size=200),
    threshold=st.one_of(st.floats(-2, 2), st.sampled_from([0.5, 0.0, 0.1])),
)
def test_at_least(scores: list[float], threshold: float) -> None:
    given = np.array(scores, np.float32)
    expected = [place for place, score in enumerate(given) if score >= np.float32(threshold)]
    for kernels in EVERY:
        fenced = np.full(len(given) + 1, 7, np.uint32)
        found = kernels.at_least(given, threshold, fenced[:-1])
        assert fenced[:found].tolist() == expected
        assert fenced[-1] == 7


@settings(max_examples=60, deadline=None)
@given(
    members=st.lists(
        st.lists(st.one_of(st.floats(-2, 2, width=32), st.sampled_from([0.5, 0.0, -0.0])), max_size=9), max_size=40
    ),
    best=st.one_of(st.integers(1, 12), st.just(2**40)),
)
def test_best_means(members: list[list[float]], best: int) -> None:
    expected = []
    for member in members:
        ordered = np.sort(np.array(member, np.float32))[::-1][:best]
        total = np.float32(0)
        for score in ordered:
            total += score
        expected.append(total / np.float32(len(ordered)) + np.float32(0) if member else np.float32(-np.inf))
    scores = np.array([score for member in members for score in member], np.float32)
    counts = np.array([len(member) for member in members], np.uint32)
    for kernels in EVERY:
        out = np.full(len(members), np.nan, np.float32)
        kernels.best_means(scores, counts, best, out)
        same_bits(out, np.array(expected, np.float32))


@settings(max_examples=60, deadline=None)
@given(size=st.integers(0, 2000), by=st.integers(0, 63), seed=seeds)
def test_read(size: int, by: int, seed: int) -> None:
    given = shifted(np.random.default_rng(seed).integers(0, 256, size, dtype=np.uint8), by)
    expected = sum(int.from_bytes(given[at : at + 8].tobytes(), "little") for at in range(0, size, 8)) % 2**64
    assert [kernels.read(given) for kernels in EVERY] == [expected] * len(EVERY)


@paths
def test_the_widest_codes_and_records(kernels: Kernels) -> None:
    """Sums come closest to where 32 bits end, and a code's tables no longer fit the stack."""
    codes, query = np.full((17, 32_768), 255, np.uint8), np.full(32_768, -128, np.int8)
    out = np.empty(17, np.float32)
    kernels.int8_scores(codes, query, 2**30, 1.0, None, out)
    assert out.tolist() == [float(np.float32(-255 * 128 * 32_768 - 2**30))] * 17
    records, planes = np.full((17, 8200), 255, np.uint8), np.full((4, 8192), 255, np.uint8)
    records[:, 8192:] = np.frombuffer(np.float32(1).tobytes() + b"\0\0\0\0", np.uint8)
    kernels.bit_scores(records, 65_535, planes, np.zeros(1, np.float32), 0.0, 1.0, 0.0, None, out)
    assert out.tolist() == [2.0 * 15 * 65_536] * 17


@paths
def test_a_memory_map_read_by_four_threads(kernels: Kernels, tmp_path: Path) -> None:
    chance = np.random.default_rng(5)
    codes = chance.integers(0, 256, (3000, 128), dtype=np.uint8)
    file = tmp_path / "codes"
    file.write_bytes(b"odd" + codes.tobytes())
    mapped = np.memmap(file, np.uint8, mode="r", offset=3, shape=codes.shape)
    queries = chance.integers(-127, 128, (40, 128)).astype(np.int8)

    def scores(query: NDArray[np.int8]) -> NDArray[np.float32]:
        out = np.empty(len(codes), np.float32)
        kernels.int8_scores(mapped, query, 0, 1.0, None, out)
        return out

    with ThreadPoolExecutor(4) as pool:
        found = np.stack(list(pool.map(scores, queries)))
    assert np.array_equal(found, (queries.astype(np.int64) @ codes.astype(np.int64).T).astype(np.float32))
