"""Kappa and its companions against scikit-learn, and against a published table worked by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score, mean_absolute_error

from offline.evaluation.agreement.kappa import confusion, exact, mean_error, quadratic_kappa, within_one

GRADES = st.integers(0, 4)
PAIRS = st.lists(st.tuples(GRADES, GRADES), min_size=2, max_size=60)


@given(pairs=PAIRS)
def test_it_is_what_scikit_learn_says(pairs: list[tuple[int, int]]) -> None:
    human, judge = (np.array(side) for side in zip(*pairs, strict=True))
    table = confusion(human, judge, levels=5)
    with np.errstate(all="ignore"):
        ours = float(quadratic_kappa(table))
    if len(set(human)) == 1 and set(human) == set(judge):
        assert np.isnan(ours)  # one grade only: there is nothing to agree on beyond chance
        return
    assert ours == pytest.approx(cohen_kappa_score(human, judge, weights="quadratic", labels=range(5)))
    assert float(mean_error(table)) == pytest.approx(mean_absolute_error(human, judge))
    assert float(exact(table)) == pytest.approx(np.mean(human == judge))
    assert float(within_one(table)) == pytest.approx(np.mean(abs(human - judge) <= 1))


def test_the_diagnoses_of_cohens_papers() -> None:
    """200 patients by two diagnosticians (Cohen 1960, table 1; the proportions of Cohen 1968, table 1).

    By hand, with quadratic weights: observed cost .07 + .05 + .05 + .03 + 4 (.09 + .01) = .60, expected
    .6 .3 + .3 .5 + .3 .2 + .1 .3 + 4 (.6 .2 + .1 .5) = 1.10, so kappa is 1 - .60 / 1.10.
    """
    table = np.array([[88.0, 14, 18], [10, 40, 10], [2, 6, 12]])
    assert table.sum() == 200
    assert table.sum(axis=1) / 200 == pytest.approx([0.6, 0.3, 0.1])
    assert table.sum(axis=0) / 200 == pytest.approx([0.5, 0.3, 0.2])
    agreement, chance = float(exact(table)), 0.6 * 0.5 + 0.3 * 0.3 + 0.1 * 0.2
    assert (agreement - chance) / (1 - chance) == pytest.approx(0.492, abs=5e-4)  # as published: the table is right
    assert float(quadratic_kappa(table)) == pytest.approx(1 - 0.60 / 1.10)


@given(pairs=PAIRS)
def test_a_judge_who_copies_people_agrees_fully_and_order_does_not_matter(pairs: list[tuple[int, int]]) -> None:
    human, judge = (np.array(side) for side in zip(*pairs, strict=True))
    table = confusion(human, judge, levels=5)
    assert float(quadratic_kappa(table)) == pytest.approx(float(quadratic_kappa(table.T)), nan_ok=True)
    if len(set(human)) > 1:
        assert float(quadratic_kappa(confusion(human, human, levels=5))) == pytest.approx(1)


def test_many_tables_at_once_are_each_on_their_own() -> None:
    tables = np.random.default_rng(0).integers(0, 9, (7, 5, 5)).astype(float)
    stacked = quadratic_kappa(tables)
    assert stacked.shape == (7,)
    assert stacked == pytest.approx([float(quadratic_kappa(table)) for table in tables])
