"""The loss and its gradient are those of a slow reference in plain numbers; who is masked is not seen."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from training.muse.layout import Layout
from training.muse.loss import loss
from training.muse.recipe import Recipe

LEVELS = (2, 5, 8)
PLAIN: dict[str, Any] = {"levels": LEVELS, "temperature": 0.2, "bce_bias": -1.5}
quickly = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
Vector = Sequence[float]


@dataclass(frozen=True, kw_only=True)
class Pair:
    """What is known of a query and a candidate; no grade where it is not the query's own."""

    grade: float | None = None
    expected: float = 0.0
    taught: bool = False
    masked: bool = False


@dataclass(frozen=True, kw_only=True)
class Case:
    """A batch: vectors of all texts, which of them are queries and which are passages of which candidate."""

    queries: Sequence[int]
    passages: Sequence[Sequence[int]]
    pairs: Sequence[Sequence[Pair]]
    texts: Sequence[int]
    """[c] candidates with the same number are the same text or person."""


def slow(vectors: Sequence[Vector], case: Case, recipe: Recipe) -> float:
    """The loss once more, with plain numbers and loops, as it stands in words; independent of torch."""
    total = 0.0
    widths = recipe.levels if recipe.matryoshka else recipe.levels[-1:]
    weights = dict(zip(recipe.levels, recipe.level_weights or [1.0] * len(recipe.levels), strict=True))
    for width in widths:
        share = weights[width] / sum(weights[each] for each in widths)
        total += share * at_level([unit(vector[:width]) for vector in vectors], case, recipe)
    return total


def unit(vector: Vector) -> Vector:
    length = math.sqrt(sum(number * number for number in vector))
    return [number / length for number in vector]


def cosine(one: Vector, other: Vector) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


def at_level(rows: Sequence[Vector], case: Case, recipe: Recipe) -> float:
    scores = []
    for query in case.queries:
        line = []
        for passages in case.passages:
            cosines = sorted((cosine(rows[query], rows[passage]) for passage in passages), reverse=True)
            counted = cosines[: recipe.best]
            line.append(sum(counted) / len(counted))
        scores.append(line)
    value = bce(scores, case, recipe) if recipe.loss == "bce" else infonce(scores, case, recipe)
    if recipe.graded:
        value += recipe.listwise * listwise(scores, case, recipe)
    return value + recipe.distil * margins(scores, case, recipe)


def gain(grade: float, recipe: Recipe) -> float:
    if not recipe.graded or recipe.gain == "none":
        return 1.0
    if recipe.gain == "linear":
        return max(grade / 4, 1e-3)
    return max((2**grade - 1) / 15, 1e-3)


def infonce(scores: Sequence[Sequence[float]], case: Case, recipe: Recipe) -> float:
    rows = []
    for q, pairs in enumerate(case.pairs):
        positives = [c for c, pair in enumerate(pairs) if pair.grade is not None and pair.grade >= recipe.positive_from]
        whole = sum(gain(pairs[c].grade or 0.0, recipe) for c in positives)
        for p in positives:
            bar = (pairs[p].grade if recipe.graded else recipe.positive_from) - recipe.margin
            against = []
            for c, pair in enumerate(pairs):
                if case.texts[c] == case.texts[p]:
                    continue
                wrong = pair.grade <= bar if pair.grade is not None else not pair.masked
                if wrong:
                    against.append(scores[q][c])
            chance = math.exp(scores[q][p] / recipe.temperature)
            others = sum(math.exp(score / recipe.temperature) for score in against)
            weight = gain(pairs[p].grade or 0.0, recipe) / whole**recipe.balance
            rows.append((weight, -math.log(chance / (chance + others))))
    if not rows:
        return 0.0
    return sum(weight * value for weight, value in rows) / sum(weight for weight, _ in rows)


def bce(scores: Sequence[Sequence[float]], case: Case, recipe: Recipe) -> float:
    values = []
    for q, pairs in enumerate(case.pairs):
        positives = [c for c, pair in enumerate(pairs) if pair.grade is not None and pair.grade >= recipe.positive_from]
        right, wrong = [], []
        for c, pair in enumerate(pairs):
            logit = scores[q][c] / recipe.temperature + recipe.bce_bias
            if c in positives:
                target = pair.expected / 4 if recipe.graded else 1.0
                right.append((gain(pair.grade or 0.0, recipe), error(logit, target)))
                continue
            if any(case.texts[c] == case.texts[p] for p in positives):
                continue
            if pair.grade is None:
                if not pair.masked:
                    wrong.append(error(logit, 0.0))
            elif recipe.graded:
                wrong.append(error(logit, pair.expected / 4))
            elif pair.grade <= recipe.positive_from - recipe.margin:
                wrong.append(error(logit, 0.0))
        if right or wrong:
            first = sum(w * e for w, e in right) / sum(w for w, _ in right) if right else 0.0
            values.append((first + (sum(wrong) / len(wrong) if wrong else 0.0)) / 2)
    return sum(values) / len(values) if values else 0.0


def error(logit: float, target: float) -> float:
    likely = 1 / (1 + math.exp(-logit))
    return -target * math.log(likely) - (1 - target) * math.log(1 - likely)


def listwise(scores: Sequence[Sequence[float]], case: Case, recipe: Recipe) -> float:
    values = []
    for q, pairs in enumerate(case.pairs):
        own = [c for c, pair in enumerate(pairs) if pair.grade is not None]
        if len({pairs[c].expected for c in own}) < 3:
            continue
        wanted = [math.exp(pairs[c].expected / recipe.target_temperature) for c in own]
        got = [math.exp(scores[q][c] / recipe.temperature) for c in own]
        values.append(-sum(w / sum(wanted) * math.log(g / sum(got)) for w, g in zip(wanted, got, strict=True)))
    return sum(values) / len(values) if values else 0.0


def margins(scores: Sequence[Sequence[float]], case: Case, recipe: Recipe) -> float:
    values = []
    for q, pairs in enumerate(case.pairs):
        own = [c for c, pair in enumerate(pairs) if pair.grade is not None and pair.taught]
        differences = [
            (scores[q][a] - scores[q][b] - recipe.distil_slope * (pairs[a].expected - pairs[b].expected)) ** 2
            for a in own
            for b in own
            if a < b
        ]
        if differences:
            values.append(sum(differences) / len(differences))
    return sum(values) / len(values) if values else 0.0


@st.composite
def cases(draw: st.DrawFn) -> tuple[np.ndarray, Case]:
    """Vectors and a batch: shared texts, queries without positives, people with many passages, duplicates."""
    texts = draw(st.integers(2, 9))
    number = draw(st.integers(1, 4))
    columns = draw(st.integers(1, 6))
    place = st.integers(0, texts - 1)
    passages = [draw(st.lists(place, min_size=1, max_size=5, unique=True)) for _ in range(columns)]
    grade = st.sampled_from([0.0, 1.0, 2.0, 2.5, 3.0, 4.0])
    pair = st.one_of(
        st.builds(Pair, masked=st.booleans()),
        st.builds(Pair, grade=grade, expected=st.sampled_from([0.0, 1.0, 2.25, 3.5, 4.0]), taught=st.booleans()),
    )
    pairs = [[draw(pair) for _ in range(columns)] for _ in range(number)]
    seed = draw(st.integers(0, 2**32 - 1))
    vectors = np.random.default_rng(seed).standard_normal((texts, LEVELS[-1]))
    queries = [draw(place) for _ in range(number)]
    same = [draw(st.integers(0, columns - 1)) for _ in range(columns)]
    return vectors, Case(queries=queries, passages=passages, pairs=pairs, texts=same)


recipes = st.builds(
    lambda **said: Recipe(**PLAIN, **said),
    loss=st.sampled_from(["infonce", "bce"]),
    matryoshka=st.booleans(),
    level_weights=st.sampled_from([(), (1.0, 2.0, 0.5)]),
    graded=st.booleans(),
    gain=st.sampled_from(["exponential", "linear", "none"]),
    balance=st.sampled_from([0.0, 0.5, 1.0]),
    margin=st.sampled_from([0.0, 0.5, 1.0, 2.0]),
    positive_from=st.sampled_from([1.0, 3.0]),
    best=st.integers(1, 4),
    listwise=st.sampled_from([0.0, 0.7]),
    distil=st.sampled_from([0.0, 3.0]),
)


def layout(case: Case) -> Layout:
    most = max(map(len, case.passages))
    nan = float("nan")
    return Layout(
        queries=torch.tensor(case.queries),
        passages=torch.tensor([[*each, *[-1] * (most - len(each))] for each in case.passages]),
        grades=torch.tensor([[nan if one.grade is None else one.grade for one in line] for line in case.pairs]),
        expected=torch.tensor([[nan if one.grade is None else one.expected for one in line] for line in case.pairs]),
        taught=torch.tensor([[one.taught for one in line] for line in case.pairs]),
        masked=torch.tensor([[one.masked for one in line] for line in case.pairs]),
        same=torch.tensor([[a == b for b in case.texts] for a in case.texts]),
    )


def both(vectors: np.ndarray, case: Case, recipe: Recipe) -> tuple[float, np.ndarray]:
    rows = torch.tensor(vectors, requires_grad=True)
    value, _ = loss(rows, layout(case), recipe)
    value.backward()
    assert rows.grad is not None
    return float(value.detach()), rows.grad.numpy()


@given(cases(), recipes)
@quickly
def test_loss_and_gradient_are_the_slow_references(drawn: tuple[np.ndarray, Case], recipe: Recipe) -> None:
    vectors, case = drawn
    value, gradient = both(vectors, case, recipe)
    assert value == pytest.approx(slow(vectors.tolist(), case, recipe), rel=1e-9, abs=1e-9)
    way, step = np.random.default_rng(1).standard_normal(vectors.shape), 1e-6
    up, down = (slow((vectors + sign * step * way).tolist(), case, recipe) for sign in (1, -1))
    assert (gradient * way).sum() == pytest.approx((up - down) / (2 * step), rel=1e-4, abs=1e-6)


@given(cases(), recipes)
@quickly
def test_in_float32_it_is_nearly_the_same(drawn: tuple[np.ndarray, Case], recipe: Recipe) -> None:
    vectors, case = drawn
    with torch.autocast("cpu", torch.bfloat16):
        value, _ = loss(torch.tensor(vectors, dtype=torch.float32), layout(case), recipe)
    assert value.dtype == torch.float32
    assert float(value) == pytest.approx(slow(vectors.tolist(), case, recipe), rel=1e-4, abs=1e-5)


@given(cases(), recipes, st.randoms(use_true_random=False))
@quickly
def test_order_does_not_matter(drawn: tuple[np.ndarray, Case], recipe: Recipe, random: Any) -> None:
    vectors, case = drawn
    queries, columns = list(range(len(case.queries))), list(range(len(case.passages)))
    random.shuffle(queries)
    random.shuffle(columns)
    turned = Case(
        queries=[case.queries[q] for q in queries],
        passages=[random.sample(case.passages[c], len(case.passages[c])) for c in columns],
        pairs=[[case.pairs[q][c] for c in columns] for q in queries],
        texts=[case.texts[c] for c in columns],
    )
    value, gradient = both(vectors, case, recipe)
    again, turned_gradient = both(vectors, turned, recipe)
    assert again == pytest.approx(value, rel=1e-9, abs=1e-9)
    assert np.abs(turned_gradient - gradient).max() < 1e-9


def alone(*, positives: int = 1, pairs: dict[int, Pair] | None = None, columns: int = 4) -> tuple[np.ndarray, Case]:
    """One query, which is text 0, candidates that are texts 1, 2 ...; the first are its positives."""
    line = [Pair(grade=4.0, expected=4.0) if c < positives else Pair() for c in range(columns)]
    for column, pair in (pairs or {}).items():
        line[column] = pair
    vectors = np.random.default_rng(3).standard_normal((columns + 1, LEVELS[-1]))
    passages = [[column + 1] for column in range(columns)]
    return vectors, Case(queries=[0], passages=passages, pairs=[line], texts=list(range(columns)))


@pytest.mark.parametrize("kind", ["infonce", "bce"])
@pytest.mark.parametrize("graded", [True, False])
def test_who_is_masked_has_no_gradient_and_others_have(kind: str, graded: bool) -> None:
    vectors, case = alone(pairs={2: Pair(masked=True)})
    _, gradient = both(vectors, case, Recipe(**PLAIN, loss=kind, graded=graded))
    assert not gradient[3].any()
    assert all(gradient[row].any() for row in (0, 1, 2, 4))


def test_own_candidates_of_the_same_grade_are_no_negatives_and_lower_ones_are() -> None:
    recipe = Recipe(**PLAIN, balance=0.0)
    higher = {1: Pair(grade=3.0, expected=3.0)}
    vectors, case = alone(columns=2, pairs=higher)
    apart, _ = both(vectors, case, recipe)
    vectors, case = alone(columns=2, pairs={1: Pair(grade=4.0, expected=4.0)})
    alike, gradient = both(vectors, case, recipe)
    assert alike == 0.0
    assert not gradient.any()
    assert apart > 0.1
    wide, _ = both(*alone(columns=2, pairs=higher), Recipe(**PLAIN, balance=0.0, margin=2.0))
    assert wide == 0.0


def test_without_grades_what_lies_between_is_left_out() -> None:
    recipe = Recipe(**PLAIN, graded=False, positive_from=3.0, margin=1.0)
    for grade, counted in ((2.0, True), (2.5, False), (3.0, False), (4.0, False)):
        vectors, case = alone(columns=2, pairs={1: Pair(grade=grade)})
        value, _ = both(vectors, case, recipe)
        assert (value > 0) is counted, grade


def test_a_candidate_in_the_words_of_the_positive_is_no_negative() -> None:
    vectors, case = alone(columns=2)
    told_apart, _ = both(vectors, case, Recipe(**PLAIN))
    one = Case(queries=case.queries, passages=case.passages, pairs=case.pairs, texts=[7, 7])
    assert told_apart > 0
    assert both(vectors, one, Recipe(**PLAIN))[0] == 0.0


def test_only_the_best_passages_of_a_person_learn() -> None:
    vectors = np.zeros((6, LEVELS[-1]))
    vectors[:, :2] = [[1, 0], [1, 0.1], [1, 0.2], [1, 0.3], [0.1, 1], [-1, 0.2]]
    vectors[:, 2:] = 0.01
    pairs = [[Pair(grade=4.0, expected=4.0), Pair()]]
    case = Case(queries=[0], passages=[[1, 2, 3, 4], [5]], pairs=pairs, texts=[0, 1])
    _, gradient = both(vectors, case, Recipe(**PLAIN, best=3))
    assert gradient[[1, 2, 3]].any(axis=1).all()
    assert not gradient[4].any()


def test_numbers_beyond_a_level_do_not_move_it_and_the_full_width_alone_moves_all() -> None:
    vectors, case = alone()
    _, narrow = both(vectors, case, Recipe(levels=(2, 8), temperature=0.2, level_weights=(1.0, 1e-12)))
    assert np.abs(narrow[:, 2:]).max() < 1e-9 < np.abs(narrow[:, :2]).max()
    _, full = both(vectors, case, Recipe(levels=(2, 8), temperature=0.2, matryoshka=False))
    wide = loss(torch.tensor(vectors), layout(case), Recipe(levels=(8,), temperature=0.2))[0]
    assert float(wide) == pytest.approx(
        both(vectors, case, Recipe(levels=(2, 8), temperature=0.2, matryoshka=False))[0]
    )
    assert np.abs(full[:, 2:]).max() > 1e-3


def test_a_batch_without_positives_is_worth_nothing_and_does_not_fail() -> None:
    vectors, case = alone(positives=0)
    value, gradient = both(vectors, case, Recipe(**PLAIN))
    assert value == 0.0
    assert not gradient.any()
