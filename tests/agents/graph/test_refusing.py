"""Requests that cannot be served."""

from __future__ import annotations

import pytest

from agents.errors import EmptyRequest, RequestTooLong, UnknownSeed
from agents.understanding import NothingToSearch
from retrieval.schema import Context

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("text", ["", "   \n\t "])
async def test_an_empty_request_is_refused(assemble, text):
    with pytest.raises(EmptyRequest, match="say whom you look for"):
        await assemble().search(text)


async def test_a_request_beyond_the_limit_is_refused_and_one_at_the_limit_is_not(assemble):
    with pytest.raises(RequestTooLong, match="20,001"):
        await assemble().search("x" * 20_001)
    text = "boston " + "x" * 19_993
    assert (await assemble().search(text)).request == text


async def test_nothing_searchable_reaches_the_caller(assemble):
    with pytest.raises(NothingToSearch):
        await assemble().search("hello there")


async def test_an_unknown_seed_is_named(assemble):
    with pytest.raises(UnknownSeed, match="'ghost'"):
        await assemble().search("boston", context=Context(seeds=("m01", "ghost")))


@pytest.mark.parametrize("limit", [0, -3])
async def test_a_limit_below_one_is_refused(assemble, limit):
    with pytest.raises(ValueError, match="1 or more"):
        await assemble().search("boston", limit=limit)
