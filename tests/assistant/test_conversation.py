"""The chat through a pipe: searching, editing, judging, and lines it cannot do anything with."""

from __future__ import annotations

import json
from typing import Any

from agents.trajectory import read_trajectories
from assistant.workspace import ledger


def test_a_conversation_edits_judges_and_ends(shortlist: Any) -> None:
    lines = (
        "nurse with 2 years\n/why 1\nmake it 7 years\n/role\n/waterfall\n/like 1\n/pass 2\n/new\n/help\n/quit\nnever\n"
    )
    done = shortlist("chat", "--limit", "3", "--recruiter", "ann", stdin=lines)
    assert done.returncode == 0, done.stderr
    for expected in ("Who do you need?", "invented", "found by", "7", "Waterfall", "Liked", "Passed", "/like N"):
        assert expected in done.stdout
    known = ledger(shortlist.workspace).feedback("ann")
    assert len(known.liked) == len(known.passed) == 1
    assert len(known.past_roles) == 1  # the edited role took the place of what it was
    assert "never" not in known.past_roles
    assert ledger(shortlist.workspace).feedback("bo").empty


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


def test_an_edit_of_the_search_is_shown_and_can_be_undone(shortlist: Any) -> None:
    done = shortlist("chat", "--json", stdin="nurse with 60 years\n/undo 9\n/undo 1\nalso Spanish\n")
    assert done.returncode == 0, done.stderr
    assert "Say which edit by number" in done.stderr
    first, second, third = (json.loads(line) for line in done.stdout.splitlines())
    unwanted = first["edits"][0]
    assert unwanted["said"] in first["relaxed"]
    assert second["role"] == first["role"]
    for later in (second, third):
        assert unwanted["id"] not in {edit["id"] for edit in later["edits"]}


def test_a_search_by_command_takes_an_edit_back(shortlist: Any) -> None:
    first = json.loads(shortlist("search", "nurse with 60 years", "--thread", "undo", "--json").stdout)
    unwanted = first["edits"][0]["id"]
    second = json.loads(shortlist("search", "--thread", "undo", "--undo", unwanted, "--json").stdout)
    assert unwanted not in {edit["id"] for edit in second["edits"]}
    refused = shortlist("search", "--thread", "undo", "--undo", "broaden-000000")
    assert refused.returncode == 1
    assert "no edit of this thread is called" in refused.stderr
    assert shortlist("search", "--undo", unwanted).returncode == 2


def test_likes_are_joined_to_the_course_of_their_search(shortlist: Any) -> None:
    done = shortlist("chat", "--recruiter", "cy", stdin="nurse with 2 years\n/like 1\n/pass 2\n")
    assert done.returncode == 0, done.stderr
    *_, last = (one for one in read_trajectories(shortlist.workspace / "trajectories") if one.likings)
    assert [one.liked for one in last.likings] == [True, False]
    assert tuple(one.member_id for one in last.likings) == last.steps[-1].observation.members[:2]
