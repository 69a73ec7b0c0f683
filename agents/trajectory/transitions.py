"""Trajectories as (state, action, reward), which is what a policy for the reflect step learns from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from agents.reflection.edits import SearchEdit
from agents.trajectory.schema import EditStep, FinishStep, JudgeStep, Marked, SearchStep, Trajectory
from retrieval.schema import Role


@dataclass(frozen=True, kw_only=True)
class Situation:
    """What the search knew when it decided. Grades are of all who were read so far."""

    role: Role
    searched: Role
    round: int
    asked: int
    pass_filter: int
    pool: int
    grades: Mapping[str, int | None]
    marks: tuple[Marked, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Transition:
    """`action` are the edits made, none where the search ended."""

    state: Situation
    action: tuple[SearchEdit, ...]
    reward: float


@dataclass
class _Seen:
    pass_filter: int = 0
    pool: int = 0
    gone: set[str] = field(default_factory=set)
    grades: dict[str, int | None] = field(default_factory=dict)
    marks: tuple[Marked, ...] = ()
    milliseconds: float = 0.0


def transitions(trajectory: Trajectory, *, cost: float = 0.0) -> Iterator[Transition]:
    """Each decision: what was known, what was done, and by how much the best `asked` people got better.

    The worth of people is the sum of 2^grade - 1 over the best `asked` who were read. `cost` is taken off for each
    second that the round took. For the last decision the reward is what the recruiter thought: likes less passes.
    """
    seen, waiting, before = _Seen(), None, 0.0
    for step in trajectory.steps:
        seen.milliseconds += step.milliseconds
        match step:
            case SearchStep():
                seen.pass_filter, seen.pool = step.observation.pass_filter, step.observation.pool
            case JudgeStep():
                seen.grades |= step.observation.grades
                seen.marks = step.observation.marks
            case EditStep() | FinishStep():
                if waiting is not None:
                    yield _rewarded(waiting, worth(seen, trajectory.asked) - before - cost * seen.milliseconds / 1e3)
                edits = step.edits if isinstance(step, EditStep) else ()
                before = worth(seen, trajectory.asked)
                waiting = Transition(state=_situation(trajectory, seen, step), action=edits, reward=0.0)
                seen.gone |= {member for edit in edits for member in edit.leaves_out}
                seen.milliseconds = 0.0
    if waiting is not None:
        yield _rewarded(waiting, float(sum(1 if one.liked else -1 for one in trajectory.likings)))


def worth(seen: _Seen, asked: int) -> float:
    """Sum of 2^grade - 1 over the best `asked` of those who were read and not dropped."""
    grades = sorted((g or 0 for member, g in seen.grades.items() if member not in seen.gone), reverse=True)
    return float(sum(2**grade - 1 for grade in grades[:asked]))


def _situation(trajectory: Trajectory, seen: _Seen, step: EditStep | FinishStep) -> Situation:
    decided_in = step.round - 1 if isinstance(step, EditStep) else step.round
    return Situation(
        role=trajectory.role,
        searched=trajectory.searched(decided_in),
        round=decided_in,
        asked=trajectory.asked,
        pass_filter=seen.pass_filter,
        pool=seen.pool,
        grades=dict(seen.grades),
        marks=seen.marks,
    )


def _rewarded(transition: Transition, reward: float) -> Transition:
    return Transition(state=transition.state, action=transition.action, reward=reward)
