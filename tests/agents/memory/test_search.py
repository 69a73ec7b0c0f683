"""Memory through a whole search: on the cards, in the notes, never in a thread, never for somebody else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from agents.memory import Ledger
from agents.role_changes import diff
from agents.sourcing import Sourcing
from agents.understanding import Understood
from retrieval.schema import Candidate, Context, Feedback, Preference, Role
from retrieval.snapshot import Snapshot

pytestmark = pytest.mark.anyio
NOW = datetime(2026, 1, 1, tzinfo=UTC)


class Level:
    """A ranker that finds all alike."""

    def rank(self, role: Role, candidates: list[Candidate], snapshot: Snapshot) -> list[Candidate]:
        """See the class."""
        return [one.model_copy(update={"score": 1.0}) for one in candidates]


def knowing(recruiter: str, *, whose: str = "ann") -> Context:
    entry = Preference(
        id="1", recruiter=whose, trait="skill", value="java", strength=1, sentence="prefers Java", source="opinions",
        roles=("1 years",), created=NOW, updated=NOW,
    )  # fmt: skip
    return Context(recruiter=recruiter, preferences=(entry,))


@pytest.fixture
def sourcing(assemble: Callable[..., Sourcing]) -> Sourcing:
    return assemble(ranker=Level(), limits={"guarded": 40})


async def test_cards_and_notes_say_it(sourcing: Sourcing) -> None:
    plain = await sourcing.search("1 years", limit=40)
    told = await sourcing.search("1 years", limit=40, context=knowing("ann"))
    assert all(not one.preferred for one in plain.candidates)
    assert {one.member_id for one in told.candidates} == {one.member_id for one in plain.candidates}
    java = [not int(one.member_id[1:]) % 2 for one in told.candidates]
    assert java == sorted(java, reverse=True)
    for one in told.candidates:
        assert one.preferred == (("skill java",) if not int(one.member_id[1:]) % 2 else ())
    assert any("/forget" in note for note in told.notes)


async def test_another_recruiters_entries_change_nothing(sourcing: Sourcing) -> None:
    plain = await sourcing.search("1 years", limit=40)
    for context in (knowing("bo"), knowing("ann", whose="bo")):
        other = await sourcing.search("1 years", limit=40, context=context)
        assert other.candidates == plain.candidates
        assert other.notes == plain.notes


async def test_off_by_a_limit(sourcing: Sourcing) -> None:
    off = sourcing.limited(sourcing.limits.model_copy(update={"preferences": 0.0}))
    assert (await off.search("1 years", limit=40, context=knowing("ann"))).candidates == (
        await off.search("1 years", limit=40)
    ).candidates


async def test_a_thread_keeps_nothing_of_a_ledger_and_gives_nobody_anothers_likes(
    assemble: Callable[..., Sourcing], tmp_path: Path, parts: Any, town: Snapshot
) -> None:
    listed = parts.Listed("listed", town=town)
    sourcing = assemble(listed, ranker=Level(), checkpointer=tmp_path / "threads.sqlite")
    ledger = Ledger(tmp_path / "memory.sqlite", snapshot=town)
    ledger.like("ann", "m03")
    ledger.passed("ann", "m05")
    await sourcing.search("python", thread="t", context=ledger.context("ann"))
    assert b"m05" not in (tmp_path / "threads.sqlite").read_bytes()
    ledger.clear("ann")
    await sourcing.search("boston", thread="t", context=ledger.context("ann"))
    assert listed.calls[-1][1].feedback.empty

    # Without a ledger a thread keeps likes, for the recruiter who gave them and for nobody else.
    mine = Context(recruiter="ann", feedback=Feedback(liked=("m03",)))
    await sourcing.search("python", thread="u", context=mine)
    await sourcing.search("boston", thread="u", context=Context(recruiter="ann"))
    assert listed.calls[-1][1].feedback.liked == ("m03",)
    await sourcing.search("drop", thread="u", context=Context(recruiter="bo"))
    assert listed.calls[-1][1].feedback.empty


async def test_edits_of_conversations_are_recorded(
    assemble: Callable[..., Sourcing], tmp_path: Path, town: Snapshot, parts: Any
) -> None:
    class Telling(parts.Reader):
        """A reader that tells what changed, as the real one does."""

        async def understand(self, text: str, *, previous: Role | None = None) -> Understood:
            """See the class."""
            found = await super().understand(text, previous=previous)
            return found.model_copy(update={"diff": diff(previous, found.role) if previous else ()})

    sourcing = assemble(ranker=Level(), understanding=Telling())
    ledger = Ledger(tmp_path / "memory.sqlite", snapshot=town)
    for thread in ("one", "two"):
        for words in ("boston", "python"):
            ledger.answered("ann", await sourcing.search(words, thread=thread, context=ledger.context("ann")))
    (entry,) = ledger.learned("ann")
    assert entry.source == "edits"
    assert entry.label == "skill python"
    assert ledger.feedback("ann").past_roles == ("boston\npython",) * 2
