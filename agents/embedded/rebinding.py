"""Criteria that stay but bind more, or less: "CPA is a must", "Spanish is optional"."""

from __future__ import annotations

from typing import Any

from agents.reading import (
    Drop,
    EducationWish,
    LanguageWish,
    LocationWish,
    Reading,
    RequirementWish,
    SeniorityWish,
    TitleWish,
    Wish,
    YearsWish,
)
from retrieval.schema import Importance, Kind, Role

_PLAIN: tuple[tuple[Kind, str, type[Wish]], ...] = (
    (Kind.TITLE, "titles", TitleWish),
    (Kind.LOCATION, "locations", LocationWish),
    (Kind.INDUSTRY, "industries", Wish),
    (Kind.COMPANY, "companies", Wish),
    (Kind.SKILL, "skills", Wish),
)


def rebind(
    request: str, start: int, end: int, *, importance: Importance, drops: tuple[Drop, ...], role: Role
) -> Reading:
    """The matched criteria again, each of its own kind, worded as `request[start:end]` and with a new importance."""
    words = request[start:end].strip()
    said: dict[str, Any] = {"words": words, "start": request.index(words, start), "importance": importance}
    wanted = {(drop.kind, drop.value) for drop in drops}
    update: dict[str, Any] = {}
    for kind, name, wish in _PLAIN:
        if any((kind, one.value) in wanted for one in getattr(role, name)):
            update[name] = (wish(**said),)
    update["seniority"] = tuple(
        SeniorityWish(**said, level=one.level) for one in role.seniority if (Kind.SENIORITY, one.value) in wanted
    )
    update["education"] = tuple(
        EducationWish(**said, level=one.level, field=one.field, school=one.school)
        for one in role.education
        if (Kind.EDUCATION, one.value) in wanted
    )
    update["languages"] = tuple(
        LanguageWish(**said, name=one.value) for one in role.languages if (Kind.LANGUAGE, one.value) in wanted
    )
    kinds = dict.fromkeys(one.kind for one in role.qualifications if (one.kind, one.value) in wanted)
    update["requirements"] = tuple(RequirementWish(**said, kind=kind) for kind in kinds)
    if role.years and (Kind.YEARS, role.years.value) in wanted:
        update["years"] = YearsWish(**said, minimum=role.years.minimum, maximum=role.years.maximum)
    return Reading(starts_over=False, drop=drops).model_copy(update=update)
