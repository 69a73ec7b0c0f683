"""A profile without what is addressed: the one that is indexed, marked and given to models."""

from __future__ import annotations

from typing import Any

from retrieval.addressed.finding import addressed, heard
from retrieval.schema import Profile, Span

_LISTS = ("locations", "positions", "education", "skills", "languages", "certifications", "industries")


def about(profile: Profile) -> Profile:
    """The profile with addressed lines blanked and without the fields that were read from them.

    As long as it was, so that spans stay what they are. `profile` itself where nothing is addressed.
    """
    spans = addressed(profile.text)
    if not spans:
        return profile
    update: dict[str, Any] = {"text": heard(profile.text)}
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
