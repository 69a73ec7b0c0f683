"""A structured record as text: every field is written out once, and its span remembered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from retrieval.schema import (
    Certification,
    Education,
    Industry,
    Language,
    Location,
    PartialDate,
    Position,
    Profile,
    Skill,
    Span,
)

Item = TypeVar("Item", Skill, Language, Certification, Industry)

_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


class _Page:
    """Text that grows, and knows where each piece of it stands."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.length = 0

    def write(self, words: str) -> Span:
        start = self.length
        self.parts.append(words)
        self.length += len(words)
        return Span(start=start, end=self.length)

    def heading(self, name: str) -> None:
        if self.length:
            self.write("\n\n" if not self.parts[-1].endswith("\n") else "\n")
        self.write(f"{name}\n")


def render(profile: Profile, *, summary: str | None = None, details: Sequence[str | None] = ()) -> Profile:
    """The same profile with its text written out and a span on everything it says.

    Args:
        profile: fields as they are known; its `text` and spans are replaced.
        summary: what stands under the headline.
        details: what the person did in each of `profile.positions`, in their order.
    """
    page = _Page()
    changed: dict[str, object] = {"headline_span": None, "summary": None}
    if profile.headline:
        changed["headline_span"] = page.write(profile.headline)
        page.write("\n")
    changed["locations"] = tuple(_location(page, location) for location in profile.locations)
    if summary and summary.strip():
        page.heading("Summary")
        changed["summary"] = page.write(summary.strip())
    if profile.positions:
        page.heading("Experience")
        changed["positions"] = tuple(
            _position(page, position, details[number] if number < len(details) else None)
            for number, position in enumerate(profile.positions)
        )
    if profile.education:
        page.heading("Education")
        changed["education"] = tuple(_education(page, education) for education in profile.education)
    for heading, name, between in (
        ("Skills", "skills", ", "),
        ("Languages", "languages", "\n"),
        ("Certifications", "certifications", "\n"),
        ("Industries", "industries", ", "),
    ):
        changed[name] = _listed(page, heading, getattr(profile, name), between)
    return profile.model_copy(update={**changed, "text": "".join(page.parts)})


def _location(page: _Page, location: Location) -> Location:
    written = location.model_copy(update={"span": page.write(location.text)})
    page.write("\n")
    return written


def _listed(page: _Page, heading: str, items: Sequence[Item], between: str) -> tuple[Item, ...]:
    """Items under a heading, each with its level, if it has one, behind it."""
    if items:
        page.heading(heading)
    written: list[Item] = []
    for number, item in enumerate(items):
        if number:
            page.write(between)
        written.append(item.model_copy(update={"span": page.write(item.name)}))
        if isinstance(item, Language) and item.level:
            page.write(f" ({item.level})")
    return tuple(written)


def _position(page: _Page, position: Position, details: str | None) -> Position:
    start = page.length
    page.write(
        ", ".join(words for words in (position.title, position.company, position.location) if words) or "Position"
    )
    dates = _dates(position.start, position.end, current=position.current)
    if dates:
        page.write(f"\n{dates}")
    span = Span(start=start, end=page.length)
    body: Span | None = None
    if details and details.strip():
        page.write("\n")
        body = page.write(details.strip())
    page.write("\n")
    return position.model_copy(update={"span": span, "details": body})


def _education(page: _Page, education: Education) -> Education:
    start = page.length
    degree = education.degree or ""
    if education.field and education.field.lower() not in degree.lower():
        degree = f"{degree} in {education.field}" if degree else education.field
    page.write(", ".join(words for words in (degree, education.school) if words) or "Course")
    dates = _dates(education.start, education.end, current=False)
    if dates:
        page.write(f", {dates}")
    span = Span(start=start, end=page.length)
    page.write("\n")
    return education.model_copy(update={"span": span})


def _dates(start: PartialDate | None, end: PartialDate | None, *, current: bool) -> str:
    last = "present" if current else _date(end)
    return " to ".join(words for words in (_date(start), last) if words)


def _date(date: PartialDate | None) -> str:
    if date is None:
        return ""
    return f"{_MONTHS[date.month - 1]} {date.year}" if date.month else str(date.year)
