"""JSON Resume (jsonresume.org, schema 1.0): structured already, so it is rendered rather than parsed.

Name, mail address, telephone, picture and street are contact data or tell protected attributes; they are left behind.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from retrieval.ingest.dates import parse_date
from retrieval.ingest.experience import years_of
from retrieval.ingest.problem import UnreadableError
from retrieval.ingest.render import render
from retrieval.ingest.resume import level_of
from retrieval.lexicon import degree_level, resolve
from retrieval.lexicon.languages import find_languages
from retrieval.schema import Certification, Education, Language, Location, PartialDate, Position, Profile, Skill

_MOST = 300
_KEYS = frozenset({"basics", "work", "education", "skills", "projects", "volunteer", "certificates", "awards"})


def is_json_resume(record: Mapping[str, Any]) -> bool:
    """Whether a record has the shape of a JSON Resume."""
    if isinstance(record.get("basics"), Mapping):
        return True
    return isinstance(record.get("work"), list) and len(_KEYS & record.keys()) >= 2


def read_json_resume(
    record: Mapping[str, Any],
    *,
    member_id: str,
    source: str,
    updated_at: datetime | None,
    as_of: PartialDate | None = None,
) -> Profile:
    """The profile in a JSON Resume. A job without an end date goes on, as the schema's themes show it.

    Raises:
        UnreadableError: no field of it holds anything.
    """
    basics = record.get("basics")
    basics = basics if isinstance(basics, Mapping) else {}
    jobs = [(_position(job), _details(job)) for job in _each(record, "work")]
    jobs = [(position, details) for position, details in jobs if position.title or position.company]
    jobs.sort(key=lambda job: _recent(job[0]), reverse=True)
    positions = [position for position, _ in jobs]
    until = PartialDate(year=updated_at.year, month=updated_at.month) if updated_at else as_of
    headline = _text(basics, "label") or (positions[0].title if positions and positions[0].current else None)
    location = _location(basics.get("location"))
    profile = Profile(
        member_id=member_id,
        text="",
        headline=headline,
        locations=(location,) if location else (),
        positions=tuple(positions),
        years_experience=years_of(positions, as_of=until),
        seniority=level_of(positions, headline),
        education=tuple(e for e in map(_education, _each(record, "education")) if e.school or e.degree or e.field),
        skills=tuple(Skill(name=name) for name in _skills(record)),
        languages=tuple(_languages(record)),
        certifications=tuple(
            Certification(name=name) for each in _each(record, "certificates") if (name := _text(each, "name"))
        ),
        source=source,
        updated_at=updated_at,
    )
    rendered = render(profile, summary=_text(basics, "summary", lines=True), details=[details for _, details in jobs])
    if not rendered.text.strip():
        raise UnreadableError("this JSON Resume says nothing: no label, work, education or skills")
    return rendered


def _each(record: Mapping[str, Any], name: str) -> Iterator[Mapping[str, Any]]:
    items = record.get(name)
    for item in items[:_MOST] if isinstance(items, list) else ():
        if isinstance(item, Mapping):
            yield item


def _text(item: Mapping[str, Any], *names: str, lines: bool = False) -> str | None:
    for name in names:
        value = item.get(name)
        if isinstance(value, str) and value.strip():
            value = value.encode("utf-8", "replace").decode("utf-8")
            return value.strip()[:20_000] if lines else " ".join(value.split())[:500]
    return None


def _date(item: Mapping[str, Any], name: str) -> PartialDate | None:
    value = _text(item, name)
    return parse_date(value) if value else None


def _position(job: Mapping[str, Any]) -> Position:
    start, end = _date(job, "startDate"), _date(job, "endDate")
    goes_on = (
        end is None
        and start is not None
        and (_text(job, "endDate") or "present").lower() in ("present", "current", "now")
    )
    return Position(
        title=_text(job, "position"),
        company=_text(job, "name", "company"),
        location=_text(job, "location"),
        start=start,
        end=end,
        current=goes_on,
    )


def _recent(position: Position) -> tuple[bool, int, int]:
    last = position.end or position.start
    return position.current, last.months if last else 0, position.start.months if position.start else 0


def _details(job: Mapping[str, Any]) -> str:
    points = job.get("highlights")
    listed = (
        [f"- {' '.join(p.split())}" for p in points[:_MOST] if isinstance(p, str) and p.strip()]
        if isinstance(points, list)
        else []
    )
    summary = _text(job, "summary", lines=True)
    whole = "\n".join([summary, *listed] if summary else listed)
    return whole.encode("utf-8", "replace").decode("utf-8")


def _education(course: Mapping[str, Any]) -> Education:
    degree = _text(course, "studyType")
    return Education(
        school=_text(course, "institution"),
        degree=degree,
        level=degree_level(degree) if degree else None,
        field=_text(course, "area"),
        start=_date(course, "startDate"),
        end=_date(course, "endDate"),
    )


def _skills(record: Mapping[str, Any]) -> list[str]:
    names: dict[str, None] = {}
    for skill in _each(record, "skills"):
        listed = skill.get("keywords")
        for name in (
            _text(skill, "name"),
            *(k for k in (listed if isinstance(listed, list) else ()) if isinstance(k, str)),
        ):
            if name and name.strip():
                names.setdefault(" ".join(name.encode("utf-8", "replace").decode("utf-8").split())[:200])
    return list(names)[:_MOST]


def _languages(record: Mapping[str, Any]) -> Iterator[Language]:
    for each in _each(record, "languages"):
        name = _text(each, "language")
        if name:
            known = find_languages(name)
            yield Language(
                name=known[0][1] if len(known) == 1 and len(name.split()) == 1 else name, level=_text(each, "fluency")
            )


def _location(given: object) -> Location | None:
    if not isinstance(given, Mapping):
        return None
    city, region, country = _text(given, "city"), _text(given, "region"), _text(given, "countryCode")
    words = ", ".join(word for word in (city, region, country) if word)
    if not words:
        return None
    tries = [
        f"{city}, {region}" if city and region else None,
        f"{city}, {country}" if city and country else None,
        city or region or country,
    ]
    place = next((p for words_tried in tries if words_tried and (p := resolve(words_tried))), None)
    if place is None:
        return Location(text=words, city=city)
    return Location(
        text=words,
        city=place.city or city,
        region=place.region,
        country=place.country,
        latitude=place.latitude,
        longitude=place.longitude,
    )
