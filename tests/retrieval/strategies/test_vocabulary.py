"""How far a value answers a wish."""

from __future__ import annotations

import pytest

from retrieval.snapshot import Snapshot
from retrieval.strategies.vocabulary import PARTLY, SAME, WITHIN, Vocabulary


@pytest.fixture(scope="module")
def titles(small_snapshot: Snapshot) -> Vocabulary:
    return Vocabulary(small_snapshot.attributes, "title")


def test_same_within_and_partly(titles: Vocabulary) -> None:
    graded = dict(titles.graded("software engineers"))
    assert graded == {"software engineer": SAME, "senior software engineer": WITHIN}
    assert dict(titles.graded("engineer, software"))["software engineer"] == PARTLY


def test_a_common_word_alone_is_not_enough(titles: Vocabulary) -> None:
    """Of "senior pastry chef" a sous chef has what is rare; any other senior has what is common."""
    graded = dict(titles.graded("senior head chef"))
    assert "head chef" in graded
    assert not {"senior accountant", "senior teacher"} & set(graded)


def test_least_one_asks_for_every_word(titles: Vocabulary) -> None:
    assert dict(titles.graded("registered night nurse", least=1.0)) == {}
    assert dict(titles.graded("nurse", least=1.0)) == {
        "registered nurse": WITHIN,
        "senior registered nurse": WITHIN,
        "nurse manager": WITHIN,
    }


@pytest.mark.parametrize("wanted", ["", "!!", "zebra"])
def test_what_nobody_has_is_found_nowhere(wanted: str, titles: Vocabulary) -> None:
    assert titles.graded(wanted) == []
