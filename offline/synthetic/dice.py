"""Chance that can be repeated: every person has dice of their own, thrown from the seed and their number alone."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from itertools import accumulate
from random import Random
from typing import Generic, TypeVar

T = TypeVar("T")


def dice(*names: object) -> Random:
    """A generator that depends on `names` only, the same on every machine and in every process."""
    digest = blake2b(":".join(map(str, names)).encode(), digest_size=8).digest()
    return Random(int.from_bytes(digest, "big"))  # noqa: S311  invented people are no secret


class Choice(Generic[T]):
    """Things with weights, ready to be drawn from many times."""

    __slots__ = ("_edges", "items")

    def __init__(self, weights: Mapping[T, float] | Iterable[tuple[T, float]]) -> None:
        pairs = [(i, w) for i, w in (weights.items() if isinstance(weights, Mapping) else weights) if w > 0]
        if not pairs:
            raise ValueError("nothing to choose from: give at least one item a weight above 0")
        self.items: tuple[T, ...] = tuple(item for item, _ in pairs)
        self._edges = list(accumulate(weight for _, weight in pairs))

    def draw(self, chance: Random) -> T:
        """One item, by weight."""
        return self.items[min(bisect_right(self._edges, chance.random() * self._edges[-1]), len(self.items) - 1)]


def one(chance: Random, items: Sequence[T]) -> T:
    """One of `items`, each as likely (faster than `Random.choice`)."""
    return items[int(chance.random() * len(items))]


def some(chance: Random, items: Sequence[T], count: int) -> list[T]:
    """`count` different of `items`, or all of them where there are fewer, in drawn order."""
    return chance.sample(items, min(count, len(items)))
