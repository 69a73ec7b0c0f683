"""Likes, passes and roles against a model in memory: the last opinion counts, recruiters do not mix."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.memory import Ledger, LedgerUnreadable

turns = st.lists(
    st.tuples(
        st.sampled_from(["like", "passed", "role", "forget", "clear"]),
        st.sampled_from(["ann", "bo"]),
        st.sampled_from("abcd"),
    ),
    max_size=20,
)


@settings(max_examples=15, deadline=None)
@given(turns)
def test_it_agrees_with_a_model(turns: list[tuple[str, str, str]]) -> None:
    opinions: dict[str, dict[str, str]] = {"ann": {}, "bo": {}}
    roles: dict[str, dict[str, str]] = {"ann": {}, "bo": {}}
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "deep" / "memory.sqlite"
        ledger = Ledger(path)
        for number, (action, recruiter, what) in enumerate(turns):
            if action == "role":
                ledger.asked(recruiter, f"{what} as of {number}", role=what)
                roles[recruiter].pop(what, None)
                roles[recruiter][what] = f"{what} as of {number}"
            elif action == "forget":
                ledger.forget(what)
                for each in opinions.values():
                    each.pop(what, None)
            elif action == "clear":
                ledger.clear(recruiter)
                opinions[recruiter], roles[recruiter] = {}, {}
            else:
                (ledger.like if action == "like" else ledger.passed)(recruiter, what)
                if opinions[recruiter].get(what) != action:
                    opinions[recruiter].pop(what, None)
                    opinions[recruiter][what] = action
        for recruiter in ("ann", "bo"):
            known = Ledger(path).feedback(recruiter)
            assert list(known.liked) == [member for member, said in opinions[recruiter].items() if said == "like"]
            assert list(known.passed) == [member for member, said in opinions[recruiter].items() if said == "passed"]
            assert list(known.past_roles) == list(roles[recruiter].values())


def test_reading_makes_no_file(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "memory.sqlite")
    assert ledger.feedback("ann").empty
    assert ledger.learned("ann") == ()
    assert ledger.clear("ann") == ledger.forget("m1") == 0
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_file_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "memory.sqlite"
    path.write_bytes(b"not a database, but long enough to be looked at" * 10)
    with pytest.raises(LedgerUnreadable, match="move the file away"):
        Ledger(path).like("ann", "m1")


def test_what_is_erased_leaves_no_bytes(tmp_path: Path) -> None:
    path = tmp_path / "memory.sqlite"
    ledger = Ledger(path)
    for number in range(50):
        ledger.like("ann", f"member-{number}")
        ledger.shown("ann", [f"member-{number}"], role="r")
    ledger.forget("member-7")
    assert b"member-7\x00" not in path.read_bytes()
    assert b"member-7" not in path.read_bytes().replace(b"member-7" + b"0", b"")
    ledger.asked("ann", "a role of zanzibar", role="r")
    ledger.clear("ann")
    assert b"zanzibar" not in path.read_bytes()


@pytest.mark.parametrize("name", ["'; DROP TABLE opinions; --", '" OR 1=1 --', "%", "ann\x00bo", "", "ann' OR 'a'='a"])
def test_a_name_is_only_a_name(name: str, tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "memory.sqlite")
    ledger.like("ann", "m1")
    ledger.like(name, "m2", role=name)
    assert ledger.feedback(name).liked == ("m2",)
    assert ledger.feedback("ann").liked == ("m1",)
    ledger.clear(name)
    ledger.forget(name)
    assert ledger.feedback("ann").liked == ("m1",)
    assert ledger.feedback(name).liked == ()
