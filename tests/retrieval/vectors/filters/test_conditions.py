"""Trees pass whom a plain reading, a row at a time, passes: Kleene's logic, then each condition's policy."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyroaring import BitMap

from retrieval.attributes import Attributes, AttributesWriter
from retrieval.schema import Language, Location, Profile
from retrieval.vectors.filters.columns import Columns
from retrieval.vectors.filters.conditions import And, Between, Condition, Is, Leaf, Near, Not, OneOf, Or
from retrieval.vectors.filters.passing import Source

TONGUES = ["French", "Spanish", "Polish"]
TOWNS = [(51.5, -0.1), (40.7, -74.0), (-33.9, 151.2), (51.4, -0.2)]


@dataclass(frozen=True, kw_only=True)
class Person:
    language: tuple[str, ...] | None = None
    years: float = math.nan
    homes: tuple[tuple[float, float], ...] = ()


PERSON = st.builds(
    Person,
    language=st.none() | st.lists(st.sampled_from(TONGUES), max_size=2).map(tuple),
    years=st.sampled_from([math.nan, 0.0, 0.25, 2.0, 5.5, 10.0]),
    homes=st.lists(st.sampled_from(TOWNS), max_size=2).map(tuple),
)
POLICY: st.SearchStrategy[Literal["drop", "keep"]] = st.sampled_from(["drop", "keep"])
ENDS = st.sampled_from([-math.inf, 0.0, 0.25, 1.0, 5.5, 10.0, math.inf])
VALUE = st.sampled_from([*TONGUES, "Latin"])
LEAF = st.one_of(
    st.builds(Is, facet=st.just("language"), value=VALUE, unknown=POLICY),
    st.builds(OneOf, facet=st.just("language"), values=st.lists(VALUE, max_size=3).map(tuple), unknown=POLICY),
    st.builds(
        lambda ends, unknown: Between(name="years", low=min(ends), high=max(ends), unknown=unknown),
        st.tuples(ENDS, ENDS),
        POLICY,
    ),
    st.builds(
        lambda town, km, unknown: Near(latitude=town[0], longitude=town[1], km=km, unknown=unknown),
        st.sampled_from(TOWNS),
        st.sampled_from([5.0, 100.0, 6000.0]),
        POLICY,
    ),
)
TREE: st.SearchStrategy[Condition] = st.recursive(
    LEAF,
    lambda part: st.one_of(
        st.lists(part, max_size=4).map(lambda parts: And(conditions=tuple(parts))),
        st.lists(part, max_size=4).map(lambda parts: Or(conditions=tuple(parts))),
        part.map(lambda inner: Not(condition=inner)),
    ),
    max_leaves=8,
)


def columns_of(people: list[Person]) -> Columns:
    return Columns.build(
        count=len(people),
        facets={"language": [p.language for p in people]},
        numbers={"years": [p.years for p in people]},
        points=[p.homes for p in people],
    )


# --- the plainest reading: three answers a person, None where it cannot be said ---


def kilometres(a: tuple[float, float], b: tuple[float, float]) -> float:
    (p, q), (r, s) = ((math.radians(x), math.radians(y)) for x, y in (a, b))
    cosine = math.sin(p) * math.sin(r) + math.cos(p) * math.cos(r) * math.cos(q - s)
    return 6371.0088 * math.acos(min(1.0, max(-1.0, cosine)))


def answer(tree: Condition, person: Person) -> bool | None:
    match tree:
        case Is() | OneOf():
            wanted = {tree.value} if isinstance(tree, Is) else set(tree.values)
            return bool(wanted & set(person.language)) if person.language else None
        case Between():
            return None if math.isnan(person.years) else tree.low <= person.years <= tree.high
        case Near():
            away = [kilometres((tree.latitude, tree.longitude), home) for home in person.homes]
            return min(away) <= tree.km if away else None
        case Not():
            said = answer(tree.condition, person)
            return None if said is None else not said
        case And():
            answers = [answer(part, person) for part in tree.conditions]
            return False if False in answers else None if None in answers else True
        case Or():
            answers = [answer(part, person) for part in tree.conditions]
            return True if True in answers else None if None in answers else False
    raise AssertionError(tree)


def passes(tree: Condition, person: Person, *, negated: bool = False) -> bool:
    """As `answer`, but what cannot be said is decided where it arises: in favour where it is kept, else against."""
    match tree:
        case Not():
            return passes(tree.condition, person, negated=not negated)
        case And() | Or():
            every = isinstance(tree, And) != negated
            return (all if every else any)([passes(part, person, negated=negated) for part in tree.conditions])
        case Leaf():
            said = answer(tree, person)
            return tree.unknown == "keep" if said is None else said != negated
    raise AssertionError(tree)


def with_policy(tree: Condition, unknown: Literal["drop", "keep"]) -> Condition:
    match tree:
        case Not():
            return Not(condition=with_policy(tree.condition, unknown))
        case And() | Or():
            return replace(tree, conditions=tuple(with_policy(part, unknown) for part in tree.conditions))
        case Leaf():
            return replace(tree, unknown=unknown)
    raise AssertionError(tree)


@settings(max_examples=50, deadline=None)
@given(people=st.lists(PERSON, max_size=12), trees=st.lists(TREE, min_size=3, max_size=3), data=st.data())
def test_equals_the_plain_reading(people: list[Person], trees: list[Condition], data: st.DataObject) -> None:
    columns = columns_of(people)
    among = data.draw(st.none() | st.sets(st.integers(0, 14)).map(BitMap))
    for tree in trees:
        answers = [answer(tree, person) for person in people]
        truth = tree.truth(columns)
        assert [
            True if row in truth.holds else None if row in truth.unknown else False for row in range(len(people))
        ] == (answers)
        chosen = [row for row in range(len(people)) if among is None or row in among]
        found = tree.evaluate(columns, among=among)
        expected = {row for row in chosen if passes(tree, people[row])}
        assert set(found.rows) == expected
        assert (found.count, found.total) == (len(expected), len(chosen))
        assert found.unknown == sum(answers[row] is not True for row in expected)
        assert str(found).startswith(f"{len(expected):,} of {len(chosen):,} rows pass")
        # where all conditions have one policy, it is as if that were applied to what the tree as a whole says
        dropped, kept = (with_policy(tree, unknown).evaluate(columns).rows for unknown in ("drop", "keep"))
        assert (dropped, kept) == (truth.holds, truth.holds | truth.unknown)


@settings(max_examples=30, deadline=None)
@given(people=st.lists(PERSON, min_size=1, max_size=12), a=TREE, b=TREE)
def test_the_laws_of_negation_hold_whatever_the_policies(people: list[Person], a: Condition, b: Condition) -> None:
    columns = columns_of(people)

    def rows(tree: Condition) -> BitMap:
        return tree.evaluate(columns).rows

    assert rows(~~a) == rows(a)
    assert rows(~(a & b)) == rows(~a | ~b)
    assert rows(~(a | b)) == rows(~a & ~b)
    assert rows(a & b) == rows(a) & rows(b)
    assert rows(a | b) == rows(a) | rows(b)


@settings(max_examples=30, deadline=None)
@given(people=st.lists(PERSON, max_size=12), leaves=st.lists(LEAF, min_size=1, max_size=4), negated=st.booleans())
def test_steps_count_each_condition_alone(people: list[Person], leaves: list[Leaf], negated: bool) -> None:
    parts: list[Condition] = [Not(condition=leaf) if negated else leaf for leaf in leaves]
    first, *steps = And(conditions=tuple(parts)).evaluate(columns_of(people)).steps
    assert (first.depth, first.condition, first.unknown) == (0, "all of", None)
    for step, leaf, part in zip(steps, leaves, parts, strict=True):
        assert step.passing == sum(passes(part, person) for person in people)
        assert step.unknown == sum(answer(leaf, person) is None for person in people)
        assert (step.depth, step.kept) == (1, leaf.unknown == "keep")
        assert step.condition == f"{'not ' if negated else ''}{leaf}"


@settings(max_examples=20, deadline=None)
@given(people=st.lists(PERSON, max_size=12), tree=TREE)
def test_the_attributes_of_a_snapshot_serve_the_same_trees(
    tmp_path_factory: pytest.TempPathFactory, people: list[Person], tree: Condition
) -> None:
    folder = tmp_path_factory.mktemp("attributes")
    writer = AttributesWriter()
    for row, person in enumerate(people):
        profile = Profile(
            member_id=str(row),
            text="",
            years_experience=None if math.isnan(person.years) else person.years,
            languages=tuple(Language(name=name) for name in person.language or ()),
            locations=tuple(Location(text="a place", latitude=a, longitude=b) for a, b in person.homes),
        )
        writer.add(row, profile)
    writer.close(folder)
    attributes: Source = Attributes(folder)
    assert tree.evaluate(attributes) == tree.evaluate(columns_of(people))
