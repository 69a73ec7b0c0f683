"""What learned preferences do to a search: a bounded nudge, told on the card and in a note."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from agents.memory.nearness import near
from agents.memory.traits import rows_of
from retrieval.attributes import normalise
from retrieval.schema import Candidate, Context, Kind, Preference, Role
from retrieval.snapshot import Snapshot

DOWN = 0.35
"""What people may lose, as a share of what they may gain: what was passed on teaches less than what was liked."""
_SAID = {"years": "years", "education": "education", "seniority": "seniority", "location": "locations"}
"""Where a role says one of these itself, what it says counts, and no habit."""


@dataclass(frozen=True, kw_only=True)
class Nudged:
    """Candidates in their new order, and what the recruiter is told of it."""

    candidates: list[Candidate]
    notes: tuple[str, ...] = ()


def nudge(candidates: Sequence[Candidate], *, role: Role, context: Context, snapshot: Snapshot, most: float) -> Nudged:
    """Move those with a score by what this recruiter prefers: up by at most `most` grades, down by `DOWN` of that.

    Together that is less than a grade, so nobody passes a person whose score is a whole grade better. Without
    preferences, or with none for such a role, the candidates are given back as they are.
    """
    applied = applicable(context, role, snapshot) if most else ()
    if not applied:
        return Nudged(candidates=list(candidates))
    rows = {one.id: rows_of(one, snapshot) for one in applied}
    moved = []
    for candidate in candidates:
        met = [one for one in applied if snapshot.row(candidate.member_id) in rows[one.id]]
        if candidate.score is None or not met:
            moved.append(candidate)
            continue
        total = sum(one.strength if one.wanted else -one.strength for one in met)
        by = round(max(-DOWN * most, min(most, total)), 6)
        moved.append(
            candidate.model_copy(
                update={
                    "score": round(candidate.score + by, 6),
                    "nudge": by,
                    "preferred": tuple(("" if one.wanted else "rather not: ") + one.label for one in met),
                }
            )
        )
    scored = sorted((one for one in moved if one.score is not None), key=_place)
    unscored = [one for one in moved if one.score is None]
    return Nudged(candidates=[*scored, *unscored], notes=_notes(applied))


def applicable(context: Context, role: Role, snapshot: Snapshot) -> tuple[Preference, ...]:
    """This recruiter's preferences that were learned for roles near this one, and that it says nothing of itself."""
    own = [one for one in context.preferences if one.recruiter == context.recruiter and not _spoken_of(one, role)]
    nearby: dict[tuple[str, ...], bool] = {}
    for one in own:
        if one.roles not in nearby:
            nearby[one.roles] = near(role.text, one.roles, snapshot)
    return tuple(one for one in own if nearby[one.roles])


def _spoken_of(preference: Preference, role: Role) -> bool:
    """What a request asks for or rules out needs no habit, and no habit may work against it."""
    said = _SAID.get(preference.trait)
    if said and getattr(role, said):
        return True
    value = _worded(preference.value)
    return any(
        value in (asked := _worded(one.value)) or asked in value
        for one in role.requirements()
        if one.kind is not Kind.YEARS
    )


def _worded(value: str) -> str:
    return f" {normalise(value)} "


def _notes(applied: Sequence[Preference]) -> tuple[str, ...]:
    learned = [one for one in applied if one.source == "opinions"]
    asked = [one for one in applied if one.source == "edits"]
    notes = []
    if learned:
        told = "; ".join(("" if one.wanted else "rather not ") + one.label for one in learned)
        notes.append(f"what you liked before moved people a little: {told} (/memory lists it, /forget N removes one)")
    said = (f"in such roles this recruiter {one.sentence}; say so if it matters here too" for one in asked)
    return (*notes, *said)


def _place(candidate: Candidate) -> tuple[float, float, str]:
    return -(candidate.score or 0.0), -candidate.blend, candidate.member_id
