"""What is usual for a role: the crowd measured once, so that one person can be called near or far."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from agents.embedded.grader.measured import Measured
from agents.embedded.grader.people import People
from agents.embedded.grader.wish import Wish
from ranking.view import Floats, unit

TOP = 10
"""Members whose mean stands for the best there is."""
_TINY = 1e-6


@dataclass(frozen=True, kw_only=True)
class Leaders:
    """The first of the crowd by the blend of words, meaning and titles. Shapes: `m` crowd, `d` width, `v` words."""

    share: Floats
    """[m] 1 / count for a leader, else 0."""
    centre: Floats
    """[d] mean of their profiles' directions."""
    headline: Floats
    """[d] mean of their headlines."""
    typical: Floats
    """[v] weights of the words that mark them out."""


class Usual:
    """A role's wish and the crowd measured by it. What is computed is kept; safe to share between threads.

    A `measure` is the name of one of `Measured`'s values.
    """

    def __init__(self, wish: Wish, crowd: People) -> None:
        self.wish = wish
        self.crowd = crowd
        self.measured = Measured(wish, crowd)
        self._known: dict[str, tuple[float, float, float, Floats]] = {}

    def above(self, measure: str, person: Measured) -> float:
        """Deviations by which the person lies above what is usual."""
        mean, deviation, _, _ = self._of(measure)
        return (float(person.of(measure)[0]) - mean) / deviation

    def of_top(self, measure: str, person: Measured) -> float:
        """The person's value as a share of the best there is."""
        return float(person.of(measure)[0]) / self._of(measure)[2]

    def rarity(self, measure: str, person: Measured) -> float:
        """Powers of ten by which few of the crowd reach the person: 1 for one in ten, 3 at most."""
        ordered = self._of(measure)[3]
        reached = 1 - float(np.searchsorted(ordered, float(person.of(measure)[0]) - _TINY)) / max(1, len(ordered) - 1)
        return float(-np.log10(min(1.0, max(0.0, reached)) + 1e-3))

    def blend(self, person: Measured) -> float:
        """Words, meaning and titles together, in deviations."""
        return sum(weight * self.above(measure, person) for measure, weight in BLEND)

    @cached_property
    def blended(self) -> Floats:
        """[m] the same for the crowd."""
        parts = [weight * standard(self.measured.of(measure)) for measure, weight in BLEND]
        blended: Floats = np.sum(parts, axis=0).astype(np.float32)
        return blended

    @cached_property
    def passage(self) -> tuple[Floats, Floats]:
        """Mean and deviation of a passage's cosine: [2 + r] request, nearest title, then each requirement."""
        each = np.column_stack(
            [self.measured.similar, self.measured.titled.max(axis=1), self.measured.required]
        ).astype(np.float32)
        return each.mean(axis=0), each.std(axis=0) + _TINY

    @cached_property
    def required(self) -> tuple[Floats, Floats]:
        """[r] mean and deviation of the best passage for each requirement."""
        return self.measured.each.mean(axis=0), self.measured.each.std(axis=0) + _TINY

    @cached_property
    def few(self) -> Leaders:
        """Ten leaders."""
        return self._leaders(10)

    @cached_property
    def many(self) -> Leaders:
        """Thirty."""
        return self._leaders(30)

    @cached_property
    def near(self) -> dict[str, tuple[float, float, float]]:
        """Mean, deviation and top of likeness to the leaders, by name, over the crowd."""
        found = {}
        for name, leaders in (("few", self.few), ("many", self.many)):
            vectors = {"whole": (self.crowd.passages.centroids, leaders.centre),
                       "headline": (self.crowd.headlines, leaders.headline)}  # fmt: skip
            for kind, (own, centre) in vectors.items():
                found[f"{name} {kind}"] = _figures(likeness(own, centre, leaders.share))
            found[f"{name} words"] = _figures(self.crowd.terms.bm25(leaders.typical))
        return found

    def _leaders(self, count: int) -> Leaders:
        first = np.argsort(-self.blended, kind="stable")[:count]
        share = np.zeros(len(self.blended), np.float32)
        share[first] = 1 / len(first)
        return Leaders(
            share=share,
            centre=share @ self.crowd.passages.centroids,
            headline=share @ self.crowd.headlines,
            typical=self.crowd.terms.typical(share),
        )

    def _of(self, measure: str) -> tuple[float, float, float, Floats]:
        if measure not in self._known:
            values = self.measured.of(measure)
            self._known[measure] = (*_figures(values), np.sort(values))
        return self._known[measure]


def likeness(own: Floats, centre: Floats, share: Floats | float) -> Floats:
    """[m] cosine of each of `own` [m, d] with a centre that they are `share` of, their own part taken out."""
    part = np.asarray(share, np.float32).reshape(-1, 1)
    others = unit(centre[None, :] - part * own)
    cosines: Floats = (others * own).sum(axis=1)
    return cosines


def standard(values: Floats) -> Floats:
    """Values in deviations from their mean."""
    scaled: Floats = (values - values.mean()) / (values.std() + _TINY)
    return scaled


def _figures(values: Floats) -> tuple[float, float, float]:
    """Mean, deviation, and mean of the top."""
    top = np.sort(values)[-TOP:].mean()
    return float(values.mean()), float(values.std()) + _TINY, max(float(top), _TINY)


BLEND: tuple[tuple[str, float], ...] = (("three", 1.0), ("words", 1.0), ("title_headline", 0.5))
"""What leaders are found by: words and meaning alike, and half as much by titles."""
