"""The population as Parquet files: people and the truth about them apart, streamed, in any number of processes."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter

import pyarrow as pa
import pyarrow.parquet as pq

from offline.synthetic.population import VERSION, generate
from offline.synthetic.truth import Truth
from retrieval.schema import Profile

_SHARD = 10_000  # people a file
_FEW = 2_000  # so few are made before another process has started
_BATCH = 1_000  # people a row group, and as many are in memory at a time

PROFILES = pa.schema(
    [
        pa.field("member_id", pa.string(), nullable=False),
        pa.field("headline", pa.string()),
        pa.field("text", pa.large_string(), nullable=False),
        pa.field("synthetic", pa.bool_(), nullable=False),
        pa.field("updated_at", pa.timestamp("us", tz="UTC"), nullable=False),
        pa.field("profile", pa.large_string(), nullable=False),
    ]
)
TRUTH = pa.schema(
    [
        pa.field("member_id", pa.string(), nullable=False),
        pa.field("occupation", pa.string(), nullable=False),
        pa.field("occupation_code", pa.string(), nullable=False),
        pa.field("family", pa.string(), nullable=False),
        pa.field("level", pa.int8(), nullable=False),
        pa.field("years", pa.float32(), nullable=False),
        pa.field("skills", pa.list_(pa.string()), nullable=False),
        pa.field("unwritten", pa.list_(pa.string()), nullable=False),
        pa.field("strengths", pa.list_(pa.string()), nullable=False),
        pa.field("occupations", pa.list_(pa.string()), nullable=False),
        pa.field("industries", pa.list_(pa.string()), nullable=False),
        pa.field("education", pa.int8(), nullable=False),
        pa.field("field", pa.string()),
        pa.field("city", pa.string(), nullable=False),
        pa.field("region", pa.string()),
        pa.field("country", pa.string(), nullable=False),
    ]
)


@dataclass(frozen=True, kw_only=True)
class Written:
    """What `write` left behind."""

    profiles: tuple[Path, ...]
    truth: tuple[Path, ...]
    size: int
    seed: int
    seconds: float


@dataclass(frozen=True, kw_only=True)
class _Shard:
    out: Path
    number: int
    start: int
    stop: int
    size: int
    seed: int

    @property
    def profiles(self) -> Path:
        return self.out / f"profiles-{self.number:05d}.parquet"

    @property
    def truth(self) -> Path:
        return self.out / "truth" / f"truth-{self.number:05d}.parquet"


def write(
    out: Path, *, size: int, seed: int, progress: Callable[[int], None] | None = None, processes: int | None = None
) -> Written:
    """Write `size` invented people to `out/profiles-*.parquet` and the truth about them to `out/truth/`.

    The files are the same whatever `processes` is. A file appears under its name only when it is whole.

    Args:
        out: folder, made if need be; it must not hold a population already.
        size: how many people.
        seed: which population; person `i` of a seed is the same at every size.
        progress: called with how many people were written since the last call.
        processes: how many processes generate; all cores where not given, one for fewer than 2,000 people.

    Raises:
        ValueError: `size` is below 1.
        FileExistsError: `out` holds profiles already.
    """
    if size < 1:
        raise ValueError(f"a population needs at least one person, not {size}")
    if any(out.glob("profiles-*.parquet")) or any((out / "truth").glob("*.parquet")):
        raise FileExistsError(f"{out} holds a population already; give an empty folder or delete its Parquet files")
    began = perf_counter()
    (out / "truth").mkdir(parents=True, exist_ok=True)
    shards = [
        _Shard(out=out, number=number, start=start, stop=min(start + _SHARD, size), size=size, seed=seed)
        for number, start in enumerate(range(0, size, _SHARD))
    ]
    workers = min(processes or (1 if size < _FEW else os.cpu_count() or 1), len(shards))
    with closing(_written(shards, workers)) as counts:
        for count in counts:
            if progress:
                progress(count)
    return Written(
        profiles=tuple(shard.profiles for shard in shards),
        truth=tuple(shard.truth for shard in shards),
        size=size,
        seed=seed,
        seconds=perf_counter() - began,
    )


def _written(shards: list[_Shard], workers: int) -> Generator[int, None, None]:
    if workers == 1:
        for shard in shards:
            yield from _write_shard(shard)
        return
    # Not fork: the caller may run threads (a progress bar does).
    with ProcessPoolExecutor(max_workers=workers, mp_context=get_context("spawn")) as pool:
        yield from pool.map(_write_whole, shards)


def _write_whole(shard: _Shard) -> int:
    return sum(_write_shard(shard))


def _write_shard(shard: _Shard) -> Generator[int, None, None]:
    """Write one pair of files, a batch at a time; an interrupt leaves neither behind."""
    part, part_truth = (path.with_suffix(".part") for path in (shard.profiles, shard.truth))
    try:
        with (
            pq.ParquetWriter(part, _marked(PROFILES, shard), compression="zstd") as profiles,
            pq.ParquetWriter(part_truth, _marked(TRUTH, shard), compression="zstd") as truth,
        ):
            for start in range(shard.start, shard.stop, _BATCH):
                count = min(_BATCH, shard.stop - start)
                said, known = _tables(generate(size=count, seed=shard.seed, start=start))
                profiles.write_table(said)
                truth.write_table(known)
                yield count
        part_truth.replace(shard.truth)
        part.replace(shard.profiles)
    finally:
        part.unlink(missing_ok=True)
        part_truth.unlink(missing_ok=True)


def _tables(people: Iterable[tuple[Profile, Truth]]) -> tuple[pa.Table, pa.Table]:
    """Profiles and truth as columns; `profile` is the whole record as JSON.

    Only the columns are kept: a thousand live profiles are so many objects that the garbage collector would take as
    long as making them does.
    """
    said: dict[str, list[object]] = {name: [] for name in PROFILES.names}
    known: dict[str, list[object]] = {name: [] for name in TRUTH.names}
    for profile, truth in people:
        for name, column in said.items():
            column.append(profile.model_dump_json() if name == "profile" else getattr(profile, name))
        for name, column in known.items():
            column.append(getattr(truth, name))
    return pa.table(said, schema=PROFILES), pa.table(known, schema=TRUTH)


def _marked(schema: pa.Schema, shard: _Shard) -> pa.Schema:
    """The schema with what the file is in its metadata; everything in it is invented, and it says so."""
    return schema.with_metadata(
        {
            "synthetic": "true",
            "notice": "Synthetic population: all people and employers in this file are invented.",
            "size": str(shard.size),
            "seed": str(shard.seed),
            "start": str(shard.start),
            "generator": f"shortlist-synthetic {VERSION}",
        }
    )
