"""What the features stand on, and what holds for all of them: any pool, any order, and what they may read."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ranking.features import FEATURES, matrix
from ranking.view import LEADERS, Passages, View, unit
from retrieval.schema import (
    Candidate,
    Criterion,
    Hit,
    Importance,
    Role,
    Seniority,
    SeniorityCriterion,
    YearsCriterion,
)
from retrieval.snapshot import Snapshot

NAMES = [feature.name for feature in FEATURES]
UNKNOWABLE = ("years_over", "level_over")
"""Features that say NaN of people; all others have a value for everybody."""
WORDS = ("nurse", "accountant", "Epic", "5 years", "the", "", "Java", "!", "zzyzx", "\u533b\u751f")
TITLES = ("Registered Nurse", "Head Chef", "Accountant", "Quidnunc")

criteria = st.builds(Criterion, value=st.sampled_from(TITLES), importance=st.sampled_from(Importance))
levels = st.builds(
    SeniorityCriterion,
    value=st.just("a level"),
    level=st.sampled_from(Seniority),
    importance=st.sampled_from(Importance),
)
bounds = st.none() | st.floats(0, 60)
roles = st.builds(
    Role,
    text=st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join),
    titles=st.lists(criteria, max_size=2).map(tuple),
    skills=st.lists(criteria, max_size=2).map(tuple),
    seniority=st.lists(levels, max_size=2).map(tuple),
    years=st.none() | st.builds(YearsCriterion, value=st.just("years"), minimum=bounds, maximum=bounds),
)
places = st.dictionaries(st.sampled_from(["boolean", "semantic", "faceted", "lookalike", "own"]), st.integers(1, 400))
blends = st.sampled_from([0.0, 1e-9, 0.01, 0.02]) | st.floats(0, 5)
rows = st.lists(st.tuples(st.integers(0, 45), blends, places), min_size=1, max_size=24, unique_by=lambda one: one[0])


def pool_of(snapshot: Snapshot, drawn: list[tuple[int, float, dict[str, int]]]) -> list[Candidate]:
    pool = []
    for row, blend, hits in drawn:
        member = snapshot.member_id(row)
        found = [Hit(member_id=member, strategy=s, rank=r, score=0.5, reason="found") for s, r in hits.items()]
        pool.append(Candidate(member_id=member, hits=tuple(found), blend=blend))
    return pool


@settings(max_examples=60, deadline=None)
@given(role=roles, drawn=rows, data=st.data())
def test_any_pool_has_a_row_a_candidate_whatever_its_order(
    odd_snapshot: Snapshot, role: Role, drawn: list[tuple[int, float, dict[str, int]]], data: st.DataObject
) -> None:
    pool = pool_of(odd_snapshot, drawn)
    measured = matrix(View.of(role=role, candidates=pool, snapshot=odd_snapshot))
    assert measured.shape == (len(pool), len(FEATURES))
    assert measured.dtype == np.float32
    for name, column in zip(NAMES, measured.T, strict=True):
        assert name in UNKNOWABLE or np.isfinite(column).all(), name
        assert not np.isinf(column).any(), name

    order = data.draw(st.permutations(range(len(pool))))
    again = matrix(View.of(role=role, candidates=[pool[i] for i in order], snapshot=odd_snapshot))
    for name, column, moved in zip(NAMES, measured.T, again.T, strict=True):
        np.testing.assert_allclose(moved, column[list(order)], rtol=1e-3, atol=1e-3, err_msg=name)


@settings(max_examples=20, deadline=None)
@given(role=roles, drawn=rows)
def test_years_and_level_say_nothing_unless_asked_for(
    odd_snapshot: Snapshot, role: Role, drawn: list[tuple[int, float, dict[str, int]]]
) -> None:
    """Of themselves they would stand in for age."""
    silent = role.model_copy(
        update={
            "years": role.years and role.years.model_copy(update={"minimum": None}),
            "seniority": tuple(s for s in role.seniority if s.importance is Importance.EXCLUDE),
        }
    )
    measured = matrix(View.of(role=silent, candidates=pool_of(odd_snapshot, drawn), snapshot=odd_snapshot))
    for name in UNKNOWABLE:
        assert np.isnan(measured[:, NAMES.index(name)]).all()


def test_they_say_something_where_asked_and_known(odd_snapshot: Snapshot, asking: Role, pool: list[Candidate]) -> None:
    measured = matrix(View.of(role=asking, candidates=pool, snapshot=odd_snapshot))
    for name in UNKNOWABLE:
        unknown = np.isnan(measured[:, NAMES.index(name)])
        assert unknown.any()
        assert not unknown.all()
    assert measured[[one.member_id for one in pool].index("x-long"), NAMES.index("years_over")] == 10  # of 35


class Watched:
    """Passes everything on and notes what was read."""

    def __init__(self, watched: Any, seen: set[str], name: str = "") -> None:
        self._watched, self._seen, self._name = watched, seen, name

    def __getattr__(self, name: str) -> Any:
        path = f"{self._name}{name}"
        self._seen.add(path)
        value = getattr(self._watched, name)
        if path == "attributes":
            return Watched(value, self._seen, "attributes.")
        if self._name and callable(value):

            def called(*args: Any) -> Any:
                self._seen.add(f"{path}({', '.join(map(str, args[:1]))})")
                return value(*args)

            return called
        return value


def test_features_read_texts_titles_skills_years_and_levels_and_nothing_else(
    odd_snapshot: Snapshot, asking: Role, pool: list[Candidate]
) -> None:
    """No languages, places, schools, dates: nothing that is protected or stands in for it."""
    seen: set[str] = set()
    watched: Any = Watched(odd_snapshot, seen)
    measured = matrix(View.of(role=asking, candidates=pool, snapshot=watched))
    np.testing.assert_array_equal(measured, matrix(View.of(role=asking, candidates=pool, snapshot=odd_snapshot)))
    assert seen == {
        *("row", "count", "encoder", "vectors", "headline_vectors", "terms", "text"),
        *("attributes", "attributes.years", "attributes.years()", "attributes.rows", "attributes.rows(seniority)"),
    }


def test_who_leads_is_settled_by_member_id_where_the_blend_is_equal(odd_snapshot: Snapshot) -> None:
    alike = pool_of(odd_snapshot, [(row, 0.5, {}) for row in range(20)])
    view = View.of(role=Role(text="nurse"), candidates=alike[::-1], snapshot=odd_snapshot)
    leading = {one.member_id: share for one, share in zip(view.candidates, view.leading, strict=True)}
    assert [member for member in sorted(leading) if leading[member] > 0] == sorted(leading)[:LEADERS]
    assert sum(leading.values()) == pytest.approx(1)


lengths = st.lists(st.integers(1, 6), min_size=1, max_size=6)


@given(counts=lengths, data=st.data())
def test_passages_are_brought_together_member_by_member(counts: list[int], data: st.DataObject) -> None:
    total = sum(counts)
    values = data.draw(st.lists(st.floats(-1, 1, width=32), min_size=total, max_size=total))
    starts = [sum(counts[:i]) for i in range(len(counts))]
    vectors = np.eye(total, 4, dtype=np.float32)
    passages = Passages(vectors=vectors, starts=np.array(starts), counts=np.array(counts))
    parts = [values[start : start + count] for start, count in zip(starts, counts, strict=True)]
    similar = np.array(values, np.float32)
    np.testing.assert_allclose(passages.best(similar), [max(part) for part in parts])
    np.testing.assert_allclose(passages.mean(similar), [sum(p) / len(p) for p in parts], rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(
        passages.mean_of_best(similar),
        [sum(sorted(p)[-3:]) / min(3, len(p)) for p in parts],
        rtol=1e-4,
        atol=1e-6,
    )
    both = passages.best(np.stack([similar, -similar], axis=1))
    np.testing.assert_array_equal(both[:, 1], [max(-value for value in part) for part in parts])


def test_a_member_without_passages_is_near_to_nothing(odd_snapshot: Snapshot) -> None:
    row = odd_snapshot.row("x-empty")
    passages = Passages.of(odd_snapshot, [row, 0])
    assert passages.counts[0] == 1
    assert not passages.vectors[0].any()
    assert not passages.centroids[0].any()
    assert np.linalg.norm(passages.centroids[1]) == pytest.approx(1)


def test_unit_leaves_zeros_alone() -> None:
    scaled = unit(np.array([[3.0, 4.0], [0.0, 0.0]], np.float32))
    np.testing.assert_allclose(scaled, [[0.6, 0.8], [0, 0]], rtol=1e-6)


def test_where_all_are_blended_alike_neighbours_tell_nobody_apart(odd_snapshot: Snapshot) -> None:
    """Not even by what rounding leaves."""
    alike = pool_of(odd_snapshot, [(row, 0.3, {}) for row in range(40)])
    measured = matrix(View.of(role=Role(text="nurse"), candidates=alike, snapshot=odd_snapshot))
    for name in ("neighbours", "neighbours_titles"):
        np.testing.assert_allclose(measured[:, NAMES.index(name)], 0, atol=1e-3)
