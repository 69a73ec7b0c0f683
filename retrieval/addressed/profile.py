"""A profile without what is addressed: the one that is indexed, marked and given to models."""

from __future__ import annotations

from typing import Any

from retrieval.addressed.finding import addressed, addressed_alone, blanked
from retrieval.schema import Profile, Span

_LISTS = ("locations", "positions", "education", "skills", "languages", "certifications", "industries")


def about(profile: Profile) -> Profile:
    """The profile with addressed lines blanked and without the fields that were read from them.

    As long as it was, so that spans stay what they are. `profile` itself where nothing is addressed.
    """
    return _without(profile, addressed(profile.text))


def sparing(profile: Profile) -> Profile | None:
    """The same, but with the lines that are addressed only by what stands around them; None where that is no other.

    Honest lines may be among those. Whoever grades a profile does not grade it better without them than with them, so
    that a line planted beside them cannot take away what speaks against a person.
    """
    alone = addressed_alone(profile.text) if addressed(profile.text) else ()
    return None if alone == addressed(profile.text) else _without(profile, alone)


def _without(profile: Profile, spans: tuple[Span, ...]) -> Profile:
    if not spans:
        return profile
    update: dict[str, Any] = {"text": blanked(profile.text, spans)}
    for name in _LISTS:
        update[name] = tuple(one for one in getattr(profile, name) if not _within(one.span, spans))
    if len(update["positions"]) < len(profile.positions):
        update["years_experience"] = None  # they may be those of a position that is not one
    if _within(profile.headline_span, spans):
        update |= {"headline": None, "headline_span": None}
    if _within(profile.summary, spans) and profile.summary and not profile.summary.of(update["text"]).strip():
        update["summary"] = None
    return profile.model_copy(update=update)


def _within(span: Span | None, spans: tuple[Span, ...]) -> bool:
    return span is not None and any(span.start < one.end and one.start < span.end for one in spans)
