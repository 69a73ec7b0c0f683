"""Every strategy of the house keeps the rules that outsiders' retrievers are held to."""

from __future__ import annotations

import pytest

from retrieval import registry
from retrieval.schema import Context
from retrieval.snapshot import Snapshot
from retrieval.strategies import boolean, faceted, lookalike, personalized, semantic
from retrieval.testing import RetrieverContract, check_retriever


@pytest.fixture(scope="session")
def snapshot(small_snapshot: Snapshot) -> Snapshot:
    return small_snapshot


class TestFaceted(RetrieverContract):
    create = staticmethod(faceted.create)


class TestBoolean(RetrieverContract):
    create = staticmethod(boolean.create)


class TestBooleanWithAStringOfTheRecruiters(RetrieverContract):
    create = staticmethod(boolean.create)
    context = Context(boolean="title:(nurse OR engineer OR teach*) -manager")


class TestSemantic(RetrieverContract):
    create = staticmethod(semantic.create)


class TestLookalike(RetrieverContract):
    create = staticmethod(lookalike.create)


class TestPersonalized(RetrieverContract):
    create = staticmethod(personalized.create)


@pytest.mark.parametrize("name", ["faceted", "boolean", "semantic", "lookalike", "personalized"])
def test_what_the_entry_points_load_conforms(name: str, small_snapshot: Snapshot) -> None:
    assert check_retriever(lambda snapshot: registry.load(snapshot, only=[name])[name], small_snapshot) == []
