"""What an engine has to offer to be compared; each is put behind the interface of our own, `VectorEngine`."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from benchmarks.vectors.dataset import Dataset, Filter
from retrieval.vectors.hits import Hits, Plan

Setting: TypeAlias = Mapping[str, int | str]
"""Knobs that are turned at search, by name."""
Found: TypeAlias = tuple[NDArray[np.int64], NDArray[np.float32]]
"""Rows and their scores, best first."""
ONLY: tuple[Setting, ...] = ({},)


@dataclass(frozen=True, kw_only=True)
class Built:
    """What it took to make an index. `cpu` seconds of all threads, `wall` seconds, `bytes` of what is made beside the
    float32 vectors themselves (with them, where the engine keeps a copy of its own)."""

    cpu: float
    wall: float
    bytes: int
    note: str = ""


class Missing(RuntimeError):
    """The engine is not installed, or cannot take the data; the message says which."""


class Peer(Protocol):
    """One engine over one data set, each vector a row."""

    name: str
    built: Built

    def prepare(self, chosen: Filter) -> Any:
        """The filter as the engine likes it best; made once and not timed."""

    def settings(self, *, k: int, percent: float) -> Sequence[Setting]:
        """What to try for `k` rows behind a filter that passes `percent` of them."""

    def find(self, query: NDArray[np.float32], *, k: int, rows: Any, setting: Setting) -> Found:
        """The `k` best of the rows that pass, as far as it finds them."""


@dataclass(frozen=True, kw_only=True)
class Engine:
    """A peer at one setting, as a `VectorEngine`. `rows` is what the peer's `prepare` made."""

    peer: Peer
    setting: Setting
    count: int
    width: int
    plan: Plan

    @classmethod
    def of(cls, peer: Peer, setting: Setting, *, dataset: Dataset, chosen: Filter) -> Engine:
        """For searches behind one filter."""
        plan = Plan(
            method=peer.name, passing=chosen.passing, count=dataset.rows, certain=False, reason=written(setting)
        )
        return cls(peer=peer, setting=setting, count=dataset.rows, width=dataset.width, plan=plan)

    def search(self, query: NDArray[np.float32], *, k: int, rows: Any = None) -> Hits:
        """As `VectorEngine.search`."""
        found, scores = self.peer.find(query, k=k, rows=rows, setting=self.setting)
        return Hits(rows=found, ids=found, scores=scores, plan=self.plan)


def written(setting: Setting) -> str:
    """ "nprobe 64, refine 2" """
    return ", ".join(f"{name} {value}" for name, value in setting.items())


def built_once(path: Path, *, make: Callable[[], int], note: str = "") -> Built:
    """What `make`, which returns the bytes it made, cost; measured once, and remembered beside what it wrote."""
    if path.is_file():
        return Built(**json.loads(path.read_text()))
    wall, cpu = time.perf_counter(), time.process_time()
    bytes_ = make()
    built = Built(cpu=time.process_time() - cpu, wall=time.perf_counter() - wall, bytes=bytes_, note=note)
    path.write_text(json.dumps(asdict(built)))
    return built


def best_of(rows: NDArray[np.int64], scores: NDArray[np.float32], k: int) -> Found:
    """The `k` best of some rows, best first."""
    if len(rows) > k:
        keep = np.argpartition(scores, len(scores) - k)[len(scores) - k :]
        rows, scores = rows[keep], scores[keep]
    order = np.argsort(-scores)
    return rows[order], scores[order]


def folder_bytes(folder: Path) -> int:
    """Of all files below."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
