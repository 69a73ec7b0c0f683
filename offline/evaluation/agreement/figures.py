"""How far one judge agrees with people on one set of scores: every figure, with its interval over requests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from agents.judging import Judgement
from offline.evaluation.agreement import kappa, resampling
from offline.evaluation.agreement.order import spearman
from offline.evaluation.agreement.pairs import Score, ScoredPairs
from offline.evaluation.agreement.resampling import Estimate
from offline.evaluation.agreement.scales import LEVELS, fitted

ORDER_RESAMPLES = 500
FEW = 10
"""Fewer pairs of one rater than this give no kappa worth printing."""

Judgements = Mapping[tuple[str, str], Judgement]
"""By (request id, member id)."""


class RaterFigures(BaseModel):
    """Agreement with one rater. `bias` is the judge's mean grade less the rater's: above 0 the judge is kinder."""

    model_config = ConfigDict(frozen=True)

    rater: str
    pairs: int
    kappa: float | None
    bias: float


class DimensionFigures(BaseModel):
    """Agreement on one dimension, where people scored it and the judge said something."""

    model_config = ConfigDict(frozen=True)

    dimension: str
    pairs: int
    unsaid: int = Field(description="pairs that people scored and the judge found nothing about")
    kappa: Estimate


class Figures(BaseModel):
    """One judge on one set. Kappa is quadratically weighted, on grades 0 to 4 (see `scales`)."""

    model_config = ConfigDict(frozen=True)

    pairs: int = Field(description="scores that have an answer; two raters of one person count twice")
    unanswered: int
    requests: int
    kappa: Estimate = Field(description="grades as they are")
    fitted: Estimate = Field(description="expected grades shared out as people do, fitted on the other half")
    spearman: Estimate = Field(description="of the expected grade with the score")
    error: Estimate = Field(description="mean absolute difference in grades")
    exact: Estimate
    within_one: Estimate
    human_mean: float
    judge_mean: float
    confusion: tuple[tuple[int, ...], ...] = Field(description="rows: people's grade 0-4, columns: the judge's")
    raters: tuple[RaterFigures, ...] = ()
    dimensions: tuple[DimensionFigures, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Aligned:
    """Scores and answers side by side. Shapes: `n` pairs, `c` requests."""

    human: NDArray[np.int64]
    """[n] grades 0-4"""
    score: NDArray[np.float64]
    """[n] as given, on the set's own scale"""
    judge: NDArray[np.int64]
    """[n] grades 0-4"""
    expected: NDArray[np.float64]
    """[n] mean of the soft label, 0-4"""
    request: NDArray[np.int64]
    """[n] number of the request, from 0"""
    requests: int

    def tables(self, judge: NDArray[np.int64]) -> NDArray[np.float64]:
        """A confusion table for each request [c, l, l], with `judge` [n] in the place of its grades."""
        cell = (self.request * LEVELS + self.human) * LEVELS + judge
        counted = np.bincount(cell, minlength=self.requests * LEVELS * LEVELS)
        return counted.reshape(self.requests, LEVELS, LEVELS).astype(np.float64)


def align(pairs: ScoredPairs, scores: Sequence[Score], judgements: Judgements) -> Aligned:
    """Put answers beside scores; scores without an answer are left out. Requests without any answer still count."""
    answered = [one for one in scores if (one.qid, one.member_id) in judgements]
    number = {qid: at for at, qid in enumerate(dict.fromkeys(one.qid for one in answered))}
    given = [judgements[one.qid, one.member_id] for one in answered]
    score = np.array([one.score for one in answered], np.float64)
    return Aligned(
        human=pairs.scale.grades(score),
        score=score,
        judge=np.array([one.grade for one in given], np.int64),
        expected=np.array([one.expected for one in given], np.float64),
        request=np.array([number[one.qid] for one in answered], np.int64),
        requests=len(number),
    )


def figures(pairs: ScoredPairs, judgements: Judgements, *, seed: int = 0) -> Figures | None:
    """Everything about one judge on one set; `None` where it answered nothing."""
    overall = [one for one in pairs.scores if not one.dimension]
    aligned = align(pairs, overall, judgements)
    if not len(aligned.human):
        return None
    drawn = resampling.draws(aligned.requests, seed=seed)
    tables = aligned.tables(aligned.judge)
    refitted = aligned.tables(fitted(aligned.expected, aligned.human, aligned.request, seed=seed))
    return Figures(
        pairs=len(aligned.human),
        unanswered=len(overall) - len(aligned.human),
        requests=aligned.requests,
        kappa=resampling.of_tables(kappa.quadratic_kappa, tables, drawn),
        fitted=resampling.of_tables(kappa.quadratic_kappa, refitted, drawn),
        spearman=_spearman(aligned, drawn),
        error=resampling.of_tables(kappa.mean_error, tables, drawn),
        exact=resampling.of_tables(kappa.exact, tables, drawn),
        within_one=resampling.of_tables(kappa.within_one, tables, drawn),
        human_mean=float(aligned.human.mean()),
        judge_mean=float(aligned.judge.mean()),
        confusion=tuple(tuple(int(count) for count in row) for row in tables.sum(axis=0)),
        raters=tuple(_raters(pairs, overall, judgements)),
        dimensions=tuple(_dimensions(pairs, judgements, seed=seed)),
    )


def _spearman(aligned: Aligned, drawn: NDArray[np.float64]) -> Estimate:
    resamples = [spearman(aligned.expected, aligned.score, row[aligned.request]) for row in drawn[:ORDER_RESAMPLES]]
    return resampling.estimate(spearman(aligned.expected, aligned.score), np.array(resamples))


def _raters(pairs: ScoredPairs, scores: Sequence[Score], judgements: Judgements) -> list[RaterFigures]:
    found = []
    for rater in sorted({one.rater for one in scores if one.rater}, key=lambda name: (len(name), name)):
        aligned = align(pairs, [one for one in scores if one.rater == rater], judgements)
        if not len(aligned.human):
            continue
        value = float(kappa.quadratic_kappa(aligned.tables(aligned.judge).sum(axis=0)))
        found.append(
            RaterFigures(
                rater=rater,
                pairs=len(aligned.human),
                kappa=None if np.isnan(value) or len(aligned.human) < FEW else value,
                bias=float((aligned.judge - aligned.human).mean()),
            )
        )
    return found


def _dimensions(pairs: ScoredPairs, judgements: Judgements, *, seed: int) -> list[DimensionFigures]:
    found = []
    for dimension in sorted({one.dimension for one in pairs.scores if one.dimension}):
        scores = [one for one in pairs.scores if one.dimension == dimension]
        graded = {
            key: one.model_copy(update={"grade": grade})
            for key, one in judgements.items()
            if (grade := dimension_grade(one, dimension)) is not None
        }
        aligned = align(pairs, scores, graded)
        answered = sum((one.qid, one.member_id) in judgements for one in scores)
        estimate = Estimate(value=None)
        if len(aligned.human):
            drawn = resampling.draws(aligned.requests, seed=seed)
            estimate = resampling.of_tables(kappa.quadratic_kappa, aligned.tables(aligned.judge), drawn)
        found.append(
            DimensionFigures(
                dimension=dimension, pairs=len(aligned.human), unsaid=answered - len(aligned.human), kappa=estimate
            )
        )
    return found


def dimension_grade(judgement: Judgement, dimension: str) -> int | None:
    """The mean grade of a dimension's requirements, halves rounded up; `None` where nothing is said of any."""
    grades = [one.grade for one in judgement.dimensions if one.dimension == dimension and one.grade is not None]
    return int(sum(grades) / len(grades) + 0.5) if grades else None
