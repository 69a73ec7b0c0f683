"""The passes as Triton kernels. Importing this needs Triton.

A block of vectors is multiplied with up to 64 queries at once by the tensor cores. One query alone is filled up to 16,
the least they take: that costs arithmetic which is there anyway, while reading the codes is what takes the time.
Sizes are not specialised: the compiler would make another kernel for every kind of number.
"""

from __future__ import annotations

import triton
import triton.language as tl


@triton.jit(do_not_specialize=["size"])
def count_bits(bits, counts, size, BLOCK: tl.constexpr):
    """counts[program] = bits set among its BLOCK; `bits` uint8 [size]."""
    place = tl.program_id(0).to(tl.int64) * BLOCK + tl.arange(0, BLOCK)
    byte = tl.load(bits + place // 8, mask=place // 8 < size, other=0).to(tl.int32)
    tl.store(counts + tl.program_id(0), tl.sum((byte >> (place % 8).to(tl.int32)) & 1, 0))


@triton.jit(do_not_specialize=["size"])
def write_set(bits, ends, out, size, BLOCK: tl.constexpr):
    """Numbers of the set bits, ascending, into `out` int32; `ends` int64: set bits up to and with each program's."""
    place = tl.program_id(0).to(tl.int64) * BLOCK + tl.arange(0, BLOCK)
    byte = tl.load(bits + place // 8, mask=place // 8 < size, other=0).to(tl.int32)
    bit = (byte >> (place % 8).to(tl.int32)) & 1
    first = tl.load(ends + tl.program_id(0)) - tl.sum(bit, 0)
    tl.store(out + first + tl.cumsum(bit, 0) - 1, place.to(tl.int32), mask=bit == 1)


@triton.jit
def _scores(
    codes,
    numbers,
    queries,
    scales,
    start,
    place,
    live,
    ALL: tl.constexpr,
    S: tl.constexpr,
    T: tl.constexpr,
    Q: tl.constexpr,
):
    """Scores [BLOCK, Q] of the vectors at `place`; those not `live` are read as the first."""
    if ALL:
        row = tl.where(live, place, 0).to(tl.int64) + start
    else:
        row = tl.load(numbers + place, mask=live, other=0).to(tl.int64)
    query = tl.arange(0, Q)
    byte = tl.arange(0, T)
    sums = tl.zeros((place.shape[0], Q), dtype=tl.int32)
    for at in range(0, S, T):
        block = tl.load(codes + row[:, None] * S + (at + byte)[None, :])
        turned = tl.load(queries + query[None, :] * S + (at + byte)[:, None])
        sums = tl.dot(block, turned, sums, out_dtype=tl.int32)
    return sums.to(tl.float32) * tl.load(scales + query)[None, :]


@triton.jit(do_not_specialize=["start", "count"])
def score_all(
    codes, numbers, queries, scales, out, start, count, ALL: tl.constexpr, S: tl.constexpr, T: tl.constexpr,
    BLOCK: tl.constexpr, Q: tl.constexpr,
):  # fmt: skip
    """out float32 [Q, count] = scores of `numbers` int32 [count] (ALL: of those from `start` on)."""
    place = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    live = place < count
    scores = _scores(codes, numbers, queries, scales, start, place, live, ALL, S, T, Q)
    query = tl.arange(0, Q)
    tl.store(out + query[None, :].to(tl.int64) * count + place[:, None], scores, mask=live[:, None])


@triton.jit(do_not_specialize=["start", "count", "room"])
def score_survivors(
    codes, numbers, queries, scales, thresholds, counts, out_places, out_scores, start, count, room, ALL: tl.constexpr,
    S: tl.constexpr, T: tl.constexpr, BLOCK: tl.constexpr, Q: tl.constexpr,
):  # fmt: skip
    """Appends place and score of whatever scores its query's threshold or more.

    counts int32 [Q]: how many there are, also when that is more than `room`; out_places int32 and out_scores float32
    [Q, room] hold the first of them to come.
    """
    place = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    live = place < count
    scores = _scores(codes, numbers, queries, scales, start, place, live, ALL, S, T, Q)
    query = tl.arange(0, Q)
    above = ((scores >= tl.load(thresholds + query)[None, :]) & live[:, None]).to(tl.int32)
    many = tl.sum(above, 0)
    if tl.sum(many, 0) > 0:  # most blocks have nobody: no prefix sums, no atomics
        first = tl.atomic_add(counts + query, many, mask=many > 0)
        at = first[None, :] + tl.cumsum(above, 0) - 1
        kept = (above == 1) & (at < room)
        to = query[None, :].to(tl.int64) * room + at
        tl.store(out_places + to, tl.broadcast_to(place[:, None], (BLOCK, Q)), mask=kept)
        tl.store(out_scores + to, scores, mask=kept)
