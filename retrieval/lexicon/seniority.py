"""Levels in titles and in free text: "Sr. Manager" is a manager, "account executive" says nothing."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from retrieval.lexicon.phrases import pattern, table
from retrieval.schema import Seniority, Span

# Titles are short; what is longer is prose, and only its start is read.
_TITLE_LENGTH = 200
# Whom an assistant serves is not the assistant's level.
_SERVED = re.compile(
    r"(?<=assistant) (?:to|for) |(?<=secretary) (?:to|for) |(?<=aide) (?:to|for) |^.{1,60}'s? (?=assistant|secretary)",
    re.IGNORECASE,
)


@lru_cache(maxsize=65536)
def seniority_of(title: str) -> Seniority | None:
    """The level a job title states, `None` where it states none ("Accountant", "Account Executive").

    The highest of several levels counts ("Owner / Manager"), except that a trainee is a trainee of whatever follows.
    """
    title = _SERVED.split(title[:_TITLE_LENGTH])[0]
    if title.strip() == "":
        return None
    alone = _compiled("only").fullmatch(title.strip(" ,.:;|-/"))
    if alone:
        return _level(alone)
    levels = [level for _, level in _found(title, _compiled("title"))]
    if not levels:
        return None
    return Seniority.INTERN if Seniority.INTERN in levels else max(levels)


def find_seniority(text: str) -> list[tuple[Span, Seniority]]:
    """Levels named in free text, in order; stricter than `seniority_of` with words like "lead" and "associate"."""
    return _found(text, _compiled("any"))


def _found(text: str, compiled: re.Pattern[str]) -> list[tuple[Span, Seniority]]:
    found: list[tuple[Span, Seniority]] = []
    for match in compiled.finditer(text):
        level = _level(match)
        if level is None or ((match.lastgroup or "").startswith("upper") and not match[0].rstrip("s").isupper()):
            continue
        found.append((Span(start=match.start(), end=match.end()), level))
    return found


def _level(match: re.Match[str]) -> Seniority | None:
    _, _, name = (match.lastgroup or "").rpartition("_")
    return Seniority[name] if name in Seniority.__members__ else None


@cache
def _compiled(scope: str) -> re.Pattern[str]:
    """All phrases of a scope as one alternation; the group that matched is named `scope<row>_LEVEL`."""
    scopes = {"title": ("any", "upper", "title"), "any": ("any", "upper"), "only": ("only",)}[scope]
    groups = [
        f"(?P<{row_scope}{row}_{'NONE' if level == '-' else level}>{pattern(phrase)})"
        for row, (level, row_scope, phrase) in enumerate(table("seniority"))
        if row_scope in scopes
    ]
    return re.compile(r"(?<![\w-])(?=[a-z])(?:" + "|".join(groups) + ")", re.IGNORECASE)
