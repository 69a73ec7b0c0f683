"""A profile as text for the encoder: one place for the index, for training and for whoever else encodes a person.

Years are said in words, in few steps: an encoder tells "over 20 years" from "1 to 3 years", but not one date from
another.
Of a profile with text addressed to the reader, give these functions what `retrieval.addressed.about` makes of it.
"""

from __future__ import annotations

from typing import NamedTuple

from retrieval.passages import split
from retrieval.schema import Position, Profile, Span

VERSION = 1
"""Counts changes of what is said here: weights and vectors of another version do not fit."""
WORDS = 70
"""Of a profile in one passage."""
_TITLE = 80  # characters of a title, at most
_STEPS = ((1, "under 1 year"), (3, "1 to 3 years"), (5, "3 to 5 years"), (10, "5 to 10 years"), (20, "10 to 20 years"))
_MOST = "over 20 years"
_POSITIONS, _SKILLS, _DEGREES = 6, 20, 3


class Passage(NamedTuple):
    """What the encoder reads, and where in the profile's text that stands."""

    text: str
    span: Span


def passages(profile: Profile) -> list[Passage]:
    """The profile's text piece by piece, in its order; each under the job that it tells of, else under the headline."""
    text = profile.text
    found = []
    for span in split(text, words=WORDS):
        label, piece = _label(span, profile), span.of(text)
        found.append(Passage(f"{label}\n{piece}" if label else piece, span))
    return found


def whole(profile: Profile) -> str:
    """The profile as one text, most telling first: headline, years, jobs from the latest, skills, education.

    What the encoder's limit cuts off is the least of it. Empty where the profile says nothing that is known by field.
    """
    jobs = [job for position in profile.positions[:_POSITIONS] if (job := _job(position))]
    skills = dict.fromkeys(skill.name for skill in profile.skills)
    studied = [", ".join(filter(None, (one.degree, one.field))) for one in profile.education]
    parts = (
        _short(profile.headline),
        f"{years(profile.years_experience)} of experience" if profile.years_experience is not None else "",
        "; ".join(dict.fromkeys(jobs)),
        ", ".join(list(skills)[:_SKILLS]),
        "; ".join(list(filter(None, studied))[:_DEGREES]),
    )
    return "\n".join(part for part in parts if part)


def headline(profile: Profile) -> str:
    """ "headline; title; title ...", whom the person calls themselves; empty where the profile has neither."""
    titles = (profile.headline, *(position.title for position in profile.positions))
    return "; ".join(dict.fromkeys(title.strip() for title in titles if title and title.strip()))


def years(number: float) -> str:
    """A number of years in words, in six steps."""
    return next((words for least, words in _STEPS if number < least), _MOST)


def _label(span: Span, profile: Profile) -> str:
    """What the middle of a passage belongs to."""
    middle = (span.start + span.end) // 2
    for position in profile.positions:
        if position.title and any(
            part and part.start <= middle < part.end for part in (position.span, position.details)
        ):
            return _job(position)
    return _short(profile.headline)


def _job(position: Position) -> str:
    """ "title, how long, whether still"."""
    if not position.title:
        return ""
    held = ""
    if position.start and position.end and position.end.months >= position.start.months:
        held = years((position.end.months - position.start.months + 1) / 12)
    return ", ".join(filter(None, (_short(position.title), held, "current" if position.current else "")))


def _short(title: str | None) -> str:
    return " ".join((title or "").split())[:_TITLE]
