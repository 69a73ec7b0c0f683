"""Memory from the command line and in the chat: taught by liking and passing, listed, taken back, cleared."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from assistant.workspace import ledger
from retrieval.schema import Profile


@pytest.fixture
def taught(shortlist: Any, small_population: list[Profile]) -> Iterator[Any]:
    """The command over a workspace in which carol has liked auditors and passed other accountants."""
    memory = ledger(shortlist.workspace)
    accountants = [one for one in small_population if "ccount" in (one.headline or "")]
    memory.asked("carol", "Accountant, closes the books each month", role="r")
    memory.shown("carol", [one.member_id for one in accountants], role="r")
    liked = passed = 0
    for one in accountants:
        if "Audit" in {skill.name for skill in one.skills}:
            liked += 1
            if liked <= 5:
                memory.like("carol", one.member_id)
        elif (passed := passed + 1) <= 5:
            memory.passed("carol", one.member_id)
    yield shortlist
    memory.clear("carol")
    memory.clear("dan")


def listed(shortlist: Any, recruiter: str) -> list[dict[str, Any]]:
    done = shortlist("memory", "list", "--recruiter", recruiter, "--json")
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)["preferences"]
    return found


def test_list_remove_clear(taught: Any) -> None:
    entry = next(one for one in listed(taught, "carol") if one["value"] == "audit")
    shown = taught("memory", "list", "--recruiter", "carol").stdout
    assert entry["id"] in shown
    assert "skill audit" in " ".join(shown.split())
    assert listed(taught, "dan") == []
    assert "Nothing was learned yet" in taught("memory", "list", "--recruiter", "dan").stdout

    assert taught("memory", "remove", entry["id"], "--recruiter", "dan").returncode == 1
    gone = taught("memory", "remove", entry["id"], "--recruiter", "carol")
    assert gone.returncode == 0
    assert "Forgotten: prefers people with skill audit" in gone.stdout
    assert "audit" not in {one["value"] for one in listed(taught, "carol")}

    refused = taught("memory", "clear", "--recruiter", "carol")
    assert refused.returncode == 2
    assert "--yes" in refused.stderr
    assert not ledger(taught.workspace).feedback("carol").empty
    assert taught("memory", "clear", "--recruiter", "carol", "--yes").returncode == 0
    assert ledger(taught.workspace).feedback("carol").empty


def test_the_chat_applies_lists_and_forgets(taught: Any) -> None:
    lines = "Accountant who closes the books each month\n/memory\n/forget 1\n/forget 99\n/memory\n/new\n"
    done = taught("chat", "--recruiter", "carol", stdin=lines)
    assert done.returncode == 0, done.stderr
    assert "what you liked before moved people a little: " in " ".join(done.stdout.split())
    assert "you prefer: skill audit" in done.stdout
    assert "What was learned of you" in done.stdout
    assert "Forgotten: " in done.stdout
    other = taught("chat", "--recruiter", "dan", stdin=lines)
    assert "moved people" not in " ".join(other.stdout.split())
    assert "Nothing was learned yet" in other.stdout
