"""Several judges beside each other on the same scored pairs: agreement, what it cost, and who is better by how much."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from agents.models import ModelConfig
from offline.evaluation.agreement import resampling
from offline.evaluation.agreement.asking import Answers
from offline.evaluation.agreement.disagreements import Disagreement, disagreements
from offline.evaluation.agreement.figures import Figures, Judgements, align, figures
from offline.evaluation.agreement.kappa import quadratic_kappa
from offline.evaluation.agreement.pairs import ScoredPairs
from offline.evaluation.agreement.resampling import Estimate
from offline.evaluation.agreement.systems import System


class Spending(BaseModel):
    """What the answers cost, those kept from an earlier run included. Tokens of the model in this process are words."""

    model_config = ConfigDict(frozen=True)

    input_tokens: int
    output_tokens: int
    money: float | None = Field(description="None where the model's prices are not known")
    seconds_median: float | None = Field(description="a pair, waiting included")
    seconds_p95: float | None


class SetSummary(BaseModel):
    """One set of scores."""

    model_config = ConfigDict(frozen=True)

    name: str
    scale: str
    requests: int
    cases: int
    scores: int
    raters: int


class SetResult(BaseModel):
    """One judge on one set. `kept` answers came from an earlier run, `failures` are counted by their reason."""

    model_config = ConfigDict(frozen=True)

    pairs: str
    figures: Figures | None
    spending: Spending
    answered: int
    kept: int
    failures: dict[str, int]
    stopped: str = ""


class SystemResult(BaseModel):
    """One judge."""

    model_config = ConfigDict(frozen=True)

    system: System
    name: str
    results: tuple[SetResult, ...]


class Difference(BaseModel):
    """Kappa of `system` less kappa of `baseline` on the pairs that both answered, drawn again together."""

    model_config = ConfigDict(frozen=True)

    pairs: str
    baseline: str
    system: str
    both: int
    kappa: Estimate

    @property
    def clear(self) -> bool:
        """True where the interval lies on one side of 0."""
        return self.kappa.low is not None and self.kappa.high is not None and self.kappa.low * self.kappa.high > 0


class Comparison(BaseModel):
    """What `shortlist judge compare` prints. With disagreements it holds words of profiles: personal data."""

    model_config = ConfigDict(frozen=True)

    sets: tuple[SetSummary, ...]
    systems: tuple[SystemResult, ...]
    differences: tuple[Difference, ...] = ()
    disagreements: tuple[Disagreement, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One judge's answers, set by set (keyed by the set's name)."""

    system: System
    config: ModelConfig
    answers: Mapping[str, Answers]


def compare(
    sets: Sequence[ScoredPairs],
    asked: Sequence[Asked],
    *,
    most: int = 12,
    notes: Sequence[str] = (),
    seed: int = 0,
) -> Comparison:
    """Measure every judge on every set; the first judge is the one that others are compared with.

    `most` disagreements are taken for each judge, shared among the sets.
    """
    systems = tuple(
        SystemResult(
            system=one.system,
            name=one.system.name,
            results=tuple(_result(pairs, one, seed=seed) for pairs in sets if pairs.name in one.answers),
        )
        for one in asked
    )
    return Comparison(
        sets=tuple(_summary(pairs) for pairs in sets),
        systems=systems,
        differences=tuple(_differences(sets, asked, seed=seed)),
        disagreements=tuple(_disagreements(sets, asked, most)),
        notes=tuple(notes),
    )


def difference(pairs: ScoredPairs, first: Judgements, second: Judgements, *, seed: int = 0) -> tuple[int, Estimate]:
    """On how many pairs both have an answer, and the second's kappa less the first's there."""
    both = first.keys() & second.keys()
    scores = [one for one in pairs.scores if not one.dimension and (one.qid, one.member_id) in both]
    if not scores:
        return 0, Estimate(value=None)
    before, after = (align(pairs, scores, answers) for answers in (first, second))
    drawn = resampling.draws(before.requests, seed=seed)
    tables = [each.tables(each.judge) for each in (before, after)]
    ours, theirs = (quadratic_kappa(resampling.resampled(table, drawn)) for table in tables)
    value = float(quadratic_kappa(tables[1].sum(axis=0)) - quadratic_kappa(tables[0].sum(axis=0)))
    return len(scores), resampling.estimate(value, theirs - ours)


def _result(pairs: ScoredPairs, asked: Asked, *, seed: int) -> SetResult:
    answers = asked.answers[pairs.name]
    return SetResult(
        pairs=pairs.name,
        figures=figures(pairs, answers.judgements, seed=seed),
        spending=_spending(answers.judgements, asked.config),
        answered=len(answers.judgements),
        kept=answers.kept,
        failures=dict(Counter(answers.failures.values()).most_common()),
        stopped=answers.stopped,
    )


def _spending(judgements: Judgements, config: ModelConfig) -> Spending:
    read = sum(one.input_tokens for one in judgements.values())
    written = sum(one.output_tokens for one in judgements.values())
    seconds = [one.seconds for one in judgements.values() if one.seconds > 0]
    money = 0.0 if config.embedded else None
    if config.price_in is not None and config.price_out is not None:
        money = (read * config.price_in + written * config.price_out) / 1e6
    return Spending(
        input_tokens=read,
        output_tokens=written,
        money=money,
        seconds_median=float(np.median(seconds)) if seconds else None,
        seconds_p95=float(np.percentile(seconds, 95)) if seconds else None,
    )


def _summary(pairs: ScoredPairs) -> SetSummary:
    return SetSummary(
        name=pairs.name,
        scale=str(pairs.scale),
        requests=len({one.qid for one in pairs.scores}),
        cases=len(pairs.cases),
        scores=len(pairs.scores),
        raters=len({one.rater for one in pairs.scores if one.rater}),
    )


def _differences(sets: Sequence[ScoredPairs], asked: Sequence[Asked], *, seed: int) -> list[Difference]:
    found = []
    for pairs in sets:
        for one in asked[1:]:
            there = [each.answers.get(pairs.name, Answers()).judgements for each in (asked[0], one)]
            both, kappa = difference(pairs, *there, seed=seed)
            found.append(
                Difference(
                    pairs=pairs.name, baseline=asked[0].system.name, system=one.system.name, both=both, kappa=kappa
                )
            )
    return found


def _disagreements(sets: Sequence[ScoredPairs], asked: Sequence[Asked], most: int) -> list[Disagreement]:
    share = -(-most // max(1, len(sets)))
    return [
        found
        for one in asked
        for pairs in sets
        if pairs.name in one.answers
        for found in disagreements(pairs, one.answers[pairs.name].judgements, system=one.system.name, most=share)
    ]
