"""The mark for education: level, field and school against the courses of study."""

from __future__ import annotations

from collections.abc import Iterator

from agents.embedded.marks.evidence import Reading
from agents.embedded.marks.stated import alternatives, flat, settled
from agents.embedded.marks.words import significant
from agents.verdict import Evidence, Mark, MarkValue
from retrieval.lexicon.degrees import find_degrees
from retrieval.schema import EducationCriterion, EducationLevel, Profile, Qualification, Role

_ORDER = (MarkValue.NOT_SHOWN, MarkValue.NOT_MET, MarkValue.PARTLY, MarkValue.MET)


def education(qualification: Qualification, role: Role, profile: Profile, reading: Reading) -> Mark | None:
    """Met by one course of study that has all that is asked for; partly where only level or field is there.

    `None` where the role names neither level nor field nor school, so that only words can tell.
    """
    wanted = next(iter(alternatives(role.education, qualification)), None)
    if wanted is None or not (wanted.level is not None or wanted.field or wanted.school):
        return None
    best, shown, note = MarkValue.NOT_SHOWN, None, ""
    for level, said, evidence in _courses(profile, reading):
        value = _course(wanted, level, said)
        if evidence is not None and _ORDER.index(value) > _ORDER.index(best):
            best, shown, note = value, evidence, flat(said)
    return settled(qualification, best, [shown], note)


def _courses(profile: Profile, reading: Reading) -> Iterator[tuple[EducationLevel | None, str, Evidence | None]]:
    """The courses that the profile lists, else the degrees its text names."""
    for course in profile.education:
        told = [value for value in (course.degree, course.field, course.school) if value]
        yield course.level, ", ".join(told), reading.fact(course.span, told[0] if told else None)
    if not profile.education:
        for span, level in find_degrees(reading.text):
            evidence = reading.quote(span.start, span.end)
            yield level, evidence.quote if evidence else "", evidence


def _course(wanted: EducationCriterion, level: EducationLevel | None, told: str) -> MarkValue:
    said = set(significant(told))
    checks: list[bool | None] = []
    if wanted.level is not None:
        checks.append(None if level is None else level >= wanted.level)
    for value in (wanted.field, wanted.school):
        stems = significant(value) if value else []
        if stems:
            checks.append(True if sum(stem in said for stem in stems) * 2 >= len(stems) else None)
    if not checks or all(check is None for check in checks):
        return MarkValue.NOT_SHOWN
    if False in checks:
        return MarkValue.NOT_MET
    return MarkValue.MET if all(checks) else MarkValue.PARTLY
