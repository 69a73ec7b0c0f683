"""Which lists each step takes, and how fast it learns: functions of the step alone, so that a run goes on exactly."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cached_property

import numpy as np

from training.muse.lists import ListsUnreadable
from training.muse.recipe import Recipe


class Schedule:
    """The lists of each step. Each source is gone through in an order of its own, another one every time around.

    Attributes:
        steps: how many there are.
        shares: source -> its share of the queries; they sum to 1.

    Raises:
        ListsUnreadable: the recipe mixes in a source that the data lack.
    """

    def __init__(self, sources: Sequence[str], recipe: Recipe) -> None:
        there = Counter(sources)
        weights: Mapping[str, float] = recipe.mixture or {source: float(number) for source, number in there.items()}
        if missing := sorted(set(weights) - set(there)):
            has = ", ".join(sorted(there))
            raise ListsUnreadable(
                f"the recipe's mixture names {', '.join(missing)}, which the data lack; they have {has}"
            )
        self.shares = {source: weights[source] / sum(weights.values()) for source in sorted(weights)}
        number = sum(there[source] for source in self.shares)
        self.steps = recipe.steps or math.ceil(recipe.epochs * number / recipe.batch)
        self._recipe = recipe
        self._places = {
            source: np.array([place for place, each in enumerate(sources) if each == source]) for source in self.shares
        }

    def __call__(self, step: int) -> list[tuple[int, int]]:
        """(place of the list, how often its source was gone through before) of each query of `step`, from 0."""
        found = []
        for number, source in enumerate(self.shares):
            places = self._places[source]
            for taken in range(self._taken(source, step), self._taken(source, step + 1)):
                around, at = divmod(taken, len(places))
                order = np.random.default_rng([self._recipe.seed, 1, number, around]).permutation(len(places))
                found.append((int(places[order[at]]), around))
        return found

    def _taken(self, source: str, step: int) -> int:
        """Lists of a source that all steps before `step` took."""
        if self._recipe.batches == "separate":
            return self._turns[source][step] * self._recipe.batch
        return self._turns[source][step * self._recipe.batch]

    @cached_property
    def _turns(self) -> dict[str, list[int]]:
        """Source -> its turns before each step, or each query: the one furthest behind its share goes next."""
        turns = {source: [0] for source in self.shares}
        for step in range(self.steps if self._recipe.batches == "separate" else self.steps * self._recipe.batch):
            behind = {source: share * (step + 1) - turns[source][-1] for source, share in self.shares.items()}
            following = max(behind, key=lambda source: (behind[source], source))
            for source, so_far in turns.items():
                so_far.append(so_far[-1] + (source == following))
        return turns


def rate(step: int, steps: int, recipe: Recipe) -> float:
    """The learning rate of `step`, counted from 0: up in a line, then down by the recipe's schedule."""
    rising = round(recipe.warmup * steps)
    if step < rising:
        return recipe.learning_rate * (step + 1) / rising
    done = (step - rising) / max(1, steps - rising)
    fall = {"constant": 1.0, "linear": 1.0 - done, "cosine": 0.5 * (1.0 + math.cos(math.pi * done))}
    return recipe.learning_rate * fall[recipe.schedule]
