"""Picks how to scan from what the filter lets through, and says why."""

from __future__ import annotations

from typing import Literal

from retrieval.vectors.hits import Plan

Method = Literal["float32", "int8", "bits"]

_NANOSECONDS: dict[Method, float] = {"float32": 80.0, "int8": 24.0, "bits": 9.0}
"""CPU time to fetch and score one vector of 384 numbers that lies anywhere, by precision (docs/vectors.md)."""
_ROUND = 120_000.0
"""Nanoseconds that one more precision costs whatever it reads: the query's codes, thresholds, calls."""
_SURVIVORS: dict[Method, int] = {"int8": 2, "bits": 12}
"""Members whom a precision passes on, as a multiple of k: seen on embeddings and on clusters (docs/vectors.md)."""


def costs(*, vectors: int, k: int, per_member: float, width: int, record: int) -> dict[Method, float]:
    """Microseconds of one core, by method, for the best `k` members.

    `vectors` are scanned, `width` numbers and `record` bytes of bits each; members have `per_member` of them.
    """
    wide = width / 384
    exact, byte = _NANOSECONDS["float32"] * wide, _NANOSECONDS["int8"] * wide
    bit = _NANOSECONDS["bits"] * max(record, 32) / 64
    on = {name: min(vectors, times * k * per_member) for name, times in _SURVIVORS.items()}
    after_int8 = on["int8"] * exact + _ROUND
    return {
        "float32": vectors * exact / 1e3,
        "int8": (vectors * byte + after_int8) / 1e3,
        "bits": (vectors * bit + on["bits"] * byte + _ROUND + after_int8) / 1e3,
    }


def choose(*, passing: int, count: int, vectors: int, k: int, width: int, record: int, method: Method | None) -> Plan:
    """The plan for `passing` of `count` members, who have `vectors` vectors; `method` where the caller insists.

    Raises: ValueError for a method that there is not.
    """
    found = costs(vectors=vectors, k=k, per_member=vectors / max(passing, 1), width=width, record=record)
    if method is not None:
        if method not in found:
            raise ValueError(f"there is no method {method!r}; there are {', '.join(found)}")
        picked, reason = method, "asked for"
    elif passing <= k:
        picked, reason = "float32", f"no more than the {k:,} wanted"
    else:
        picked = min(found, key=found.__getitem__)
        reason = "cheapest of " + ", ".join(f"{name} {cost:,.0f} us" for name, cost in found.items())
    return Plan(
        method=picked,
        passing=passing,
        count=count,
        certain=picked != "bits",
        reason=reason,
        expected=found[picked],
    )
