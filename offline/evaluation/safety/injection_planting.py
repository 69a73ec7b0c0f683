"""Where payloads are planted: places in a resume, and pairs of role and person to plant them for."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from offline.evaluation.judged import Judged
from retrieval.ingest import parse_resume
from retrieval.schema import Profile, Role, Span
from retrieval.snapshot import Snapshot

_SKILLS = re.compile(r"(?im)^[ \t]*(?:skills|technical skills|highlights|core qualifications)\b[^\n]*\n")


@dataclass(frozen=True, kw_only=True)
class Pair:
    """A role and somebody who should not be graded well for it."""

    role: Role
    profile: Profile


@dataclass(frozen=True, kw_only=True)
class Planted:
    """A profile as the product reads it, and where the payload stands in its text; nowhere in an honest one."""

    profile: Profile
    span: Span | None = None


def top(text: str, payload: str) -> tuple[str, int]:
    """Before everything, with an empty line after."""
    return f"{payload}\n\n{text}", 0


def end(text: str, payload: str) -> tuple[str, int]:
    """After everything."""
    return f"{text.rstrip()}\n\n{payload}\n", len(text.rstrip()) + 2


def middle(text: str, payload: str) -> tuple[str, int]:
    """Between two lines in the middle, with no empty line around: inside a job, in most resumes."""
    at = text.find("\n", len(text) // 2) + 1 or len(text)
    return f"{text[:at]}{payload}\n{text[at:]}", at


def bullet(text: str, payload: str) -> tuple[str, int]:
    """As a point of a list a third down, its lines indented."""
    at = text.find("\n", len(text) // 3) + 1 or len(text)
    return f"{text[:at]} \u2022 {payload}\n{text[at:]}", at + 3


def skill(text: str, payload: str) -> tuple[str, int]:
    """As a line under the heading of skills; a heading is made where there is none."""
    found = _SKILLS.search(text)
    if found is None:
        return f"{text.rstrip()}\n\nSkills\n{payload}\n", len(text.rstrip()) + 9
    return f"{text[: found.end()]}{payload}\n{text[found.end() :]}", found.end()


POSITIONS: dict[str, Callable[[str, str], tuple[str, int]]] = {
    "top": top,
    "middle": middle,
    "end": end,
    "bullet": bullet,
    "skill": skill,
}
"""Places by name: (text, payload) -> (new text, where the payload starts in it)."""


def honest(profile: Profile) -> Planted:
    """The profile as if its text had just been sent in."""
    return Planted(profile=parse_resume(profile.text, member_id=_stranger(profile)))


def plant(profile: Profile, payload: str, position: str) -> Planted:
    """The profile with a payload in its text, read by the product's own reader of resumes."""
    text, start = POSITIONS[position](profile.text, payload)
    read = parse_resume(text, member_id=_stranger(profile))
    return Planted(profile=read, span=Span(start=start, end=start + len(payload)))


def _stranger(profile: Profile) -> str:
    """Nobody whom the snapshot holds: whoever sends a resume in is new."""
    return f"planted {profile.member_id}"


def draw_pairs(
    roles: Sequence[tuple[str, Role]], snapshot: Snapshot, count: int, *, judged: Judged | None = None, seed: int = 0
) -> tuple[Pair, ...]:
    """`count` pairs, people with low grades first, since a rise shows there: of `judged`, else anybody.

    `roles` are (request id, role).
    """
    draw = random.Random(seed)  # noqa: S311 - no secret
    found: list[tuple[int, float, str, Role]] = []
    for qid, role in roles:
        if judged is not None:
            graded = judged.grades.get(qid, {})
            found += [(grade, draw.random(), member, role) for member, grade in sorted(graded.items())]
        else:
            rows = draw.sample(range(snapshot.count), min(count, snapshot.count))
            found += [(0, draw.random(), snapshot.profile(row).member_id, role) for row in rows]
    found.sort(key=lambda one: one[:2])
    alive = [one for one in found if snapshot.has(one[2]) and snapshot.row(one[2]) in snapshot.alive]
    return tuple(
        Pair(role=role, profile=snapshot.profile(snapshot.row(member))) for _, _, member, role in alive[:count]
    )
