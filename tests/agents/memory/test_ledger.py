"""Entries are learned, read, removed, cleared and erased; what one recruiter does never shows with another."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.memory import Ledger, UnknownPreference
from retrieval.schema import Preference
from retrieval.snapshot import Snapshot


def of(entries: tuple[Preference, ...], trait: str, value: str) -> Preference | None:
    return next((one for one in entries if (one.trait, one.value) == (trait, value)), None)


def test_likes_and_passes_become_a_sentence_with_its_evidence(
    taught: Callable[..., Ledger], audit: tuple[list[str], list[str]]
) -> None:
    entry = of(taught().learned("ann"), "skill", "audit")
    assert entry is not None
    assert entry.wanted
    assert entry.source == "opinions"
    assert entry.liked == tuple(audit[0][:5])
    assert entry.passed == ()
    assert entry.sentence.startswith("prefers people with skill audit: 5 of 5 liked, 0 of 5 passed, ")
    assert entry.recruiter == "ann"


def test_the_same_deeds_give_the_same_entries(taught: Callable[..., Ledger], tmp_path: Path) -> None:
    once = taught().learned("ann")
    assert taught().learned("ann") == once  # every deed again is no new evidence
    (tmp_path / "memory.sqlite").unlink()
    again = taught().learned("ann")
    dates = {"created", "updated"}
    assert [one.model_dump(exclude=dates) for one in again] == [one.model_dump(exclude=dates) for one in once]


def test_two_people_teach_nothing(taught: Callable[..., Ledger]) -> None:
    assert taught(count=2).learned("ann") == ()


def test_without_a_snapshot_it_tells_what_was_learned_last(taught: Callable[..., Ledger], tmp_path: Path) -> None:
    entries = taught().learned("ann")
    assert Ledger(tmp_path / "memory.sqlite").learned("ann") == entries


def test_a_removed_entry_stays_away_until_new_people_teach_it(
    taught: Callable[..., Ledger], audit: tuple[list[str], list[str]]
) -> None:
    ledger = taught(count=4)
    entry = of(ledger.learned("ann"), "skill", "audit")
    assert entry is not None
    assert ledger.remove("ann", entry.id) == entry
    assert of(ledger.learned("ann"), "skill", "audit") is None
    taught(count=4)  # the same again
    assert of(ledger.learned("ann"), "skill", "audit") is None
    with pytest.raises(UnknownPreference, match="memory list"):
        ledger.remove("ann", entry.id)
    for member in audit[0][4:9]:
        ledger.like("ann", member, role="r1")
    for member in audit[1][4:9]:
        ledger.passed("ann", member, role="r1")
    back = of(ledger.learned("ann"), "skill", "audit")
    assert back is not None
    assert back.id == entry.id


def test_nobody_removes_what_is_another_recruiters(taught: Callable[..., Ledger]) -> None:
    ledger = taught()
    entry = ledger.learned("ann")[0]
    with pytest.raises(UnknownPreference):
        ledger.remove("bo", entry.id)
    assert entry in ledger.learned("ann")


def test_an_erased_member_leaves_all_evidence(
    taught: Callable[..., Ledger], audit: tuple[list[str], list[str]], tmp_path: Path
) -> None:
    ledger = taught(count=4)
    entry = of(ledger.learned("ann"), "skill", "audit")
    assert entry is not None
    gone, other = audit[0][:2]
    assert gone in entry.liked
    # Erased by a process that cannot learn: the evidence is gone at once, the entry when it is learned anew.
    assert Ledger(tmp_path / "memory.sqlite").forget(gone) == 2
    assert gone.encode() not in (tmp_path / "memory.sqlite").read_bytes()
    assert ledger.forget(other) == 2
    assert of(ledger.learned("ann"), "skill", "audit") is None


def test_clearing_leaves_the_others(taught: Callable[..., Ledger]) -> None:
    ledger = taught("ann")
    taught("bo")
    assert ledger.clear("ann") > 10
    assert ledger.learned("ann") == ()
    assert ledger.feedback("ann").empty
    assert ledger.learned("bo")


def test_an_entry_keeps_its_date_and_says_when_it_changed(taught: Callable[..., Ledger]) -> None:
    first = of(taught(count=4).learned("ann"), "skill", "audit")
    later = of(taught(count=6).learned("ann"), "skill", "audit")
    assert first is not None
    assert later is not None
    assert (later.id, later.created) == (first.id, first.created)
    assert later.updated > first.updated


def test_a_like_without_a_role_counts_for_the_one_that_showed_the_member(
    ledger: Ledger, audit: tuple[list[str], list[str]], roles: dict[str, str]
) -> None:
    ledger.asked("ann", roles["accountant"], role="r1")
    ledger.shown("ann", [*audit[0], *audit[1]], role="r1")
    for member, other in zip(audit[0][:5], audit[1][:5], strict=True):
        ledger.like("ann", member)
        ledger.passed("ann", other)
    entry = of(ledger.learned("ann"), "skill", "audit")
    assert entry is not None
    assert entry.roles == (roles["accountant"],)


deeds = st.lists(
    st.tuples(
        st.sampled_from(["like", "passed", "forget", "shown", "asked", "remove", "clear", "learned"]),
        st.sampled_from([f"m{number:03}" for number in range(0, 60, 3)]),
    ),
    max_size=15,
)


@settings(max_examples=15, deadline=None)
@given(deeds=deeds, name=st.text(max_size=5))
def test_what_one_recruiter_does_never_changes_what_is_known_of_another(
    deeds: list[tuple[str, str]], name: str, small_snapshot: Snapshot
) -> None:
    """Only an erasure, which is of a member and nobody's deed, may."""
    with tempfile.TemporaryDirectory() as place:
        ledger = Ledger(Path(place) / "memory.sqlite", snapshot=small_snapshot)
        ledger.asked("ann", "Accountant", role="r")
        ledger.shown("ann", [f"m{number:03}" for number in range(2, 120, 6)], role="r")
        for number in range(2, 32, 6):
            ledger.like("ann", f"m{number:03}")
        before = ledger.context("ann")
        other = name if name != "ann" else "bo"
        for action, member in deeds:
            match action:
                case "like" | "passed":
                    getattr(ledger, action)(other, member, role="r")
                case "shown":
                    ledger.shown(other, [member], role="r")
                case "asked":
                    ledger.asked(other, f"Accountant {member}", role="r")
                case "remove":
                    for entry in before.preferences:
                        with pytest.raises(UnknownPreference):
                            ledger.remove(other, entry.id)
                case "clear":
                    ledger.clear(other)
                case "learned":
                    assert all(entry.recruiter == other for entry in ledger.learned(other))
        assert ledger.context("ann") == before
