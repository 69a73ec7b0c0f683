"""Filters in words: what is counted and said, which mistakes are named, and whose the rows are."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from functools import reduce
from operator import and_, or_

import pytest
from pyroaring import BitMap

from retrieval.vectors.filters.columns import Columns
from retrieval.vectors.filters.conditions import And, Between, Is, Near, OneOf, Or

PEOPLE = Columns.build(
    count=4,
    facets={"language": [["French", "Polish"], "French", None, "Spanish"]},
    numbers={"years": [3, 12, 8, math.nan]},
    points=[[(51.5, -0.1)], [], [(40.7, -74.0), (51.4, -0.2)], None],
)
FRENCH = Is(facet="language", value="French")


def test_what_is_not_known_never_comes_in_by_negation() -> None:
    assert set(FRENCH.evaluate(PEOPLE).rows) == {0, 1}
    assert set((~FRENCH).evaluate(PEOPLE).rows) == {3}
    kept = replace(FRENCH, unknown="keep")
    assert set(kept.evaluate(PEOPLE).rows) == {0, 1, 2}
    assert set((~kept).evaluate(PEOPLE).rows) == {2, 3}


def test_a_filter_explains_itself() -> None:
    tree = (
        FRENCH
        & Between(name="years", low=5, unknown="keep")
        & ~(
            Near(latitude=51.5, longitude=-0.1, km=40, unknown="keep")
            | OneOf(facet="language", values=("Polish", "Latin"))
        )
    )
    assert str(tree.evaluate(PEOPLE)).splitlines() == [
        "1 of 4 rows pass (25 %), 1 of them because something is not known",
        "            1  all of",
        "            2    language is 'French' (1 unknown, dropped)",
        "            3    years from 5 to inf (1 unknown, kept)",
        "            2    all of",
        "            2      not within 40 km of 51.500, -0.100 (2 unknown, kept)",
        "            2      not language is one of 'Polish', 'Latin' (1 unknown, dropped)",
    ]


def test_operators_make_flat_trees_and_empty_ones_are_what_logic_says() -> None:
    years = Between(name="years", low=1)
    assert FRENCH & years & FRENCH == And(conditions=(FRENCH, years, FRENCH))
    assert FRENCH | years | FRENCH == Or(conditions=(FRENCH, years, FRENCH))
    many = [Between(name="years", low=float(low)) for low in range(3000)]
    for tree, count in ((reduce(and_, many), 0), (reduce(or_, many), 3)):
        assert tree.evaluate(PEOPLE).count == count
    for tree, count in ((And(conditions=()), 4), (Or(conditions=()), 0), (~And(conditions=()), 0)):
        assert tree.evaluate(PEOPLE).count == count
    nobody = OneOf(facet="language", values=())
    assert set(nobody.evaluate(PEOPLE).rows) == set()
    assert set((~nobody).evaluate(PEOPLE).rows) == {0, 1, 3}


def test_the_rows_are_the_callers_own() -> None:
    kept = replace(FRENCH, unknown="keep")
    for tree in (FRENCH, kept, FRENCH & FRENCH, And(conditions=(FRENCH,)), Or(conditions=(FRENCH,))):
        before = set(tree.evaluate(PEOPLE).rows)
        tree.evaluate(PEOPLE).rows.clear()
        assert set(tree.evaluate(PEOPLE).rows) == before
    everyone = BitMap(range(4))
    FRENCH.evaluate(PEOPLE, among=everyone).rows.clear()
    assert len(everyone) == 4


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Between(name="years", low=math.nan), "low must be a number"),
        (lambda: Between(name="years", high=math.nan), "low must be a number"),
        (lambda: Between(name="years", low=5, high=4), "nothing is from 5 to 4"),
        (lambda: Near(latitude=91, longitude=0, km=1), "latitudes are -90 to 90"),
        (lambda: Near(latitude=0, longitude=math.nan, km=1), "longitudes -180 to 180"),
        (lambda: Near(latitude=0, longitude=0, km=-1), "a finite number of kilometres"),
        (lambda: Near(latitude=0, longitude=0, km=math.inf), "a finite number of kilometres"),
        (lambda: Is(facet="a", value="b", unknown="maybe"), "either 'drop' or 'keep'"),  # type: ignore[arg-type]
        (lambda: OneOf(facet="a", values="b"), "one text"),  # type: ignore[arg-type]
        (lambda: FRENCH & "Spanish", "'Spanish' is no condition"),  # type: ignore[operator]
        (lambda: And(conditions=(3,)).evaluate(PEOPLE), "3 is no condition"),  # type: ignore[arg-type]
        (lambda: FRENCH and FRENCH, "combine conditions with &"),
    ],
)
def test_mistakes_are_named(make: Callable[[], object], message: str) -> None:
    with pytest.raises((ValueError, TypeError), match=message):
        make()


def test_names_that_there_are_not_are_answered_with_those_there_are() -> None:
    with pytest.raises(KeyError, match="there is no facet 'tongue'; there are language"):
        (FRENCH & ~Is(facet="tongue", value="French")).evaluate(PEOPLE)
    with pytest.raises(KeyError, match="there is no number 'age'; there are years"):
        Between(name="age", low=1).evaluate(PEOPLE)
