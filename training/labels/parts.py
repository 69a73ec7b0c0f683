"""Labels as Parquet: one schema, files that are whole or not there."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from training.labels.label import Label

SCHEMA = pa.schema(
    [
        pa.field("label_id", pa.string(), nullable=False),
        pa.field("request_id", pa.string(), nullable=False),
        pa.field("member_id", pa.string(), nullable=False),
        pa.field("snapshot", pa.string(), nullable=False),
        pa.field("drawn", pa.string(), nullable=False),
        pa.field("grade", pa.int8(), nullable=False),
        pa.field("soft", pa.list_(pa.field("element", pa.float64(), nullable=False), 5), nullable=False),
        pa.field("soft_source", pa.string(), nullable=False),
        pa.field("confidence", pa.float64(), nullable=False),
        pa.field(
            "dimensions",
            pa.list_(
                pa.struct(
                    [
                        pa.field("requirement", pa.int16(), nullable=False),
                        pa.field("dimension", pa.string(), nullable=False),
                        pa.field("importance", pa.string(), nullable=False),
                        pa.field("grade", pa.int8()),
                    ]
                )
            ),
            nullable=False,
        ),
        pa.field("fit", pa.string(), nullable=False),
        pa.field("constitution", pa.string(), nullable=False),
        pa.field("model", pa.string(), nullable=False),
        pa.field("prompting", pa.string(), nullable=False),
        pa.field("is_duplicate_of", pa.string()),
        pa.field("swapped", pa.bool_(), nullable=False),
        pa.field("input_tokens", pa.int64(), nullable=False),
        pa.field("output_tokens", pa.int64(), nullable=False),
        pa.field("seconds", pa.float64(), nullable=False),
        pa.field("labelled_at", pa.timestamp("us", tz="UTC"), nullable=False),
    ]
)
"""No column holds words of a profile or of a request."""


def write_part(path: Path, labels: Sequence[Label]) -> None:
    """Write labels; `path` appears only when all of it is on the disk."""
    unfinished = path.with_suffix(".unfinished")
    rows = [label.model_dump(mode="python") for label in labels]
    pq.write_table(pa.Table.from_pylist(rows, schema=SCHEMA), unfinished, compression="zstd")
    with unfinished.open("rb") as written:
        os.fsync(written.fileno())
    unfinished.replace(path)


def read_part(path: Path) -> list[Label]:
    """The labels of one part."""
    rows: list[dict[str, Any]] = pq.read_table(path).to_pylist()
    return [Label.model_validate(row) for row in rows]


def ids_of(path: Path) -> list[str]:
    """The label ids of one part, without reading the rest."""
    ids: list[str] = pq.read_table(path, columns=["label_id"])["label_id"].to_pylist()
    return ids


def parts(folder: Path) -> list[Path]:
    """The parts of a folder, in the order in which they were written."""
    return sorted(folder.glob("part-*.parquet"))
