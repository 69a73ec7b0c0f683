"""A role measured against people: cosines and words, the same for one person and for the crowd."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from agents.embedded.grader.people import People
from agents.embedded.grader.wish import Wish
from ranking.view import Floats


@dataclass(frozen=True)
class Measured:
    """Shapes: `m` people with `p` passages in all, `a` titles asked for, `r` requirements."""

    wish: Wish
    people: People

    def of(self, measure: str) -> Floats:
        """[m] one of the values below, by name."""
        values: Floats = getattr(self, measure)
        return values

    @cached_property
    def similar(self) -> Floats:
        """[p] cosine of each passage with the request."""
        cosines: Floats = self.people.passages.vectors @ self.wish.request
        return cosines

    @cached_property
    def titled(self) -> Floats:
        """[p, a] with each title."""
        cosines: Floats = self.people.passages.vectors @ self.wish.titles.T
        return cosines

    @cached_property
    def required(self) -> Floats:
        """[p, r] with each requirement."""
        cosines: Floats = self.people.passages.vectors @ self.wish.requirements.T
        return cosines

    @cached_property
    def best(self) -> Floats:
        """[m] best passage for the request."""
        return self.people.passages.best(self.similar)

    @cached_property
    def three(self) -> Floats:
        """[m] mean of the best three."""
        return self.people.passages.mean_of_best(self.similar)

    @cached_property
    def mean(self) -> Floats:
        """[m] mean of all."""
        return self.people.passages.mean(self.similar)

    @cached_property
    def whole(self) -> Floats:
        """[m] cosine of the whole profile's direction with the request."""
        return self.people.passages.centroids @ self.wish.request

    @cached_property
    def opening(self) -> Floats:
        """[m] cosine of the first passage with the request."""
        return self.similar[self.people.passages.starts]

    @cached_property
    def headline(self) -> Floats:
        """[m] cosine of headline and titles with the request."""
        return self.people.headlines @ self.wish.request

    @cached_property
    def title_headline(self) -> Floats:
        """[m] of headline and titles with the nearest title asked for."""
        nearest: Floats = (self.people.headlines @ self.wish.titles.T).max(axis=1)
        return nearest

    @cached_property
    def title_best(self) -> Floats:
        """[m] of the best passage with a title."""
        nearest: Floats = self.people.passages.best(self.titled).max(axis=1)
        return nearest

    @cached_property
    def title_three(self) -> Floats:
        """[m] of the best three passages with the title nearest to them."""
        each = [self.people.passages.mean_of_best(column) for column in self.titled.T]
        nearest: Floats = np.max(each, axis=0)
        return nearest

    @cached_property
    def title_whole(self) -> Floats:
        """[m] of the whole profile with the nearest title."""
        nearest: Floats = (self.people.passages.centroids @ self.wish.titles.T).max(axis=1)
        return nearest

    @cached_property
    def headline_requirement(self) -> Floats:
        """[m] of headline and titles with the nearest requirement."""
        nearest: Floats = (self.people.headlines @ self.wish.requirements.T).max(axis=1)
        return nearest

    @cached_property
    def each(self) -> Floats:
        """[m, r] best passage for each requirement."""
        return self.people.passages.best(self.required)

    @cached_property
    def each_mean(self) -> Floats:
        """[m] the same averaged, by how much each requirement binds."""
        return self.each @ self.wish.shares

    @cached_property
    def words(self) -> Floats:
        """[m] BM25 of the request."""
        return self.people.terms.bm25(self.wish.words)

    @cached_property
    def words_long(self) -> Floats:
        """[m] BM25 that forgives long profiles."""
        return self.people.terms.bm25(self.wish.words, b=0.3)

    @cached_property
    def words_dense(self) -> Floats:
        """[m] BM25 that wants the words dense."""
        return self.people.terms.bm25(self.wish.words, b=1.0)

    @cached_property
    def words_wanted(self) -> Floats:
        """[m] BM25 of the requirements."""
        return self.people.terms.bm25(self.wish.words_wanted)

    @cached_property
    def words_title(self) -> Floats:
        """[m] BM25 of the titles."""
        return self.people.terms.bm25(self.wish.words_title)

    @cached_property
    def covered(self) -> Floats:
        """[m] share of the request's rarer words."""
        return self.people.terms.covered(self.wish.words_once)

    @cached_property
    def covered_each(self) -> Floats:
        """[m, r] share of each requirement's rarer words."""
        return np.stack([self.people.terms.covered(weights) for weights in self.wish.words_each], axis=1)
