"""lancedb: an exact scan behind a pre-filter, each filter a column of bool with a bitmap index.

It runs on its own threads (held to one it does not answer at all), so its CPU time is that of all of them.
"""

from __future__ import annotations

import shutil
import warnings
from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.vectors.dataset import Dataset, Filter
from benchmarks.vectors.peers.peer import ONLY, Found, Missing, Setting, built_once, folder_bytes

CHUNK = 50_000


class Lance:
    """A table of the vectors and the filters."""

    name = "lancedb, pre-filter"

    def __init__(self, dataset: Dataset) -> None:
        if find_spec("lancedb") is None:
            raise Missing("lancedb is not installed")
        import lancedb  # noqa: PLC0415 - may not be there

        folder = dataset.folder / "lance"
        facts = dataset.folder / "lance.json"
        if not facts.is_file():
            shutil.rmtree(folder, ignore_errors=True)
        database = lancedb.connect(str(folder))

        def make() -> int:
            table = database.create_table("rows", _batches(dataset), schema=_schema(dataset))
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                for chosen in dataset.filters:
                    table.create_scalar_index(chosen.key, index_type="BITMAP")
            return folder_bytes(folder)

        self.built = built_once(facts, make=make, note="its own threads")
        self._table: Any = database.open_table("rows")

    def prepare(self, chosen: Filter) -> Any:
        """A clause."""
        return f"{chosen.key} = true"

    def settings(self, *, k: int, percent: float) -> Sequence[Setting]:  # noqa: ARG002 - as every peer
        """None."""
        return ONLY

    def find(self, query: NDArray[np.float32], *, k: int, rows: Any, setting: Setting) -> Found:  # noqa: ARG002
        """As `Peer.find`."""
        asked = self._table.search(query).distance_type("dot").where(rows, prefilter=True)
        found = asked.select(["row", "_distance"]).limit(k).to_arrow()
        return found["row"].to_numpy(), 1 - found["_distance"].to_numpy()


def _schema(dataset: Dataset) -> Any:
    import pyarrow as pa  # noqa: PLC0415 - with lancedb

    filters = [(chosen.key, pa.bool_()) for chosen in dataset.filters]
    return pa.schema([("row", pa.int64()), ("vector", pa.list_(pa.float32(), dataset.width)), *filters])


def _batches(dataset: Dataset) -> Any:
    import pyarrow as pa  # noqa: PLC0415 - with lancedb

    schema = _schema(dataset)
    for start in range(0, dataset.rows, CHUNK):
        end = min(start + CHUNK, dataset.rows)
        values = pa.array(np.ascontiguousarray(dataset.vectors[start:end]).reshape(-1))
        columns = [
            pa.array(np.arange(start, end)),
            pa.FixedSizeListArray.from_arrays(values, dataset.width),
            *(pa.array(chosen.mask[start:end]) for chosen in dataset.filters),
        ]
        yield pa.record_batch(columns, schema=schema)
