"""Batches of whole lists: a query with its positives, hard and easy negatives, and what is known of every pair.

A batch is a function of the recipe, the data and its step, so that a run that was stopped goes on exactly.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from training.muse.answers import Answers, key
from training.muse.layout import Layout
from training.muse.lists import MEMBER, Candidate, GradedList
from training.muse.recipe import ALL, Recipe
from training.muse.schedule import Schedule
from training.muse.texts import Texts
from training.muse.tokens import Sided


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Texts, each once, and what they stand for."""

    texts: tuple[Sided, ...]
    layout: Layout
    qids: tuple[str, ...]
    """[q] of the lists."""
    columns: tuple[str, ...]
    """[c] ids of the candidates."""


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """A query of a batch: what it brings into it, and what is known of others' candidates."""

    qid: str
    source: str
    query: str
    brings: tuple[Candidate, ...]
    grades: Mapping[str, Candidate]
    """Candidate id -> candidate, of all that are graded for the query, brought or not."""
    right: frozenset[str]
    """Keys and ids of whatever may be right for the query."""


class Batches:
    """The batches of a run, by step.

    Attributes:
        steps: how many there are.
    """

    def __init__(self, lists: Sequence[GradedList], texts: Texts, recipe: Recipe) -> None:
        self._lists = lists
        self._texts = texts
        self._recipe = recipe
        self._schedule = Schedule([one.source for one in lists], recipe)
        self.steps = self._schedule.steps
        self._answers = Answers(lists, texts, positive_from=recipe.positive_from)
        self._turned: dict[str, str] = {}
        self._by_source: dict[str, list[int]] = {}
        for place, one in enumerate(lists):
            self._by_source.setdefault(one.source, []).append(place)

    def __getitem__(self, step: int) -> Batch:
        """The batch of `step`, from 0."""
        random = np.random.default_rng([self._recipe.seed, 2, step])
        asked = [self._asked(place, random) for place, _ in self._schedule(step)]
        columns: dict[str, tuple[int, ...]] = {}
        for one in asked:
            for candidate in one.brings:
                columns.setdefault(candidate.id, self._drawn(candidate, random))
        return self._assembled(asked, columns)

    def _asked(self, place: int, random: np.random.Generator) -> _Asked:
        one = self._lists[place]
        positives = [each for each in one.candidates if each.grade >= self._recipe.positive_from]
        if one.source in self._recipe.both_ways and positives and random.random() < 0.5:
            chosen = positives[int(random.integers(len(positives)))]
            if not chosen.id.startswith(MEMBER):
                return self._the_other_way(one, chosen, positives, random)
        most = self._recipe.positive_from - (0.0 if self._recipe.graded else self._recipe.margin)
        lower = [each for each in one.candidates if each.grade < self._recipe.positive_from and each.grade <= most]
        brings = (
            *_some(positives, self._recipe.positives, random),
            *_some(lower, self._recipe.hard_negatives, random),
            *self._easy(one, random),
        )
        return _Asked(
            qid=one.qid,
            source=one.source,
            query=one.query,
            brings=brings,
            grades={each.id: each for each in one.candidates},
            right=self._answers.of(one.query) | {key(one.query)},
        )

    def _the_other_way(
        self, one: GradedList, chosen: Candidate, positives: Sequence[Candidate], random: np.random.Generator
    ) -> _Asked:
        """A positive asks, the query is among its answers."""
        text = self._texts[chosen.id, chosen.passages[0]]
        turned = Candidate(id=f"query:{one.qid}", grade=chosen.grade)
        self._turned[turned.id] = one.query
        others = [each for each in positives if each.id != chosen.id]
        brings = (turned, *_some(others, self._recipe.positives - 1, random), *self._easy(one, random))
        return _Asked(
            qid=one.qid,
            source=one.source,
            query=text,
            brings=brings,
            grades={each.id: each for each in (turned, *others)},
            right=self._answers.of(text) | self._answers.asked_by(text) | {key(text)},
        )

    def _easy(self, one: GradedList, random: np.random.Generator) -> list[Candidate]:
        """Candidates of other lists of the source; whether they are right for the query is looked up later."""
        places = self._by_source[one.source]
        found = []
        for _ in range(self._recipe.easy_negatives):
            candidates = self._lists[places[int(random.integers(len(places)))]].candidates
            if candidates:
                found.append(candidates[int(random.integers(len(candidates)))])
        return found

    def _drawn(self, candidate: Candidate, random: np.random.Generator) -> tuple[int, ...]:
        """The passages of a candidate that this batch reads."""
        most = self._recipe.passages
        if not most or len(candidate.passages) <= most:
            return candidate.passages
        return tuple(sorted(int(number) for number in random.choice(candidate.passages, most, replace=False)))

    def _text(self, candidate: str, passage: int) -> str:
        return self._turned[candidate] if candidate in self._turned else self._texts[candidate, passage]

    def _assembled(self, asked: Sequence[_Asked], columns: Mapping[str, tuple[int, ...]]) -> Batch:
        places: dict[Sided, int] = {}
        queries = [places.setdefault(Sided("role", one.query), len(places)) for one in asked]
        most = max((len(numbers) for numbers in columns.values()), default=1)
        passages = np.full((len(columns), most), -1, np.int64)
        for row, (candidate, numbers) in enumerate(columns.items()):
            texts = dict.fromkeys(Sided("profile", self._text(candidate, number)) for number in numbers)
            passages[row, : len(texts)] = [places.setdefault(text, len(places)) for text in texts]
        grades, expected = (np.full((len(asked), len(columns)), np.nan, np.float32) for _ in range(2))
        taught, masked = (np.zeros((len(asked), len(columns)), np.bool_) for _ in range(2))
        keys = [self._key(candidate) for candidate in columns]
        named: dict[str, set[int]] = {}
        for column, (candidate, text) in enumerate(zip(columns, keys, strict=True)):
            named.setdefault(candidate, set()).add(column)
            named.setdefault(text, set()).add(column)
        masked |= self._not_to_count(asked, columns)
        for row, one in enumerate(asked):
            for name in one.right & named.keys():
                masked[row, list(named[name])] = True
            for candidate in one.grades.keys() & columns.keys():
                (column,) = named[candidate]
                own = one.grades[candidate]
                grades[row, column], expected[row, column] = own.grade, own.expected
                taught[row, column] = own.soft is not None
        masked &= np.isnan(grades)
        _, same = np.unique(keys, return_inverse=True) if keys else (None, np.zeros(0))
        return Batch(
            texts=tuple(places),
            layout=Layout(
                queries=torch.tensor(queries, dtype=torch.int64),
                passages=torch.from_numpy(passages),
                grades=torch.from_numpy(grades),
                expected=torch.from_numpy(expected),
                taught=torch.from_numpy(taught),
                masked=torch.from_numpy(masked),
                same=torch.from_numpy(same[:, None] == same[None, :]),
            ),
            qids=tuple(one.qid for one in asked),
            columns=tuple(columns),
        )

    def _not_to_count(self, asked: Sequence[_Asked], columns: Mapping[str, object]) -> NDArray[np.bool_]:
        """[q, c], whose candidates the recipe does not count among those of a query."""
        if self._recipe.in_batch == "all":
            return np.zeros((len(asked), len(columns)), np.bool_)
        if self._recipe.in_batch == "none":
            return np.ones((len(asked), len(columns)), np.bool_)
        places = {candidate: column for column, candidate in enumerate(columns)}
        brought = {one.source: np.zeros(len(columns), np.bool_) for one in asked}
        for one in asked:
            brought[one.source][[places[each.id] for each in one.brings]] = True
        return np.stack([~brought[one.source] for one in asked])

    def _key(self, candidate: str) -> str:
        return key(self._turned[candidate]) if candidate in self._turned else self._answers.key(candidate)


def _some(candidates: Sequence[Candidate], most: int, random: np.random.Generator) -> list[Candidate]:
    """At most `most` of them, drawn anew each time, in their order; all where `most` is -1."""
    if most == ALL or len(candidates) <= most:
        return list(candidates)
    return [candidates[int(place)] for place in sorted(random.choice(len(candidates), most, replace=False))]
