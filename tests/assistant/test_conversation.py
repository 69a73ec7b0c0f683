"""The chat through a pipe: searching, editing, judging, and lines it cannot do anything with."""

from __future__ import annotations

import json
from typing import Any

from assistant.workspace import feedback_store


def test_a_conversation_edits_judges_and_ends(shortlist: Any) -> None:
    lines = (
        "nurse with 2 years\n/why 1\nmake it 7 years\n/role\n/waterfall\n/like 1\n/pass 2\n/new\n/help\n/quit\nnever\n"
    )
    done = shortlist("chat", "--limit", "3", "--recruiter", "ann", stdin=lines)
    assert done.returncode == 0, done.stderr
    for expected in ("Who do you need?", "invented", "found by", "7", "Waterfall", "Liked", "Passed", "/like N"):
        assert expected in done.stdout
    known = feedback_store(shortlist.workspace).feedback("ann")
    assert len(known.liked) == len(known.passed) == 1
    assert len(known.past_roles) == 2
    assert "never" not in known.past_roles
    assert feedback_store(shortlist.workspace).feedback("bo").empty


def test_lines_that_make_no_sense_end_nothing(shortlist: Any) -> None:
    done = shortlist("chat", stdin="/role\n/nosuch\n/why x\n\n" + "nurse " * 5000 + "\nnurse\n/why 99\n/like 0\n")
    assert done.returncode == 0, done.stderr
    assert "no answer yet" in done.stdout
    assert "no /nosuch" in done.stdout
    assert "Say which person by number" in done.stdout
    assert "found by" in done.stdout
    assert "Traceback" not in done.stderr


def test_json_is_a_line_an_answer(shortlist: Any) -> None:
    done = shortlist("chat", "--json", stdin="nurse\nmake it 7 years\n")
    first, second = (json.loads(line) for line in done.stdout.splitlines())
    assert first["candidates"]
    assert second["role"]["years"]["minimum"] == 7
