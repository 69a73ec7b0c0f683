"""Agreement of a teacher with itself, against scikit-learn."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from training.labels import Ask, Label
from training.labels.consistency import consistency

Make = Callable[..., Label]


def test_repeats_are_measured_against_their_first_answer(label: Make) -> None:
    random = np.random.default_rng(0)
    first = random.integers(0, 5, 80)
    second = np.clip(first + random.integers(-1, 2, 80), 0, 4)
    labels = [label(f"q{at % 9}", f"m{at}", int(grade)) for at, grade in enumerate(first)]
    labels += [label(f"q{at % 9}", f"m{at}", int(grade), Ask.AGAIN) for at, grade in enumerate(second)]
    found = consistency(labels, swapped=False)
    assert found is not None
    assert found.pairs == 80
    assert found.kappa.value == pytest.approx(cohen_kappa_score(first, second, weights="quadratic"))
    assert found.exact.value == pytest.approx(np.mean(first == second))
    assert found.error.value == pytest.approx(np.abs(first - second).mean())
    assert found.shift == pytest.approx((second - first).mean())
    assert found.flips == pytest.approx({g: np.mean(second[first == g] != g) for g in range(5)})
    assert found.dimension_flips == pytest.approx(np.mean(first != second) / 2)  # one of two requirements moves
    # a soft label puts .6 on its grade and .1 on each other one: half a grade in the mean for a whole one
    assert found.soft_error == pytest.approx(np.abs(first - second).mean() / 2)
    assert consistency(labels, swapped=True) is None


def test_swapped_answers_are_kept_apart_and_answers_without_a_first_one_are_left_out(label: Make) -> None:
    labels = [label("q", "m1", 3), label("q", "m1", 3, Ask.AGAIN), label("q", "m1", 1, Ask.SWAPPED)]
    labels.append(label("q", "m2", 1, Ask.SWAPPED))
    assert consistency(labels, swapped=False).exact.value == 1
    swapped = consistency(labels, swapped=True)
    assert (swapped.pairs, swapped.exact.value, swapped.shift) == (1, 0, -2)
