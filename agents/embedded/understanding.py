"""The in-process reader of requests: clauses, titles, facts and what remains, each with its place in the text."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable
from typing import Any

from agents.embedded import requirements
from agents.embedded.clauses import Clause, clauses
from agents.embedded.draft import Draft
from agents.embedded.edits import read_edit
from agents.embedded.employers import find_employers
from agents.embedded.facts import Fact, FactKind
from agents.embedded.grammar import expression
from agents.embedded.ranges import Range, apart
from agents.embedded.spoken import find_spoken
from agents.embedded.studies import find_studies
from agents.embedded.titles import Level, Named, named
from agents.embedded.vocabulary import Vocabulary
from agents.embedded.whereabouts import find_whereabouts
from agents.embedded.years import find_years, overall
from agents.reading import Reading
from retrieval.schema import Importance, Role, Seniority

_LEVEL = re.compile(
    r"\b(?P<level>senior|junior|entry|mid|executive|director|manager|vp|c|staff|lead)[- ]level\b|\bc-?suite\b",
    re.IGNORECASE,
)
_LEVELS = {
    "senior": Seniority.SENIOR,
    "junior": Seniority.ENTRY,
    "entry": Seniority.ENTRY,
    "mid": Seniority.MID,
    "executive": Seniority.EXECUTIVE,
    "director": Seniority.DIRECTOR,
    "manager": Seniority.MANAGER,
    "vp": Seniority.VP,
    "c": Seniority.EXECUTIVE,
    "staff": Seniority.LEAD,
    "lead": Seniority.LEAD,
}
_ADDRESSED = re.compile(r"\s*for\s+(?:an?|the|our|my)\s+", re.IGNORECASE)
_ROLE_LEAD = expression("understanding.role_lead")
# A title stands near the start of its clause, if anywhere.
_MOST_LEADS = 20
_LOOK_AHEAD = 500
# A "title" that starts like something people do ("manages vendors").
_VERBAL = re.compile(r"[a-z]+(?:s|ed|ing)\s")


def reader(vocabulary: Callable[[], Vocabulary] | Vocabulary | None = None) -> Callable[[dict[str, Any]], Reading]:
    """The job that answers `Reading`: takes `{"request": text, "previous": role or None}`.

    `vocabulary` may be a function, so that a new snapshot's words are used without a new model.
    """

    def read_job(payload: dict[str, Any]) -> Reading:
        known = vocabulary() if callable(vocabulary) else vocabulary or Vocabulary()
        request, previous = str(payload["request"]), payload.get("previous")
        if previous is None:
            return read(request, known)
        return read_edit(request, Role.model_validate(previous), lambda text: read(text, known))

    return read_job


def read(text: str, vocabulary: Vocabulary) -> Reading:
    """The criteria of a whole request. Takes any text; what says nothing gives an empty reading."""
    facts = _facts(text, vocabulary)
    total = overall([fact for fact in facts if fact.kind is FactKind.YEARS])
    draft = Draft(text=text, vocabulary=vocabulary)
    starts = [fact.first for fact in facts]
    for clause in clauses(text, whole=[fact.value for fact in facts]):
        if clause.unneeded:
            said = text[clause.start : clause.end]
            draft.notes.append(f'"{said}" rules nobody in or out, so it is not a criterion.')
            continue
        near = facts[bisect_left(starts, clause.start) : bisect_left(starts, clause.end)]
        inside = [fact for fact in near if fact.last <= clause.end]
        _clause(clause, [fact for fact in inside if fact.kind is not FactKind.YEARS or fact is total], draft)
    return draft.reading()


def _facts(text: str, vocabulary: Vocabulary) -> list[Fact]:
    """Hard facts without overlaps; where two claim the same words, the kind that is surer of them wins."""
    taken = bytearray(len(text))
    found: list[Fact] = []
    for find in (find_studies, find_years, find_spoken, find_whereabouts):
        free = [fact for fact in find(text) if not any(taken[fact.first : fact.last])]
        for fact in free:
            taken[fact.start : fact.end] = b"\x01" * (fact.end - fact.start)
        found += free
    found += find_employers(text, vocabulary, taken)
    return sorted(found, key=lambda fact: fact.first)


def _clause(clause: Clause, inside: list[Fact], draft: Draft) -> None:
    """Read one clause into the draft."""
    taken: list[Range] = []
    for fact in inside:
        draft.fact(fact, clause.importance)
        if fact.overall:
            taken.append((max(clause.start, fact.start), min(clause.end, fact.end)))
        # "5 years of Django" stays in one piece as a requirement too.
    title = _title(clause, taken, draft)
    if title is not None:
        draft.named(title, clause.importance)
        taken.append((clause.start, title.end))
    else:
        taken += _levels(clause, taken, draft)
    for start, end in requirements.chunks(draft.text, clause.start, clause.end, taken, after_title=title is not None):
        draft.requirement(start, end, clause.importance)


def _title(clause: Clause, taken: list[Range], draft: Draft) -> Named | None:
    """Titles at the start of a clause, behind what leads in and facts that stand before."""
    text = draft.text
    start = _title_start(clause, taken, text)
    end = min((first for first, _ in taken if first > start), default=clause.end)
    excluded = clause.importance is Importance.EXCLUDE
    opening = draft.opening and clause.importance is Importance.MUST
    led = bool(_ROLE_LEAD.search(text, clause.start, start))
    if not (opening or excluded or led):
        return None
    found = named(text, start, end, draft.vocabulary, opening=opening, excluded=excluded)
    if found is None or opening:
        return found
    # Later in a request, and in exclusions, a phrase is a title only where it is the whole of the clause.
    rest = requirements.strip(text, found.end, end)
    verbal = not excluded and any(_VERBAL.match(title.title) for title in found.titles)
    return None if rest[0] < rest[1] or verbal else found


def _title_start(clause: Clause, taken: list[Range], text: str) -> int:
    start = clause.start
    addressed = _ADDRESSED.match(text, start, clause.end)
    if addressed and not text[:start].strip():
        # "for a CMO with crypto experience": the whole request is what it is for.
        start = addressed.end()
    facts = iter(sorted(taken))
    first, last = next(facts, (len(text), len(text)))
    for _ in range(_MOST_LEADS):
        before = start
        while first < clause.end and (last <= start or not text[start:first].strip(" ,-()/")):
            start = max(start, last)
            first, last = next(facts, (len(text), len(text)))
        stripped = requirements.strip(text, start, min(clause.end, start + _LOOK_AHEAD))
        if stripped[0] < stripped[1]:
            start = stripped[0]
        if start == before:
            break
    return start


def _levels(clause: Clause, taken: list[Range], draft: Draft) -> list[Range]:
    """Levels that a clause says outright ("senior level", "entry-level"), added to the draft, and where they stand."""
    found: list[Range] = []
    for match in _LEVEL.finditer(draft.text, clause.start, clause.end):
        if apart(match.span(), taken):
            level = _LEVELS[(match["level"] or "c").lower()]
            draft.level(Level(start=match.start(), end=match.end(), level=level), clause.importance)
            found.append(match.span())
    return found
