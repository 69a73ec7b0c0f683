"""The words of every profile by member: what a ranker needs to score a handful of people on any words at once.

The text index answers "who has this word"; this answers "which words has this person", for a pool of people.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from retrieval.text_index import analyze
from retrieval.vectors import stored_array

_FREQUENT = 0.5  # a term that more than half of the population has tells nobody apart
_BUFFER = 1 << 18

Floats = NDArray[np.float32]


class PoolTerms:
    """Term counts of a pool. Shapes: `m` members, `t` entries; entries of member i are `offsets[i]:offsets[i + 1]`."""

    def __init__(
        self, *, offsets: NDArray[np.int64], ids: NDArray[np.int32], counts: Floats, index: TermMatrix
    ) -> None:
        self.offsets = offsets
        self.ids = ids
        self.counts = counts
        self.lengths: Floats = np.maximum(self._sum(counts), 1.0)
        self._index = index

    def _sum(self, values: NDArray[Any]) -> Floats:
        running = np.concatenate([[0.0], np.cumsum(values, dtype=np.float64)])
        sums: Floats = (running[self.offsets[1:]] - running[self.offsets[:-1]]).astype(np.float32)
        return sums

    def bm25(self, weights: Floats, *, k1: float = 1.2, b: float = 0.75) -> Floats:
        """BM25 [m] for a query given as `weights` [vocabulary] (idf times how often the query has the term).

        Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009.
        """
        long = np.repeat(self.lengths / self._index.mean_length, np.diff(self.offsets))
        saturated = self.counts * (k1 + 1) / (self.counts + k1 * (1 - b + b * long))
        return self._sum(weights[self.ids] * saturated)

    def covered(self, weights: Floats) -> Floats:
        """Share [m] of the query's weight whose terms the member has at all; 0 for a query without terms."""
        whole = float(weights.sum())
        return self._sum(weights[self.ids]) / whole if whole else np.zeros(len(self.lengths), np.float32)

    def typical(self, shares: Floats, *, most: int = 30, rarest: int = 3) -> Floats:
        """Weights [vocabulary] of the `most` terms that mark the members out, each member counting by `shares` [m].

        Relevance model 3 without the original query: Abdul-Jaleel et al., "UMass at TREC 2004". Terms of fewer than
        `rarest` members of the population are left out: they are names and slips.
        """
        index = self._index
        entry = np.repeat(shares / self.lengths, np.diff(self.offsets)) * self.counts
        mass = np.bincount(self.ids, weights=entry, minlength=len(index.idf)).astype(np.float32)
        mass[index.frequencies < rarest] = 0
        worth = mass * index.idf
        if len(worth) > most:
            worth[worth < np.partition(worth, -most)[-most]] = 0
        return np.where(worth > 0, mass / max(float(mass.max()), 1e-9) * index.idf, 0).astype(np.float32)


class TermMatrix:
    """Term counts of the whole population, memory-mapped; `v` terms, `n` members."""

    def __init__(self, folder: Path) -> None:
        """Open what `TermWriter` wrote. Raises: OSError or ValueError where it cannot be read."""
        self._offsets: NDArray[np.int64] = stored_array(folder / "offsets.npy")
        self._ids: NDArray[np.int32] = stored_array(folder / "ids.npy")
        self._counts: NDArray[np.uint8] = stored_array(folder / "counts.npy")
        self.frequencies: NDArray[np.int32] = stored_array(folder / "frequencies.npy")
        self._folder = folder

    @property
    def members(self) -> int:
        """`n`"""
        return len(self._offsets) - 1

    @cached_property
    def mean_length(self) -> float:
        """Terms a member has on average, repeats counted."""
        return max(1.0, float(self._counts.sum(dtype=np.int64)) / max(1, self.members))

    @cached_property
    def idf(self) -> Floats:
        """Rarity [v], 0 for terms that more than half of the population has."""
        members, frequency = self.members, self.frequencies
        rarity = np.log1p((members - frequency + 0.5) / (frequency + 0.5))
        return np.where(frequency > _FREQUENT * members, 0.0, rarity).astype(np.float32)

    @cached_property
    def vocabulary(self) -> dict[str, int]:
        """Analyzed term to its number."""
        with pa.memory_map(str(self._folder / "vocabulary.arrow")) as source:
            terms = pa.ipc.open_file(source).read_all().column("term").to_pylist()
        return {term: number for number, term in enumerate(terms)}

    def weights(self, text: str, *, repeats: bool = True) -> Floats:
        """A query [v] from words: idf times how often the text has each term, or once with `repeats=False`."""
        weights = np.zeros(len(self.frequencies), np.float32)
        for term, times in Counter(analyze(text)).items():
            number = self.vocabulary.get(term)
            if number is not None:
                weights[number] = self.idf[number] * (times if repeats else 1)
        return weights

    def pool(self, rows: Sequence[int]) -> PoolTerms:
        """The term counts of `rows`, in their order."""
        chosen = np.asarray(rows, dtype=np.int64)
        starts, ends = self._offsets[chosen], self._offsets[chosen + 1]
        parts = [np.arange(start, end) for start, end in zip(starts, ends, strict=True)]
        at = np.concatenate(parts) if parts else np.empty(0, np.int64)
        offsets = np.concatenate([[0], np.cumsum(ends - starts)]).astype(np.int64)
        return PoolTerms(offsets=offsets, ids=self._ids[at], counts=self._counts[at].astype(np.float32), index=self)


class TermWriter:
    """Writes a term matrix member by member; memory holds the vocabulary and nothing of the texts."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._vocabulary: dict[str, int] = {}
        self._frequencies: list[int] = []
        self._offsets = [0]
        self._ids = (folder / "ids.raw").open("wb", buffering=_BUFFER)
        self._counts = (folder / "counts.raw").open("wb", buffering=_BUFFER)

    def add(self, text: str) -> None:
        """The next member's text. Raises: OSError where the disk refuses."""
        numbers: list[int] = []
        counts = Counter(analyze(text))
        for term in counts:
            number = self._vocabulary.setdefault(term, len(self._vocabulary))
            if number == len(self._frequencies):
                self._frequencies.append(0)
            self._frequencies[number] += 1
            numbers.append(number)
        self._ids.write(np.array(numbers, np.int32).tobytes())
        self._counts.write(
            np.minimum(np.fromiter(counts.values(), np.int64, len(counts)), 255).astype(np.uint8).tobytes()
        )
        self._offsets.append(self._offsets[-1] + len(numbers))

    def abandon(self) -> None:
        """Let go of all files without writing."""
        self._ids.close()
        self._counts.close()

    def close(self) -> None:
        """Write everything out. Raises: OSError where the disk refuses."""
        self._ids.close()
        self._counts.close()
        for name, kind in (("ids", np.int32), ("counts", np.uint8)):
            raw = self._folder / f"{name}.raw"
            np.save(self._folder / f"{name}.npy", _mapped(raw, kind))
            raw.unlink()
        np.save(self._folder / "offsets.npy", np.array(self._offsets, np.int64))
        np.save(self._folder / "frequencies.npy", np.array(self._frequencies, np.int32))
        table = pa.table({"term": pa.array(self._vocabulary, pa.string())})
        with (
            pa.OSFile(str(self._folder / "vocabulary.arrow"), "wb") as sink,
            pa.ipc.new_file(sink, table.schema) as out,
        ):
            out.write_table(table)


def _mapped(raw: Path, kind: type[np.generic]) -> NDArray[np.generic]:
    return np.memmap(raw, kind, mode="r") if raw.stat().st_size else np.empty(0, kind)
