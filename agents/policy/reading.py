"""What the network makes of a text, token by token, and the criteria in that."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agents.policy.criterion import Criterion

ATTRIBUTES = (
    *("age", "gender", "ethnicity", "religion", "disability", "health", "family"),
    *("orientation", "nationality", "appearance", "union", "politics", "caste", "veteran"),
)
"""What the network tells apart, in the order of its answers."""
_WORD = re.compile(r"\w[\w'+#-]*")
_LOOSE = " \n,;:.!?-/()"
_JOINERS = frozenset(
    {"and", "or", "but", "only", "preferred", "preferably", "please", "a", "an", "the", "with", "who", "is", "are"}
    | {"must", "should", "be"}
)
"""What may stand between two criteria and belongs to neither."""


@dataclass(frozen=True, kw_only=True)
class Reading:
    """`places` of the tokens in `text`, their `chances` [n] of being part of a criterion, and `attributes` [n, 14], how
    likely each of `ATTRIBUTES` is if so."""

    text: str
    places: tuple[tuple[int, int], ...]
    chances: NDArray[np.float32]
    attributes: NDArray[np.float32]

    def chance(self, start: int, end: int) -> float:
        """The highest chance of a token that touches `text[start:end]`."""
        touched = [self.chances[at] for at, (first, last) in enumerate(self.places) if first < end and start < last]
        return float(max(touched, default=0.0))

    def criteria(self, *, sure: float, part: float, known: Sequence[Criterion] = ()) -> list[Criterion]:
        """Runs of tokens that are at least `part` likely and hold one that is `sure`, as whole words, in order.

        What is `known` already ends a run. What is left of a run beside it is a criterion of its own only where it is
        about another attribute ("young and" before "female"); else it is more of the same ("looking for" before it).
        """
        taken: list[str | None] = [None] * len(self.text)
        for one in known:
            taken[one.start : one.end] = [one.attribute] * (one.end - one.start)
        owners = [next((taken[at] for at in range(*place) if taken[at]), None) for place in self.places]
        found: list[Criterion] = []
        at = 0
        while at < len(self.places):
            first = at
            while at < len(self.places) and self.chances[at] >= part and not owners[at]:
                at += 1
            if at > first and self.chances[first:at].max() >= sure:
                beside = {owners[first - 1] if first else None, owners[at] if at < len(owners) else None} - {None}
                run = self._criterion(first, at, trim=bool(beside))
                if run and run.attribute not in beside and not any(taken[run.start : run.end]):
                    found.append(run)
                    # a word whose parts fell into two runs is taken once
                    taken[run.start : run.end] = [run.attribute] * (run.end - run.start)
            at = max(at, first + 1)
        return found

    def _criterion(self, first: int, end: int, *, trim: bool) -> Criterion | None:
        start, stop = self.places[first][0], self.places[end - 1][1]
        while start > 0 and _within(self.text, start):
            start -= 1
        while stop < len(self.text) and _within(self.text, stop):
            stop += 1
        words = [word.span() for word in _WORD.finditer(self.text, start, stop)]
        while trim and words and self.text[slice(*words[0])] in _JOINERS:
            start = words.pop(0)[1]
        while trim and words and self.text[slice(*words[-1])] in _JOINERS:
            stop = words.pop()[0]
        stop = start + len(self.text[start:stop].rstrip(_LOOSE))
        start = stop - len(self.text[start:stop].lstrip(_LOOSE))
        if start >= stop:
            return None
        votes = self.chances[first:end] @ self.attributes[first:end]
        return Criterion(start=start, end=stop, attribute=ATTRIBUTES[int(votes.argmax())])


def _within(text: str, place: int) -> bool:
    """Whether a word goes on from the character before `place` to the one at it."""
    return bool(re.match(r"[\w'+#-]", text[place - 1]) and re.match(r"[\w']", text[place]))
