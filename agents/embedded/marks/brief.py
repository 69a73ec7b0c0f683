"""A role prepared once a search: each requirement read, encoded and set against what is usual."""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from agents.embedded.marks.needs import Need, read_need
from agents.embedded.marks.population import Population
from retrieval.schema import Kind, Qualification

KEPT = 64
MOST = 6  # alternative titles that are encoded
_OR = re.compile(r"\s+or\s+|\s*/\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Meant:
    """One wording of a requirement as a vector [d].

    `usual` and `spread` are mean and standard deviation of its cosine with passages of people at large.
    """

    vector: NDArray[np.float32]
    usual: float
    spread: float

    def surprise(self, cosine: float) -> float:
        """How many standard deviations a cosine lies above what is usual."""
        return (cosine - self.usual) / self.spread


@dataclass(frozen=True, slots=True)
class Asked:
    """One requirement. `meant` has a vector for each alternative title, else one; none without an encoder."""

    qualification: Qualification
    need: Need
    meant: tuple[Meant, ...] = ()


class Briefs:
    """Prepares requirements, and keeps those of the latest roles; the twenty candidates of a search share them."""

    def __init__(self, population: Population) -> None:
        self._population = population
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, ...], tuple[Asked, ...]] = OrderedDict()

    def prepare(self, requirements: Sequence[Qualification]) -> tuple[Asked, ...]:
        """One `Asked` a requirement, in order. Concurrent callers with the same role wait for one encoding."""
        key = tuple(qualification.model_dump_json(exclude={"span"}) for qualification in requirements)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
            asked = self._prepare(requirements)
            self._kept[key] = asked
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)
            return asked

    def _prepare(self, requirements: Sequence[Qualification]) -> tuple[Asked, ...]:
        wordings = [_wordings(requirement) for requirement in requirements]
        meant = iter(self._meant([wording for one in wordings for wording in one]))
        return tuple(
            Asked(requirement, read_need(requirement.value), tuple(islice(meant, len(wording))))
            for requirement, wording in zip(requirements, wordings, strict=True)
        )

    def _meant(self, texts: Sequence[str]) -> list[Meant]:
        vectors = self._population.encode(texts, side="role") if texts else None
        sample = self._population.sample()
        if vectors is None or sample is None or len(sample) == 0:
            return []
        cosines = sample @ vectors.T
        usual, spread = cosines.mean(axis=0), np.maximum(cosines.std(axis=0), 0.02)
        return [
            Meant(vector, float(mean), float(deviation))
            for vector, mean, deviation in zip(vectors, usual, spread, strict=True)
        ]


def _wordings(requirement: Qualification) -> list[str]:
    """Alternative titles mean different work, and are compared one by one; other requirements are one meaning."""
    if requirement.kind is not Kind.TITLE:
        return [requirement.value]
    return [title for title in _OR.split(requirement.value) if title.strip()][:MOST] or [requirement.value]
