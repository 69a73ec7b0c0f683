"""What an edit did to a role, in words."""

from __future__ import annotations

from collections.abc import Sequence

from retrieval.schema import Criterion, Importance, Role, YearsCriterion

_NAMES = {
    "titles": "title",
    "seniority": "seniority",
    "locations": "location",
    "skills": "skill",
    "industries": "industry",
    "education": "education",
    "languages": "language",
    "companies": "company",
    "qualifications": "requirement",
}


def changes(before: Role, after: Role) -> tuple[str, ...]:
    """One line a change ("years: 5+ -> 7+", "location added: Texas"), in the order of the role's fields."""
    said: list[str] = []
    for name, word in _NAMES.items():
        said += _list(word, getattr(before, name), getattr(after, name))
        if name == "locations" and _years(before.years) != _years(after.years):
            said.append(f"years: {_years(before.years)} -> {_years(after.years)}")
    return tuple(said)


def _list(word: str, before: Sequence[Criterion], after: Sequence[Criterion]) -> list[str]:
    old = {(c.value.lower(), c.importance): c for c in before}
    new = {(c.value.lower(), c.importance): c for c in after}
    gone = [c for key, c in old.items() if key not in new]
    come = [c for key, c in new.items() if key not in old]
    said: list[str] = []
    for criterion in list(gone):
        same = next((c for c in come if c.value.lower() == criterion.value.lower()), None)
        if same:
            said.append(f"{word} {same.value}: {criterion.importance} -> {same.importance}")
            gone.remove(criterion)
            come.remove(same)
    if len(gone) == len(come) == 1 and gone[0].importance is come[0].importance:
        return [*said, f"{word}: {gone[0].value} -> {come[0].value}"]
    said += [f"{word} removed: {c.value}" for c in gone]
    return said + [f"{word} {_ADDED[c.importance]}: {c.value}" for c in come]


_ADDED = {Importance.MUST: "added", Importance.NICE: "added as nice to have", Importance.EXCLUDE: "excluded"}


def _years(years: YearsCriterion | None) -> str:
    if years is None or (years.minimum is None and years.maximum is None):
        return "any"
    if years.maximum is None:
        shown = f"{years.minimum:g}+"
    elif years.minimum is None:
        shown = f"up to {years.maximum:g}"
    else:
        shown = f"{years.minimum:g}-{years.maximum:g}"
    return shown if years.importance is Importance.MUST else f"{shown} ({years.importance})"
