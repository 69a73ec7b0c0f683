"""Which of their fields is which of ours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True, kw_only=True)
class FieldMap:
    """Names of fields (JSON keys, columns) in an export; the first that is present wins, whatever its case.

    A record is read by its `profile` (a whole profile as JSON), else by its `text` (a resume), else by the others.
    `skills`, `languages` and `certifications` may be lists or one string with commas or semicolons.
    """

    member_id: tuple[str, ...] = ("member_id", "id", "candidate_id", "_id")
    text: tuple[str, ...] = ("text", "resume", "resume_text", "resume_str", "cv", "content")
    profile: tuple[str, ...] = ("profile",)
    headline: tuple[str, ...] = ("headline", "current_title", "title", "job_title")
    company: tuple[str, ...] = ("company", "current_company", "employer")
    location: tuple[str, ...] = ("location", "city")
    summary: tuple[str, ...] = ("summary", "about")
    years_experience: tuple[str, ...] = ("years_experience", "years_of_experience")
    skills: tuple[str, ...] = ("skills",)
    languages: tuple[str, ...] = ("languages",)
    certifications: tuple[str, ...] = ("certifications", "certificates")
    education: tuple[str, ...] = ("education", "degree")
    updated_at: tuple[str, ...] = ("updated_at", "last_modified", "modified_at")

    def name(self, ours: str, theirs: Iterable[str]) -> str | None:
        """Which of `theirs` holds our field `ours`."""
        present = {name.strip().lower(): name for name in theirs if isinstance(name, str)}
        wanted: tuple[str, ...] = getattr(self, ours)
        return next((present[name.lower()] for name in wanted if name.lower() in present), None)

    def get(self, record: Mapping[str, Any], ours: str) -> Any:
        """The value of our field `ours`; `None` where it is missing or blank."""
        name = self.name(ours, record)
        value = record[name] if name is not None else None
        return None if isinstance(value, str) and not value.strip() else value

    def unmet(self, theirs: Iterable[str]) -> str | None:
        """A name that was mapped to the id or the text, and is not there."""
        names = list(theirs)
        for ours in ("member_id", "text"):
            mapped: tuple[str, ...] = getattr(self, ours)
            if mapped != getattr(FieldMap, ours) and self.name(ours, names) is None:
                return mapped[0]
        return None

    def reads(self, theirs: Iterable[str]) -> bool:
        """Whether records with such fields say anything about a person."""
        names = list(theirs)
        say = {field.name for field in fields(self)} - {"member_id", "updated_at"}
        return any(self.name(ours, names) for ours in say)
