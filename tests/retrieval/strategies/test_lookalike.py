"""Lookalike: people of the seeds' trade, never the seeds, with what they share as the reason."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from retrieval.attributes import normalise
from retrieval.schema import Profile, Retrieval
from retrieval.snapshot import Snapshot, UnknownMember
from retrieval.strategies import lookalike
from retrieval.testing import _without

Find = Callable[..., Retrieval]


@pytest.mark.parametrize("seeds", [("m000",), ("m001", "m007"), ("m005", "m005", "m011")])
def test_finds_the_seeds_trade_without_the_seeds(seeds: tuple[str, ...], find: Find) -> None:
    hits = find(lookalike.create, "anybody", limit=12, seeds=seeds).hits
    assert len(hits) == 12
    trades = {int(seed[1:]) % 6 for seed in seeds}
    assert {int(hit.member_id[1:]) % 6 for hit in hits} == trades
    assert not {hit.member_id for hit in hits} & set(seeds)


def test_the_reason_says_what_is_shared_and_it_is_shared(find: Find, people: dict[str, Profile]) -> None:
    (seed,) = ("m001",)
    own = {normalise(skill.name) for skill in people[seed].skills}
    for hit in find(lookalike.create, "anybody", limit=8, seeds=[seed]).hits:
        assert hit.reason.startswith("shares title: ")
        listed = next((part for part in hit.reason.split("; ") if part.startswith("skills: ")), None)
        both = own & {normalise(skill.name) for skill in people[hit.member_id].skills}
        assert (listed is None) == (not both)
        if listed:
            assert set(listed.removeprefix("skills: ").rpartition(" (")[0].split(", ")) == both
            assert listed.endswith(f"({len(both)} of {len(own)})")


def test_no_seeds_cost_nothing(small_snapshot: Snapshot, find: Find) -> None:
    class Untouchable:
        def __getattr__(self, name: str) -> object:
            raise AssertionError(f"asked for {name}")

    answer = find(lambda _: lookalike.create(Untouchable()), "anybody")  # type: ignore[arg-type]  # it must not be used
    assert answer == Retrieval(notes=("lookalike: no example people given",))


def test_an_unknown_seed_is_an_error_that_names_it_and_nobody_else(find: Find) -> None:
    with pytest.raises(UnknownMember, match=r"^there is no member 'nobody' in this population$"):
        find(lookalike.create, "anybody", seeds=["m001", "nobody"])


def test_an_erased_seed_is_unknown(small_snapshot: Snapshot, find: Find) -> None:
    gone = small_snapshot.alive & type(small_snapshot.alive)([small_snapshot.row("m001")])
    with pytest.raises(UnknownMember, match="m001"):
        find(lambda snapshot: lookalike.create(_without(snapshot, gone)), "anybody", seeds=["m001"])


def test_everybody_but_the_seed_can_be_asked_for(find: Find) -> None:
    assert len(find(lookalike.create, "anybody", limit=500, seeds=["m003"]).hits) == 119
