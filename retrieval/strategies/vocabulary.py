"""The values of one facet, findable by their words."""

from __future__ import annotations

import math
from collections import defaultdict

from retrieval.attributes import Attributes
from retrieval.text_index import analyze

SAME = 1.0
WITHIN = 0.9
"""The wanted words stand side by side in the value: "accountant" in "senior accountant"."""
PARTLY = 0.8
"""The most that words found apart from each other, or only some of them, are worth."""


class Vocabulary:
    """How far each value of a facet answers a wish, by stemmed words; rare words count for more."""

    def __init__(self, attributes: Attributes, facet: str) -> None:
        self._values = list(attributes.values(facet))
        self._words = [tuple(analyze(value)) for value in self._values]
        self._places: defaultdict[str, list[int]] = defaultdict(list)
        for place, words in enumerate(self._words):
            for word in dict.fromkeys(words):
                self._places[word].append(place)

    def graded(self, wanted: str, *, least: float = 0.5) -> list[tuple[str, float]]:
        """(value, grade in 0..1) of every value with at least the share `least` of the wanted words, by weight.

        1 for the same words in the same order, .9 where they stand side by side in the value, else .8 of their share.
        """
        words = tuple(analyze(wanted))
        weights = {word: math.log(1 + len(self._values) / (1 + len(self._places.get(word, ())))) for word in words}
        total = sum(weights.values())
        if not total:
            return []
        shares: defaultdict[int, float] = defaultdict(float)
        for word, weight in weights.items():
            for place in self._places.get(word, ()):
                shares[place] += weight / total
        return [
            (self._values[place], self._grade(words, self._words[place], share))
            for place, share in shares.items()
            if share >= least - 1e-9
        ]

    @staticmethod
    def _grade(wanted: tuple[str, ...], words: tuple[str, ...], share: float) -> float:
        if wanted == words:
            return SAME
        width = len(wanted)
        if any(words[i : i + width] == wanted for i in range(len(words) - width + 1)):
            return WITHIN
        return PARTLY * min(share, 1.0)
