"""Feedback against a model in memory: the last opinion counts, recruiters do not mix, order is by time."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.feedback import FeedbackStore, FeedbackUnreadable

turns = st.lists(
    st.tuples(
        st.sampled_from(["like", "pass", "role", "forget"]), st.sampled_from(["ann", "bo"]), st.sampled_from("abcd")
    ),
    max_size=20,
)


@settings(max_examples=30, deadline=None)
@given(turns)
def test_it_agrees_with_a_model(turns: list[tuple[str, str, str]]) -> None:
    opinions: dict[str, dict[str, str]] = {"ann": {}, "bo": {}}
    roles: dict[str, list[str]] = {"ann": [], "bo": []}
    with tempfile.TemporaryDirectory() as place:
        store = FeedbackStore(Path(place) / "deep" / "feedback.sqlite")
        for action, recruiter, what in turns:
            if action == "role":
                store.remember_role(recruiter, what)
                roles[recruiter] = [text for text in roles[recruiter] if text != what] + [what]
            elif action == "forget":
                store.forget(what)
                for each in opinions.values():
                    each.pop(what, None)
            else:
                (store.like if action == "like" else store.pass_over)(recruiter, what)
                opinions[recruiter].pop(what, None)
                opinions[recruiter][what] = action
        for recruiter in ("ann", "bo"):
            known = FeedbackStore(Path(place) / "deep" / "feedback.sqlite").feedback(recruiter)
            assert list(known.liked) == [member for member, said in opinions[recruiter].items() if said == "like"]
            assert list(known.passed) == [member for member, said in opinions[recruiter].items() if said == "pass"]
            assert list(known.past_roles) == roles[recruiter]


def test_reading_makes_no_file(tmp_path: Path) -> None:
    assert FeedbackStore(tmp_path / "feedback.sqlite").feedback("ann").empty
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_file_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "feedback.sqlite"
    path.write_bytes(b"not a database, but long enough to be looked at" * 10)
    with pytest.raises(FeedbackUnreadable, match="move the file away"):
        FeedbackStore(path).like("ann", "m1")
