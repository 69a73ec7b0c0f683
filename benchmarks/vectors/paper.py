"""What 100 million and a billion people would take, on paper: from what was measured here, and assumptions that are
printed with the figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.vectors.limits import Pass

PEOPLE = (100_000_000, 1_000_000_000)
SHARES = (0.5, 0.1, 0.01, 0.001)
CORES = 32
SOCKET_GB = 200.0
"""Gigabytes a second that all cores of a server read together."""
SERVER_GIB = 256
RESCORED = 1000
"""Vectors read in float32 from an SSD after the codes: about what was seen here."""
SSD_READS = 400_000
"""Random reads a second of 4 KB."""
HOP_MS = 1.0
"""Asking all servers and merging their answers."""
RESCORE_MS = 0.5
"""int8 and float32 of the survivors, in memory."""


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """One population. Bytes of records, codes and vectors; servers to keep records and codes in memory; milliseconds a
    query by share that passes: on one core alone, and on `servers` of `CORES` cores each."""

    people: int
    width: int
    record_bytes: float
    int8_bytes: float
    float_bytes: float
    servers: int
    one_core_ms: dict[str, float]
    served_ms: dict[str, float]


def nanoseconds(passes: Sequence[Pass]) -> dict[float, float]:
    """Measured CPU time a bit record, by share: gathered for what was measured, dense for all; below, as the least."""
    named = {one.name: one.nanoseconds for one in passes}
    found = {share: named[f"gather bit records, {share:.0%}"] for share in (0.5, 0.1, 0.01)}
    found[0.001] = found[0.01]
    return found


def estimate(passes: Sequence[Pass], *, people: int, width: int = 384) -> Estimate:
    """See `ASSUMPTIONS`."""
    a_row = nanoseconds(passes)
    record = 64 * -(-(width // 8 + 8) // 64)
    record_bytes, int8_bytes, float_bytes = (float(people * size) for size in (record, width, 4 * width))
    servers = max(1, -(-int(record_bytes + int8_bytes) // int(0.8 * SERVER_GIB * 2**30)))
    one_core, served = {}, {}
    for share in SHARES:
        scan = people * share * a_row[share] / 1e6
        one_core[f"{share:.1%}"] = scan + RESCORE_MS
        on_each = people * share / servers
        by_cores = on_each * a_row[share] / 1e6 / CORES
        by_memory = on_each * 64 / (SOCKET_GB * 1e6)  # whole cache lines
        disk = RESCORED / SSD_READS * 1e3
        served[f"{share:.1%}"] = max(by_cores, by_memory) + RESCORE_MS + disk + (HOP_MS if servers > 1 else 0.0)
    return Estimate(
        people=people,
        width=width,
        record_bytes=record_bytes,
        int8_bytes=int8_bytes,
        float_bytes=float_bytes,
        servers=servers,
        one_core_ms=one_core,
        served_ms=served,
    )


ASSUMPTIONS = (
    "one vector a person; nanoseconds a record as measured in this run, gathered by number, which do not grow with n",
    "below 1 % a record costs what it costs at 1 %",
    f"servers of {CORES} cores and {SERVER_GIB} GiB, of which four fifths hold records and int8 codes; cores scale "
    f"until they read {SOCKET_GB:.0f} GB/s together",
    f"float32 vectors stay on SSD: {RESCORED} random reads a query and server at {SSD_READS:,} a second",
    f"rescoring {RESCORE_MS} ms, asking several servers and merging {HOP_MS} ms; one query at a time, nothing queued",
)
