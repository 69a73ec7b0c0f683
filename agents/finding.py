"""What a model answers when it guards, and how its answer is held to the profile's words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field

from agents.embedded.marks.evidence import QUOTE_LIMIT, Reading, cut, distinct
from agents.embedded.marks.words import STOPWORDS, words
from agents.verdict import Evidence, Mark, MarkValue
from retrieval.schema import Qualification


class FoundQuote(BaseModel):
    """Words copied from `profile.text`."""

    model_config = ConfigDict(frozen=True)

    quote: str = Field(description="copied character for character from profile.text, at most 240 characters")
    start: int | None = Field(default=None, description="where the quote starts in profile.text, if known")


class FoundMark(BaseModel):
    """One requirement, marked."""

    model_config = ConfigDict(frozen=True)

    requirement: int = Field(description="the id of the requirement")
    value: MarkValue
    quotes: tuple[FoundQuote, ...] = Field(default=(), description="one or two, unless the value is not_shown")
    note: str = Field(default="", description="a few words, only about what is quoted")


class Finding(BaseModel):
    """A whole answer: thoughts first, then a mark for every requirement, then the grade."""

    model_config = ConfigDict(frozen=True)

    reasoning: str = Field(default="", description="what the profile shows on each requirement, before marking")
    marks: tuple[FoundMark, ...]
    grade: int = Field(ge=0, le=4)


@dataclass(frozen=True, kw_only=True)
class Held:
    """A finding after checking: marks whose quotes all stand in the text, and what had to be withheld."""

    marks: tuple[Mark, ...]
    problems: tuple[str, ...]


def hold(finding: Finding, requirements: Sequence[Qualification], reading: Reading, *, computed: bool = False) -> Held:
    """Check every quote of a finding against the profile's text, read.

    A quote that stands elsewhere than said, or with other white space, is put right. One that does not stand there,
    or that speaks to the reader instead of the person, is dropped, and a mark left without any becomes `not_shown`.
    A note is kept where it says no more than quote and requirement do, or where it is `computed` by this program from
    the profile's fields ("7 years in all"); a language model's own words are not shown as findings.
    """
    given: dict[int, FoundMark] = {}
    for found in finding.marks:
        given.setdefault(found.requirement, found)
    marks: list[Mark] = []
    problems: list[str] = []
    for number, requirement in enumerate(requirements, 1):
        answer = given.get(number)
        if answer is None:
            problems.append(f"requirement {number} has no mark")
            marks.append(_withheld(requirement, "the model gave no mark"))
            continue
        mark, wrong = _held(answer, requirement, reading)
        if not computed and mark.note == answer.note:
            mark = mark.model_copy(update={"note": _supported(mark)})
        problems += [f"requirement {number}: {reason}" for reason in wrong]
        marks.append(mark)
    return Held(marks=tuple(marks), problems=tuple(problems))


def _held(answer: FoundMark, requirement: Qualification, reading: Reading) -> tuple[Mark, list[str]]:
    if answer.value is MarkValue.NOT_SHOWN:
        return Mark(qualification=requirement, value=answer.value, note=answer.note), []
    placed = [(quote.quote, place(quote.quote, quote.start, reading)) for quote in answer.quotes]
    wrong = [f"{quote[:80]!r} does not stand in profile.text" for quote, evidence in placed if evidence is None]
    shown = distinct(evidence for _, evidence in placed)
    if not shown:
        reason = "its quote is not in the profile" if placed else f"{answer.value} without a quote"
        return _withheld(requirement, reason), wrong or [f"{answer.value} needs a quote from profile.text"]
    return Mark(qualification=requirement, value=answer.value, evidence=shown, note=answer.note), wrong


def _withheld(requirement: Qualification, reason: str) -> Mark:
    return Mark(qualification=requirement, value=MarkValue.NOT_SHOWN, note=f"withheld: {reason}")


def _supported(mark: Mark) -> str:
    """The mark's note, if all its words but the smallest stand in the quotes or in the requirement; else nothing."""
    shown = (mark.qualification.value, *(evidence.quote for evidence in mark.evidence))
    known = {word.stem for text in shown for word in words(text)}
    said = {word.stem for word in words(mark.note) if mark.note[word.start : word.end].lower() not in STOPWORDS}
    return mark.note if said and said <= known else ""


def place(quote: str, start: int | None, reading: Reading) -> Evidence | None:
    """Where a quote stands: at `start`, else the nearest place to it, white space aside; `None` if nowhere.

    A long quote is cut at `QUOTE_LIMIT`. Text that speaks to the reader is no evidence.
    """
    found = _find(quote, start, reading.text)
    if found is None or any(reading.spoken(unit) for unit in reading.units_in(*found)):
        return None
    return cut(reading.text, found[0], min(found[1], found[0] + QUOTE_LIMIT))


def _find(quote: str, start: int | None, text: str) -> tuple[int, int] | None:
    if start is not None and start >= 0 and quote.strip() and text.startswith(quote, start):
        return start, start + len(quote)
    pieces = quote.split()
    pattern = re.compile(r"\s+".join(re.escape(piece) for piece in pieces))
    matches = pattern.finditer(text) if pieces else ()
    match = min(matches, key=lambda found: abs(found.start() - (start or 0)), default=None)
    return match.span() if match else None
