"""One record of a table becomes a profile: a whole profile, a JSON Resume, a resume as text, or plain fields."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from pydantic import ValidationError

from retrieval.ingest.fields import FieldMap
from retrieval.ingest.json_resume import is_json_resume, read_json_resume
from retrieval.ingest.problem import UnreadableError
from retrieval.ingest.render import render
from retrieval.ingest.resume import level_of, located, parse_resume
from retrieval.ingest.text_file import TEXT_BYTES
from retrieval.lexicon import degree_level
from retrieval.schema import Certification, Education, Language, PartialDate, Position, Profile, Skill

_ID_LENGTH = 200


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Who a record is about and how new it is, known before the record is read."""

    member_id: str
    updated_at: datetime | None


def identify(record: Mapping[str, Any], *, fields: FieldMap, otherwise: str) -> Identity:
    """The id a record gives, else `otherwise`; a profile inside the record may carry both.

    Raises:
        UnreadableError: the id is longer than 200 characters, or a field that was mapped is not there.
    """
    if not is_json_resume(record) and (missing := fields.unmet(record)):
        there = ", ".join(sorted(map(str, record))[:20])
        raise UnreadableError(f"it has no field {missing}, which was mapped; it has {there or 'none'}")
    given = fields.get(record, "member_id")
    if given is None and isinstance(record.get("member_id"), str):
        given = record["member_id"]
    if isinstance(given, float) and given.is_integer():
        given = int(given)
    usable = isinstance(given, (str, int)) and not isinstance(given, bool)
    member_id = " ".join(str(given).split()) if usable else ""
    if len(member_id) > _ID_LENGTH:
        raise UnreadableError(f"its id has {len(member_id)} characters; {_ID_LENGTH} are the most")
    updated = fields.get(record, "updated_at")
    if updated is None and is_json_resume(record) and isinstance(record.get("meta"), Mapping):
        updated = record["meta"].get("lastModified")
    return Identity(member_id=member_id or otherwise, updated_at=moment(updated))


def read_record(
    record: Mapping[str, Any], *, identity: Identity, fields: FieldMap, source: str, as_of: PartialDate | None
) -> Profile:
    """The profile in a record.

    Raises:
        UnreadableError: nothing in the record can be read, or what is there breaks the schema.
    """
    whole = fields.get(record, "profile")
    if isinstance(whole, str) and whole.lstrip().startswith("{"):
        return _whole(whole, identity)
    if isinstance(whole, Mapping) and "text" in whole:
        return _whole(json.dumps(whole, default=str), identity)
    if {"member_id", "text", "positions"} <= record.keys() and isinstance(record["positions"], (list, tuple)):
        return _whole(json.dumps(dict(record), default=str), identity)
    if is_json_resume(record):
        return read_json_resume(
            record, member_id=identity.member_id, source=source, updated_at=identity.updated_at, as_of=as_of
        )
    text = fields.get(record, "text")
    if text is not None:
        return _resume(record, text, identity=identity, fields=fields, source=source, as_of=as_of)
    return _plain_fields(record, identity=identity, fields=fields, source=source)


def moment(value: object) -> datetime | None:
    """A point in time from an ISO string, a date or a number of seconds, in UTC where none is said; else `None`."""
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    try:
        if isinstance(value, str):
            parsed = datetime.fromisoformat(value.strip())
            return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
        if isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value):
            return datetime.fromtimestamp(value / 1000 if value > 1e11 else value, tz=UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return None


def _whole(whole: str, identity: Identity) -> Profile:
    try:
        profile = Profile.model_validate_json(whole)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(step) for step in first["loc"]) or "the whole"
        raise UnreadableError(f"its profile does not fit the schema at {where}: {first['msg']}") from error
    length = len(profile.text)
    for item in (
        *profile.positions,
        *profile.education,
        *profile.skills,
        *profile.languages,
        *profile.certifications,
        *profile.locations,
    ):
        if item.span and item.span.end > length:
            raise UnreadableError("its profile has a span beyond the end of its text; write it again from its source")
    if identity.updated_at and profile.updated_at is None:
        return profile.model_copy(update={"updated_at": identity.updated_at})
    return profile


def _resume(
    record: Mapping[str, Any],
    text: object,
    *,
    identity: Identity,
    fields: FieldMap,
    source: str,
    as_of: PartialDate | None,
) -> Profile:
    if not isinstance(text, str):
        raise UnreadableError(f"its resume is not text ({type(text).__name__}); map the right field, as in text=NAME")
    if len(text) > TEXT_BYTES:
        raise UnreadableError(f"its text has {len(text):,} characters; one resume may have {TEXT_BYTES:,}")
    profile = parse_resume(
        clean(text), member_id=identity.member_id, source=source, updated_at=identity.updated_at, as_of=as_of
    )
    changed: dict[str, Any] = {}
    headline, place = fields.get(record, "headline"), fields.get(record, "location")
    if isinstance(headline, str) and profile.headline is None:
        changed["headline"] = clean(" ".join(headline.split()))[:300]
    if isinstance(place, str) and not profile.locations and (location := located(clean(place), None, profile.text)):
        changed["locations"] = (location,)
    return profile.model_copy(update=changed) if changed else profile


def _plain_fields(record: Mapping[str, Any], *, identity: Identity, fields: FieldMap, source: str) -> Profile:
    """Columns such as headline, company, skills: rendered to text, so that there is something to quote."""
    headline, company = _words(fields.get(record, "headline")), _words(fields.get(record, "company"))
    summary = fields.get(record, "summary")
    place = _words(fields.get(record, "location"))
    location = located(place, None, "") if place else None
    study = _words(fields.get(record, "education"))
    position = Position(title=headline, company=company, current=True) if company else None
    profile = Profile(
        member_id=identity.member_id,
        text="",
        headline=headline,
        locations=(location,) if location else (),
        positions=(position,) if position else (),
        years_experience=_years(fields.get(record, "years_experience")),
        seniority=level_of([], headline),
        education=(Education(degree=study, level=degree_level(study)),) if study else (),
        skills=tuple(Skill(name=name) for name in _listed(fields.get(record, "skills"))),
        languages=tuple(Language(name=name) for name in _listed(fields.get(record, "languages"))),
        certifications=tuple(Certification(name=name) for name in _listed(fields.get(record, "certifications"))),
        source=source,
        updated_at=identity.updated_at,
    )
    rendered = render(profile, summary=clean(summary) if isinstance(summary, str) else None)
    if not rendered.text.strip():
        raise UnreadableError("it holds nothing about a person; map its fields, as in text=NAME or headline=NAME")
    return rendered


def _words(value: object) -> str | None:
    return clean(" ".join(value.split()))[:500] or None if isinstance(value, str) else None


def _listed(value: object) -> list[str]:
    """A list, or one string with commas or semicolons, as names."""
    parts: list[object] = (
        re.split(r"[,;|\n]", value)
        if isinstance(value, str)
        else list(value)
        if isinstance(value, (list, tuple))
        else []
    )
    names = [_words(part.get("name") if isinstance(part, Mapping) else part) for part in parts[:200]]
    return list(dict.fromkeys(name for name in names if name))


def _years(value: object) -> float | None:
    try:
        years = float(str(value)) if value is not None else None
    except ValueError:
        return None
    return years if years is not None and 0 <= years <= 80 else None


def clean(text: str) -> str:
    """Text without lone surrogates, which no file can hold; every other character stays."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")
