"""What a model makes of a request for several roles: its parts, in the request's own words, and what they share."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict, Field

from agents.embedded.requirements import says_something
from retrieval.schema import Span

MOST_HEADCOUNT = 1000
_WORD = re.compile(r"[^\W_][\w+#.'&/-]*")
_HOLDING = re.compile(r"[\d.]+|(?:i|we|they|it|that|there)'\w+", re.IGNORECASE)
_SPELLED = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
# Words that hold parts together; they may stand outside of all parts.
_HOLDS = frozenset(
    [
        "both",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "everyone",
        "everybody",
        "them",
        "roles",
        "openings",
        "vacancies",
        "positions",
        "hires",
        "following",
        "separately",
        "another",
        "hiring",
        "recruiting",
        "staffing",
        "well",
        "along",
        "together",
        "addition",
        "looking",
        "team",
        "together",
        "first",
        "second",
        "third",
        "lastly",
        "finally",
    ]
)


class Copied(BaseModel):
    """Words of the request, character for character."""

    model_config = ConfigDict(frozen=True)

    words: str = Field(min_length=1, description="the words of the request, copied exactly")
    start: int | None = Field(default=None, ge=0, description="where `words` start in the request, if known")

    def span(self, text: str, taken: Sequence[Span] = ()) -> Span | None:
        """Where the words stand, if possible outside of what is `taken`; None where they do not."""
        if self.start is not None and text[self.start : self.start + len(self.words)] == self.words:
            return Span(start=self.start, end=self.start + len(self.words))
        first = at = text.find(self.words)
        while at >= 0 and any(at < other.end and other.start < at + len(self.words) for other in taken):
            at = text.find(self.words, at + 1)
        at = first if at < 0 else at
        return Span(start=at, end=at + len(self.words)) if at >= 0 else None


class PartWish(Copied):
    """One role that is asked for, with the conditions that are its own; without "a" or its number."""

    headcount: int | None = Field(default=None, ge=1, le=MOST_HEADCOUNT, description="how many people, where said")
    noun: str | None = Field(
        default=None,
        description="words of another role that complete this one: 'engineer' of 'a frontend and a backend engineer'",
    )
    more: tuple[Copied, ...] = Field(default=(), description="conditions of this role that stand elsewhere")


class Decomposition(BaseModel):
    """A request taken apart. One part, or none, means one role: alternatives ("a nurse or a medic") are one role."""

    model_config = ConfigDict(frozen=True)

    parts: tuple[PartWish, ...] = ()
    shared: tuple[Copied, ...] = Field(
        default=(), description="conditions of every role ('in Texas' of 'all in Texas')"
    )

    @property
    def several(self) -> bool:
        """Whether more than one role is asked for."""
        return len(self.parts) > 1


def problems(decomposition: Decomposition, text: str) -> list[str]:
    """What is wrong with a decomposition of several roles, a sentence each.

    Words that do not stand in the request, parts that overlap, numbers that are not said, and words of the request
    that no part has.
    """
    if not decomposition.several:
        return []
    found: list[str] = []
    spans: list[Span] = []
    copied = [*decomposition.parts, *(one for part in decomposition.parts for one in part.more), *decomposition.shared]
    for one in copied:
        span = one.span(text, spans)
        if span is None:
            found.append(f"{one.words!r} does not stand in the request.")
        elif any(span.start < other.end and other.start < span.end for other in spans):
            found.append(f"{one.words!r} overlaps another part.")
        else:
            spans.append(span)
    for part in decomposition.parts:
        if part.noun and part.noun not in text:
            found.append(f"{part.noun!r} does not stand in the request.")
        if part.headcount is not None and not _says_number(text, part.headcount):
            found.append(f"the number {part.headcount} does not stand in the request.")
        if not says_something(part.words):
            found.append(f"{part.words!r} names no role.")
    return found or [f"{words!r} is in no part." for words in _uncovered(text, spans)]


def _says_number(text: str, number: int) -> bool:
    words = {word.lower() for word in re.findall(r"\d+|[a-z]+", text, re.IGNORECASE)}
    return number == 1 or str(number) in words or (number <= len(_SPELLED) and _SPELLED[number - 1] in words)


def _uncovered(text: str, spans: list[Span]) -> list[str]:
    """Words from the first part on that nothing covers; those that only name a part again may stand outside."""
    covered = bytearray(len(text))
    for span in spans:
        covered[span.start : span.end] = b"\x01" * (span.end - span.start)
    named = {word.lower() for span in spans for word in _WORD.findall(span.of(text))} | _HOLDS
    runs: list[list[str]] = [[]]
    for match in _WORD.finditer(text, spans[0].start):
        word = match.group()
        if any(covered[match.start() : match.end()]):
            runs.append([])
        elif says_something(word) and word.lower() not in named and not _HOLDING.fullmatch(word):
            runs[-1].append(word)
    return [" ".join(run) for run in runs if run]
