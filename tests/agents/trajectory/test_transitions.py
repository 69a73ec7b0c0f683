"""A policy could be trained from what is kept: (state, action, reward), of a made-up search and a real one."""

from __future__ import annotations

import pytest

from agents.trajectory import Liking, TrajectoryLog, read_trajectories, transitions

pytestmark = pytest.mark.anyio


def test_each_decision_is_rewarded_by_what_came_of_it(trajectory):
    """Two people of grade 1 are worth 1 each; two of grade 4 are worth 15 each. Two seconds passed between."""
    one = trajectory().model_copy(
        update={
            "likings": (
                Liking(run="r1", member_id="m3", liked=True),
                Liking(run="r1", member_id="m4", liked=True),
                Liking(run="r1", member_id="m1", liked=False),
            )
        }
    )
    first, last = transitions(one)
    assert [edit.kind for edit in first.action] == ["add_title", "drop"]
    assert first.reward == 30 - 2
    assert (last.action, last.reward) == ((), 1)
    assert next(transitions(one, cost=1.5)).reward == 28 - 1.5 * 1.9


def test_the_state_is_what_was_known_then(trajectory):
    first, last = transitions(trajectory())
    assert (first.state.round, dict(first.state.grades), first.state.pool) == (1, {"m1": 1, "m2": 1}, 2)
    assert first.state.searched == first.state.role
    assert last.state.searched.text == "developer\nengineer"
    assert set(last.state.grades) == {"m1", "m2", "m3", "m4"}


async def test_a_real_search_can_be_learned_from(assemble, parts, tmp_path):
    """Only Worcester's people pass, so the search is broadened; that decision earned what the guard then found."""
    backwards = parts.Listed("listed", order=tuple(f"m{number:02}" for number in range(39, -1, -1)))
    guard = parts.Grader(grade=lambda member: 4 if member >= "m10" else 1)
    sourcing = assemble(backwards, guard=guard, trajectories=TrajectoryLog(folder=tmp_path))
    shortlist = await sourcing.search("women only in boston", limit=6)
    (kept,) = read_trajectories(tmp_path)
    assert kept.run == shortlist.run
    assert "women" not in kept.request  # what the policy took out is not kept either
    assert kept.searched(1) == shortlist.role
    assert kept.searched(2) == shortlist.edits[0].edit.apply(shortlist.role)
    assert [step.action for step in kept.steps] == ["search", "judge", "edit", "search", "judge", "finish"]
    first, last = transitions(kept)
    assert first.action == tuple(made.edit for made in shortlist.edits)
    assert first.reward == 6 * 15 - 6 * 1
    assert last.action == ()
    shown = {one.member_id: one.grade for one in shortlist.candidates}
    assert {member: last.state.grades[member] for member in shown} == shown
    text = "".join(file.read_text() for file in tmp_path.glob("*.jsonl"))
    for one in shortlist.candidates:
        profile = sourcing.snapshot.profile(sourcing.snapshot.row(one.member_id))
        assert profile.text not in text
        assert profile.headline not in text


async def test_a_search_that_cannot_keep_its_course_answers_all_the_same(assemble, tmp_path):
    (tmp_path / "file").write_text("x")
    shortlist = await assemble(trajectories=TrajectoryLog(folder=tmp_path / "file")).search("boston")
    assert shortlist.candidates
    assert any("was not kept" in note for note in shortlist.notes)
