"""milvus-lite: IVF-SQ8 behind its own filter expressions, in this process."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.vectors.dataset import Dataset, Filter
from benchmarks.vectors.peers.inverted import list_counts
from benchmarks.vectors.peers.peer import Found, Missing, Setting, built_once, folder_bytes

CHUNK = 5_000  # a request to it holds 64 MB at most
PROBES = (64, 256, 1024)


class Milvus:
    """A collection of the vectors and the filters; there is no rescoring to ask for."""

    name = "milvus-lite IVF-SQ8"

    def __init__(self, dataset: Dataset) -> None:
        if find_spec("pymilvus") is None or find_spec("milvus_lite") is None:
            raise Missing("pymilvus and milvus-lite are not installed")
        os.environ.setdefault("GRPC_VERBOSITY", "NONE")  # it complains of its own keep-alive
        folder = dataset.folder / "milvus.db"
        facts = dataset.folder / "milvus.json"
        if not facts.is_file():
            shutil.rmtree(folder, ignore_errors=True)
        self._client: Any = import_module("pymilvus").MilvusClient(str(folder))

        def make() -> int:
            _fill(self._client, dataset)
            return folder_bytes(folder)

        self.built = built_once(facts, make=make)
        self._client.load_collection("rows")

    def prepare(self, chosen: Filter) -> Any:
        """An expression."""
        return f"{chosen.key} == true"

    def settings(self, *, k: int, percent: float) -> Sequence[Setting]:  # noqa: ARG002 - as every peer
        """Lists to probe."""
        return [{"nprobe": nprobe} for nprobe in PROBES]

    def find(self, query: NDArray[np.float32], *, k: int, rows: Any, setting: Setting) -> Found:
        """As `Peer.find`."""
        answer = self._client.search(
            "rows",
            [query.tolist()],
            limit=k,
            filter=rows,
            output_fields=["row"],
            search_params={"params": dict(setting)},
        )[0]
        return (
            np.array([hit["row"] for hit in answer], np.int64),
            np.array([hit["distance"] for hit in answer], np.float32),
        )


def _fill(client: Any, dataset: Dataset) -> None:
    kinds = import_module("pymilvus").DataType
    schema = client.create_schema(auto_id=False, enable_dynamic_field=False)
    schema.add_field("row", kinds.INT64, is_primary=True)
    schema.add_field("vector", kinds.FLOAT_VECTOR, dim=dataset.width)
    for chosen in dataset.filters:
        schema.add_field(chosen.key, kinds.BOOL)
    index = client.prepare_index_params()
    parameters = {"nlist": list_counts(dataset.rows)[0]}
    index.add_index("vector", index_type="IVF_SQ8", metric_type="IP", params=parameters)
    client.create_collection("rows", schema=schema, index_params=index)
    for start in range(0, dataset.rows, CHUNK):
        end = min(start + CHUNK, dataset.rows)
        vectors = np.asarray(dataset.vectors[start:end])
        client.insert(
            "rows",
            [
                {
                    "row": row,
                    "vector": vectors[row - start],
                    **{chosen.key: bool(chosen.mask[row]) for chosen in dataset.filters},
                }
                for row in range(start, end)
            ],
        )
    client.flush("rows")
