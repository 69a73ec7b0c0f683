"""The second pass: who is scored, in what order, and what settles a tie."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ranking import Ranker
from ranking.boosting import Boosting
from ranking.features import FEATURES, matrix
from ranking.ranker import POOL, SIGNALS, signal
from ranking.view import View
from retrieval.filters import compile_filter
from retrieval.fusion import blend
from retrieval.registry import load
from retrieval.schema import Candidate, Context, Hit, Role
from retrieval.snapshot import Snapshot
from training.ranker import describe, fit, save
from training.ranker_data import Pool

NURSE = Role(text="Registered nurse for intensive care of newborns, charts in Epic")


def weights(folder: Path, grades: np.ndarray, features: np.ndarray) -> Boosting:
    """Weights from one invented pool."""
    names = tuple(f"m{i}" for i in range(len(grades)))
    found = np.ones(len(grades), bool)
    pools = [Pool(qid="q", members=names, features=features, grades=grades.astype(np.float32), found=found)]
    save(fit(pools), folder, describe(pools, encoder="none", metrics={}))
    return Boosting(folder)


@pytest.fixture(scope="module")
def indifferent(tmp_path_factory: pytest.TempPathFactory, fewer_trees: None) -> Boosting:
    """Weights for which everybody is alike."""
    features = np.random.default_rng(0).random((40, len(FEATURES)), np.float32)
    return weights(tmp_path_factory.mktemp("flat"), np.full(40, 2.0), features)


@pytest.fixture(scope="module")
def bookish(tmp_path_factory: pytest.TempPathFactory, fewer_trees: None) -> Boosting:
    """Weights for which only `length` counts."""
    features = np.random.default_rng(0).random((400, len(FEATURES)), np.float32) * 6
    last = [feature.name for feature in FEATURES].index("length")
    return weights(tmp_path_factory.mktemp("bookish"), np.clip(features[:, last] - 1, 0, 4), features)


def people(snapshot: Snapshot, blends: list[float], **hits: int) -> list[Candidate]:
    """Row i blended to `blends[i]`; `hits` are ranks by strategy, of everybody."""
    listed = []
    for row, value in enumerate(blends):
        member = snapshot.member_id(row)
        found = tuple(
            Hit(member_id=member, strategy=strategy, rank=rank, score=1.0, reason="found")
            for strategy, rank in hits.items()
        )
        listed.append(Candidate(member_id=member, hits=found, blend=value))
    return listed


@settings(max_examples=15, deadline=None)
@given(order=st.permutations(range(24)))
def test_the_order_does_not_depend_on_the_order_given(small_snapshot: Snapshot, order: list[int]) -> None:
    pool = people(small_snapshot, [0.01 * (row % 4) for row in range(24)])
    wanted = Ranker().rank(NURSE, pool, small_snapshot)
    assert Ranker().rank(NURSE, [pool[i] for i in order], small_snapshot) == wanted
    assert {one.member_id for one in wanted} == {one.member_id for one in pool}


def test_scores_are_the_models_and_the_best_come_first(small_snapshot: Snapshot, bookish: Boosting) -> None:
    pool = people(small_snapshot, [1 - 0.01 * row for row in range(60)], boolean=3)
    ranked = Ranker(model=bookish).rank(NURSE, pool, small_snapshot)
    predicted = bookish.predict(matrix(View.of(role=NURSE, candidates=pool, snapshot=small_snapshot)))
    said = {one.member_id: one for one in ranked}
    for one, order, grade in zip(pool, predicted.order, predicted.grade, strict=True):
        assert said[one.member_id].score == pytest.approx(order, abs=1e-5)
        assert said[one.member_id].expected == pytest.approx(grade, abs=1e-4)
        assert said[one.member_id].hits == one.hits
        assert said[one.member_id].blend == one.blend
    scores = [one.score for one in ranked]
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) > 5
    lengths = [len(small_snapshot.profile(small_snapshot.row(one.member_id)).text) for one in ranked]
    assert np.mean(lengths[:20]) > np.mean(lengths[-20:])


def test_ties_go_by_blend_then_member_id(small_snapshot: Snapshot, indifferent: Boosting) -> None:
    pool = people(small_snapshot, [round(0.1 * (row % 3), 1) for row in range(30)])
    random.Random(1).shuffle(pool)
    ranked = Ranker(model=indifferent).rank(NURSE, pool, small_snapshot)
    assert len({one.score for one in ranked}) == 1
    wanted = sorted(pool, key=lambda one: (-one.blend, one.member_id))
    assert [one.member_id for one in ranked] == [one.member_id for one in wanted]


def test_only_the_head_of_the_blend_is_scored_and_the_tail_follows_as_blended(
    small_snapshot: Snapshot, bookish: Boosting
) -> None:
    pool = people(small_snapshot, [0.01 * ((row * 7) % 50) for row in range(50)])
    blended = sorted(pool, key=lambda one: (-one.blend, one.member_id))
    ranked = Ranker(model=bookish, pool=20).rank(NURSE, pool, small_snapshot)
    assert {one.member_id for one in ranked[:20]} == {one.member_id for one in blended[:20]}
    assert all(one.score is not None and one.expected is not None for one in ranked[:20])
    assert ranked[20:] == blended[20:]
    assert all(one.score is None for one in ranked[20:])
    assert [one.member_id for one in ranked[:20]] != [one.member_id for one in blended[:20]]
    # those behind change nothing for those in front
    assert Ranker(model=bookish, pool=20).rank(NURSE, blended[:20], small_snapshot) == ranked[:20]


def test_the_head_is_as_long_as_declared(small_snapshot: Snapshot) -> None:
    assert Ranker().pool == POOL < 200


def test_an_empty_pool_and_a_single_person_are_fine(small_snapshot: Snapshot) -> None:
    assert Ranker().rank(NURSE, [], small_snapshot) == []
    (one,) = Ranker().rank(NURSE, people(small_snapshot, [0.1]), small_snapshot)
    assert one.score is not None


def test_people_like_the_recruiters_examples_are_lifted(small_snapshot: Snapshot) -> None:
    pool = people(small_snapshot, [1 - 0.01 * row for row in range(40)], boolean=1)
    before = Ranker().rank(NURSE, pool, small_snapshot)
    last = before[-1]
    for strategy in SIGNALS:
        hit = Hit(member_id=last.member_id, strategy=strategy, rank=1, score=1.0, reason="like those you liked")
        liked = [
            one.model_copy(update={"hits": (*one.hits, hit)}) if one.member_id == last.member_id else one
            for one in pool
        ]
        after = Ranker().rank(NURSE, liked, small_snapshot)
        lifted = next(one for one in after if one.member_id == last.member_id)
        assert lifted.score == pytest.approx(last.score + SIGNALS[strategy], abs=1e-5)
        assert lifted.expected == last.expected  # a grade is of the role, not of the recruiter
        assert after.index(lifted) < before.index(last)


@given(
    rank=st.integers(1, 500),
    strategies=st.lists(
        st.sampled_from(["lookalike", "personalized", "boolean", "semantic", "another's"]), unique=True
    ),
)
def test_a_signal_falls_with_the_rank_and_comes_only_from_the_recruiters_own(rank: int, strategies: list[str]) -> None:
    def candidate(rank: int) -> Candidate:
        hits = [Hit(member_id="m", strategy=name, rank=rank, score=1.0, reason="found") for name in strategies]
        return Candidate(member_id="m", hits=tuple(hits), blend=0.1)

    own = [SIGNALS[name] for name in strategies if name in SIGNALS]
    assert signal(candidate(1)) == pytest.approx(sum(own))
    assert signal(candidate(61)) == pytest.approx(sum(own) / 2)
    assert signal(candidate(rank + 1)) < signal(candidate(rank)) or not own


def test_the_right_trade_comes_first_in_a_real_pool(small_snapshot: Snapshot) -> None:
    """Strategies, blend and the weights that ship: nurses for a nurse's role."""
    passing = compile_filter(NURSE, small_snapshot)
    found = {
        name: one.retrieve(role=NURSE, filter=passing, context=Context(), limit=100)
        for name, one in load(small_snapshot).items()
    }
    ranked = Ranker().rank(NURSE, blend(found), small_snapshot)
    headlines = [small_snapshot.profile(small_snapshot.row(one.member_id)).headline or "" for one in ranked]
    assert all("Nurse" in headline for headline in headlines[:10])
    assert not all("Nurse" in headline for headline in headlines)
