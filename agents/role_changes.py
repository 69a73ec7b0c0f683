"""What an edit did to a role: a structured difference, and the same in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from retrieval.schema import Criterion, Importance, Kind, Qualification, Role, YearsCriterion

_LISTS = (
    ("titles", Kind.TITLE),
    ("seniority", Kind.SENIORITY),
    ("locations", Kind.LOCATION),
    ("skills", Kind.SKILL),
    ("industries", Kind.INDUSTRY),
    ("education", Kind.EDUCATION),
    ("languages", Kind.LANGUAGE),
    ("companies", Kind.COMPANY),
    ("qualifications", None),
)
_ADDED = {Importance.MUST: "added", Importance.NICE: "added as nice to have", Importance.EXCLUDE: "excluded"}


class RoleChange(BaseModel):
    """One criterion that an edit added, removed or changed; `before` and `after` are its values, as a role shows them.

    A criterion that only binds more or less has the same value before and after, and another importance.
    """

    model_config = ConfigDict(frozen=True)

    kind: Kind
    action: Literal["added", "removed", "changed"]
    before: str | None = Field(default=None, description="None for what was added")
    after: str | None = Field(default=None, description="None for what was removed")
    importance_before: Importance | None = None
    importance: Importance | None = Field(default=None, description="how it binds now; None for what was removed")
    words: str = Field(default="", description="the words that said the new criterion; empty for what was removed")
    said: str = Field(description="the change in one sentence, such as 'years: 5+ -> 7+'")


def diff(before: Role, after: Role) -> tuple[RoleChange, ...]:
    """Every criterion that differs, in the order of the role's fields. What stays the same is left out."""
    found: list[RoleChange] = []
    for name, kind in _LISTS:
        found += _list(kind, getattr(before, name), getattr(after, name), after.text)
        if name == "locations" and _years(before.years) != _years(after.years):
            found.append(_years_change(before.years, after.years, after.text))
    return tuple(found)


def changes(before: Role, after: Role) -> tuple[str, ...]:
    """One line a change ("years: 5+ -> 7+", "location added: Texas")."""
    return tuple(change.said for change in diff(before, after))


def _list(
    kind: Kind | None, before: Sequence[Criterion], after: Sequence[Criterion], text: str
) -> Iterator[RoleChange]:
    old = {(c.value.lower(), c.importance): c for c in before}
    new = {(c.value.lower(), c.importance): c for c in after}
    gone = [c for key, c in old.items() if key not in new]
    come = [c for key, c in new.items() if key not in old]
    word = kind or "requirement"
    for old_one in list(gone):
        same = next((c for c in come if c.value.lower() == old_one.value.lower()), None)
        if same:
            said = f"{word} {same.value}: {old_one.importance} -> {same.importance}"
            yield _change(kind, old_one, same, text, said)
            gone.remove(old_one)
            come.remove(same)
    if len(gone) == len(come) == 1 and gone[0].importance is come[0].importance:
        yield _change(kind, gone[0], come[0], text, f"{word}: {gone[0].value} -> {come[0].value}")
        return
    for one in gone:
        yield _change(kind, one, None, text, f"{word} removed: {one.value}")
    for one in come:
        yield _change(kind, None, one, text, f"{word} {_ADDED[one.importance]}: {one.value}")


def _change(kind: Kind | None, before: Criterion | None, after: Criterion | None, text: str, said: str) -> RoleChange:
    own = after or before
    return RoleChange(
        kind=kind or (own.kind if isinstance(own, Qualification) else Kind.EXPERIENCE),
        action="changed" if before and after else "added" if after else "removed",
        before=before.value if before else None,
        after=after.value if after else None,
        importance_before=before.importance if before else None,
        importance=after.importance if after else None,
        words=after.span.of(text) if after and after.span else "",
        said=said,
    )


def _years_change(before: YearsCriterion | None, after: YearsCriterion | None, text: str) -> RoleChange:
    asked_before, asked = before if _asks(before) else None, after if _asks(after) else None
    change = _change(Kind.YEARS, asked_before, asked, text, f"years: {_years(before)} -> {_years(after)}")
    bounds = {
        "before": _bounds(asked_before) if asked_before else None,
        "after": _bounds(asked) if asked else None,
    }
    return change.model_copy(update=bounds)


def _asks(years: YearsCriterion | None) -> bool:
    return years is not None and not (years.minimum is None and years.maximum is None)


def _years(years: YearsCriterion | None) -> str:
    if years is None or not _asks(years):
        return "any"
    shown = _bounds(years)
    return shown if years.importance is Importance.MUST else f"{shown} ({years.importance})"


def _bounds(years: YearsCriterion) -> str:
    if years.maximum is None:
        return f"{years.minimum:g}+"
    if years.minimum is None:
        return f"up to {years.maximum:g}"
    return f"{years.minimum:g}-{years.maximum:g}"
