"""Marks from what a profile states as facts: years, level, place, degree, language, employer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeVar

from agents.embedded.marks.evidence import Reading, distinct
from agents.embedded.marks.needs import read_need
from agents.embedded.marks.words import significant
from agents.verdict import Evidence, Mark, MarkValue
from retrieval.lexicon.languages import find_languages
from retrieval.schema import (
    Criterion,
    Importance,
    Profile,
    Qualification,
    Role,
    Seniority,
)

C = TypeVar("C", bound=Criterion)

_UNDER_WAY = re.compile(
    r"\b(?:candidate|exam|pursuing|preparing|studying|in progress|eligible|expected|"
    r"(?:worked|working|liaised?|coordinated?|consulted) with)\b",
    re.IGNORECASE,
)
MENTIONS = 3  # of an industry in the text, from which somebody is taken to work in it
NEARLY = 0.75  # share of the years asked for from which years count as partly there


def settled(
    qualification: Qualification, value: MarkValue, evidence: Sequence[Evidence | None] = (), note: str = ""
) -> Mark:
    """A mark; one that claims something without words to show for it becomes `not_shown`."""
    shown = distinct(evidence) if value is not MarkValue.NOT_SHOWN else ()
    if value is not MarkValue.NOT_SHOWN and not shown:
        return Mark(qualification=qualification, value=MarkValue.NOT_SHOWN, note="no words to quote")
    return Mark(qualification=qualification, value=value, evidence=shown, note=note)


def years(qualification: Qualification, role: Role, profile: Profile, reading: Reading) -> Mark:
    """Total experience against the range asked for; the positions, or the sentence that says so, are the evidence."""
    wanted, known = role.years, profile.years_experience
    if wanted is None or known is None:
        return settled(qualification, MarkValue.NOT_SHOWN, note="years of experience are not stated")
    value = MarkValue.MET
    if wanted.minimum is not None and known < wanted.minimum:
        value = MarkValue.PARTLY if known >= NEARLY * wanted.minimum else MarkValue.NOT_MET
    elif wanted.maximum is not None and known > wanted.maximum:
        value = MarkValue.PARTLY if known * NEARLY <= wanted.maximum else MarkValue.NOT_MET
    said = f"{known:g} years" if known == int(known) else f"about {known:.1f} years"
    return settled(qualification, value, _years_evidence(profile, reading), said)


def _years_evidence(profile: Profile, reading: Reading) -> list[Evidence | None]:
    """The sentence that states the years, else the first and the latest dated position."""
    claim = re.search(r"\b\d{1,2}(?:\.\d+)?\s*\+?\s*(?:years|yrs)\b", reading.text, re.IGNORECASE)
    stated = reading.quote(claim.start(), claim.end()) if claim else None
    dated = [position for position in profile.positions if position.start]
    ends = [dated[-1], dated[0]] if dated else []
    return [*(reading.fact(position.span, None if position.span else position.title) for position in ends), stated]


def seniority(qualification: Qualification, role: Role, profile: Profile, reading: Reading) -> Mark:
    """The person's level against the levels asked for; a step below or up to two above is partly."""
    wanted = [criterion.level for criterion in alternatives(role.seniority, qualification)]
    if profile.seniority is None or not wanted:
        return settled(qualification, MarkValue.NOT_SHOWN, note="no level is stated")
    steps = min((int(profile.seniority) - int(level) for level in wanted), key=abs)
    near = steps in (-1, 1, 2) and qualification.importance is not Importance.EXCLUDE
    value = MarkValue.MET if steps == 0 else MarkValue.PARTLY if near else MarkValue.NOT_MET
    return settled(qualification, value, current_title(profile, reading), f"level: {_level(profile.seniority)}")


def current_title(profile: Profile, reading: Reading) -> list[Evidence | None]:
    """The headline and the most recent title, as the profile words them; a text without either opens with one."""
    titles = [reading.fact(p.span, p.title) for p in profile.positions[:1] if p.title]
    shown = [*titles, reading.fact(profile.headline_span, profile.headline)]
    return shown if any(shown) else [reading.opening()]


def language(qualification: Qualification, profile: Profile, reading: Reading) -> Mark:
    """Languages the person states; a language only named in passing is partly."""
    names = {name for _, name in find_languages(qualification.value)} or {qualification.value.strip()}
    folded = {name.casefold() for name in names}
    for known in profile.languages:
        if known.name.casefold() in folded:
            note = f"{known.name}{f', {flat(known.level)}' if known.level else ''}"
            return settled(qualification, MarkValue.MET, [reading.fact(known.span, known.name)], note)
    named = [span for span, name in find_languages(reading.text) if name.casefold() in folded]
    if named and qualification.importance is not Importance.EXCLUDE:
        shown = [reading.quote(span.start, span.end) for span in named]
        return settled(qualification, MarkValue.PARTLY, shown, "named, but not listed as a language spoken")
    return settled(qualification, MarkValue.NOT_SHOWN)


def company(qualification: Qualification, profile: Profile, reading: Reading) -> Mark:
    """Employers of the profile; spacing and case aside ("JPMorgan" is "JP Morgan Chase")."""
    letters = [re.escape(letter) for letter in qualification.value if letter.isalnum()]
    if len(letters) < 2:
        return settled(qualification, MarkValue.NOT_SHOWN)
    name = re.compile(r"(?<![^\W_])" + r"[\W_]{0,2}".join(letters) + r"(?![^\W_])", re.IGNORECASE)
    for position in profile.positions:
        if position.company and name.search(position.company):
            return settled(qualification, MarkValue.MET, [reading.fact(position.span, position.company)])
    shown = [reading.quote(found.start(), found.end()) for found in name.finditer(reading.text)]
    value = MarkValue.NOT_SHOWN if not shown else MarkValue.PARTLY
    return settled(qualification, value, shown, "named, but not as an employer" if shown else "")


def industry(qualification: Qualification, profile: Profile, reading: Reading, shown: Mark) -> Mark:
    """Met where the profile names the industry as such, or keeps coming back to it; one mention is partly.

    `shown` is the mark that the text alone would get.
    """
    named = [(one.span, one.name) for one in profile.industries]
    named += [(position.span, position.industry) for position in profile.positions if position.industry]
    wanted = set(significant(qualification.value))
    for span, name in named:
        if wanted and wanted <= set(significant(name)):
            return settled(qualification, MarkValue.MET, [reading.fact(span, name)])
    mentions = min((len(reading.places.get(stem, ())) for stem in wanted), default=0)
    if shown.value is MarkValue.MET and mentions < MENTIONS:
        value = MarkValue.NOT_SHOWN if qualification.importance is Importance.EXCLUDE else MarkValue.PARTLY
        return settled(qualification, value, shown.evidence, "mentioned")
    return shown


def certification(qualification: Qualification, profile: Profile, reading: Reading, shown: Mark) -> Mark:
    """Met where the profile lists it; one under way, or other people's ("worked with CPA"), is partly.

    `shown` is the mark that the text alone would get.
    """
    wanted = read_need(qualification.value)
    for held in profile.certifications:
        said = set(significant(held.name))
        if wanted.things and all(any(said.issuperset(one) for one in thing.alternatives) for thing in wanted.things):
            evidence = reading.fact(held.span, held.name)
            if evidence and not _UNDER_WAY.search(evidence.quote):
                return settled(qualification, MarkValue.MET, [evidence])
    if shown.value is MarkValue.MET and all(_UNDER_WAY.search(evidence.quote) for evidence in shown.evidence):
        return settled(qualification, MarkValue.PARTLY, shown.evidence, "not said to be held")
    return shown


def alternatives(criteria: Sequence[C], qualification: Qualification) -> list[C]:
    """The criteria a requirement was made from: alternatives joined by "or", or the one with its words."""
    same = [criterion for criterion in criteria if criterion.importance is qualification.importance]
    exact = [criterion for criterion in same if criterion.value == qualification.value]
    return exact or [criterion for criterion in same if criterion.value in qualification.value]


def _level(level: Seniority) -> str:
    return "VP" if level is Seniority.VP else level.name.lower()


def flat(text: str) -> str:
    """The text on one line."""
    return " ".join(text.split())
