"""The engines that are compared, by the names that `--peers` takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from benchmarks.vectors.dataset import Dataset
from benchmarks.vectors.peers.peer import Missing, Peer

Open = Callable[[Dataset], Sequence[Peer]]
METHODS = ("float32", "int8", "bits")


def _ours(dataset: Dataset) -> Sequence[Peer]:
    from benchmarks.vectors.peers.ours import Ours  # noqa: PLC0415 - each peer is imported when it is wanted

    return [Ours(dataset), *(Ours(dataset, method=method) for method in METHODS)]


def _flat(dataset: Dataset) -> Sequence[Peer]:
    from benchmarks.vectors.peers.flat import Flat  # noqa: PLC0415

    return [Flat(dataset)]


def _inverted(kind: str, dataset: Dataset) -> Sequence[Peer]:
    from benchmarks.vectors.peers.inverted import Inverted, Lists  # noqa: PLC0415

    lists = Lists.open(dataset, kind)
    return [Inverted(dataset, lists, post=post) for post in ((False,) if kind == "RaBitQ" else (False, True))]


def _hnsw(dataset: Dataset) -> Sequence[Peer]:
    from benchmarks.vectors.peers.graph import Graph  # noqa: PLC0415

    return [Graph(dataset)]


def _lancedb(dataset: Dataset) -> Sequence[Peer]:
    from benchmarks.vectors.peers.lance import Lance  # noqa: PLC0415

    return [Lance(dataset)]


def _usearch(dataset: Dataset) -> Sequence[Peer]:
    from benchmarks.vectors.peers.usearch_graph import UsearchGraph  # noqa: PLC0415

    return [UsearchGraph(dataset)]


def _milvus(dataset: Dataset) -> Sequence[Peer]:
    from benchmarks.vectors.peers.milvus import Milvus  # noqa: PLC0415

    return [Milvus(dataset)]


PEERS: Mapping[str, Open] = {
    "ours": _ours,
    "flat": _flat,
    "sq8": partial(_inverted, "SQ8"),
    "pq": partial(_inverted, "PQ"),
    "rabitq": partial(_inverted, "RaBitQ"),
    "hnsw": _hnsw,
    "lancedb": _lancedb,
    "usearch": _usearch,
    "milvus": _milvus,
}

__all__ = ["METHODS", "PEERS", "Missing", "Peer"]
