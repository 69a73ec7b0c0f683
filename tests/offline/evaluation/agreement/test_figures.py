"""A judge measured on a made-up set: overall, by rater and by dimension, and two judges compared."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from agents.judging import Judgement
from agents.models import ModelConfig
from offline.evaluation.agreement import Answers, Asked, Score, ScoredPairs, System, compare, figures
from offline.evaluation.agreement.comparison import difference
from offline.evaluation.agreement.figures import dimension_grade
from offline.evaluation.agreement.scales import GRADES, Scale

Make = Callable[..., Judgement]


def world(make: Make, *, noise: float, seed: int = 0) -> tuple[ScoredPairs, dict[tuple[str, str], Judgement]]:
    """20 requests of 10 people; the judge is off by a normal error."""
    random = np.random.default_rng(seed)
    scores, judgements = [], {}
    for q in range(20):
        for m in range(10):
            human = int(random.integers(0, 5))
            judge = int(np.clip(round(human + random.normal(0, noise)), 0, 4))
            scores.append(Score(qid=f"q{q}", member_id=f"m{m}", score=human, rater=str(q % 3)))
            judgements[f"q{q}", f"m{m}"] = make(f"m{m}", judge)
    texts = {f"q{q}": "a nurse" for q in range(20)}
    return ScoredPairs(name="made up", scale=GRADES, texts=texts, scores=tuple(scores)), judgements


def test_kappa_is_that_of_the_grades_and_unanswered_pairs_are_left_out(judgement: Make) -> None:
    pairs, judgements = world(judgement, noise=1)
    judgements.pop(("q0", "m0"))
    found = figures(pairs, judgements)
    assert found is not None
    answered = [one for one in pairs.scores if (one.qid, one.member_id) in judgements]
    expected = cohen_kappa_score(
        [int(one.score) for one in answered],
        [judgements[one.qid, one.member_id].grade for one in answered],
        weights="quadratic",
    )
    assert found.kappa.value == pytest.approx(expected)
    assert found.kappa.low < expected < found.kappa.high
    assert (found.pairs, found.unanswered, found.requests) == (199, 1, 20)
    assert sum(map(sum, found.confusion)) == 199
    assert figures(pairs, {}) is None


def test_raters_differ(judgement: Make) -> None:
    pairs, judgements = world(judgement, noise=0)
    # rater 1 is a grade stricter than the judge wherever there is room
    stricter = tuple(
        Score(**{**vars(one), "score": max(0, one.score - 1)}) if one.rater == "1" else one for one in pairs.scores
    )
    found = figures(ScoredPairs(name="x", scale=GRADES, texts=pairs.texts, scores=stricter), judgements)
    by_rater = {one.rater: one for one in found.raters}
    assert by_rater["0"].kappa == pytest.approx(1)
    assert by_rater["0"].bias == 0
    assert by_rater["1"].kappa < 1
    assert 0.5 < by_rater["1"].bias < 1


def test_dimensions_are_compared_where_people_scored_them(judgement: Make) -> None:
    """On 1-7; the mean of a dimension's requirements counts, and where the judge says nothing the pair is left out."""
    said = {"m0": (4, 4), "m1": (0,), "m2": (2, 3), "m3": (None,), "m4": (1,)}
    judgements = {("q0", m): judgement(m, 2, hard_skills=grades) for m, grades in said.items()}
    people = {"m0": 7, "m1": 1, "m2": 5, "m3": 4, "m4": 2}
    scores = [Score(qid="q0", member_id=m, score=s, dimension="hard-skills") for m, s in people.items()]
    scores += [Score(qid="q0", member_id=m, score=4) for m in people]
    pairs = ScoredPairs(name="x", scale=Scale(low=1, high=7), texts={"q0": "x"}, scores=tuple(scores))
    assert [dimension_grade(judgements["q0", m], "hard-skills") for m in said] == [4, 0, 3, None, 1]
    (found,) = figures(pairs, judgements).dimensions
    assert (found.dimension, found.pairs, found.unsaid) == ("hard-skills", 4, 1)
    assert found.kappa.value == pytest.approx(1)


def test_the_better_judge_is_told_from_the_worse_and_a_judge_from_itself(judgement: Make) -> None:
    pairs, careful = world(judgement, noise=0.5)
    _, careless = world(judgement, noise=2)
    both, gain = difference(pairs, careless, careful)
    assert both == 200
    assert gain.low > 0
    separate = [figures(pairs, one).kappa.value for one in (careless, careful)]
    assert gain.value == pytest.approx(separate[1] - separate[0])
    _, none = difference(pairs, careful, careful)
    assert (none.value, none.low, none.high) == (0, 0, 0)
    assert difference(pairs, {}, careful)[1].value is None


def test_a_comparison_counts_costs_and_shows_the_worst_first(judgement: Make) -> None:
    pairs, judgements = world(judgement, noise=1.5)
    failed = {("q0", "m0"): "too long"}
    judgements.pop(("q0", "m0"))
    config = ModelConfig.parse("m@http://127.0.0.1:1/v1").model_copy(update={"price_in": 2.0, "price_out": 10.0})
    answers = {"made up": Answers(judgements=judgements, failures=failed, kept=4)}
    asked = [
        Asked(system=System(model=config.id, constitution=version), config=config, answers=answers)
        for version in ("1", "2")
    ]
    comparison = compare([pairs], asked, most=6)
    result = comparison.systems[0].results[0]
    assert (result.answered, result.kept, result.failures) == (199, 4, {"too long": 1})
    assert result.spending.money == pytest.approx((199 * 100 * 2 + 199 * 10 * 10) / 1e6)
    assert result.spending.seconds_median == pytest.approx(0.5)
    assert [one.kappa.value for one in comparison.differences] == [0]
    assert not comparison.differences[0].clear
    gaps = [abs(one.human - one.judge) for one in comparison.disagreements if "constitution 1" in one.system]
    assert len(gaps) == 6
    assert gaps == sorted(gaps, reverse=True)
    assert min(gaps) >= 1
    assert max(sum(one.qid == q for one in comparison.disagreements[:6]) for q in pairs.texts) <= 2
    assert type(comparison).model_validate_json(comparison.model_dump_json()) == comparison
