"""A resume as lines and sections, over a copy of its text in which odd signs became plain ones of the same length.

Because the copy is as long as the text, a place found in one is the same place in the other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

from retrieval.schema import Span

Kind = Literal[
    "head", "summary", "experience", "volunteer", "education", "skills", "highlights", "languages", "certifications",
    "accomplishments", "other",
]  # fmt: skip

# What careless conversions leave of dashes, bullets and invisible signs.
_DAMAGED = {
    "ï¼\u200b": " - ", "â€“": " - ", "â€”": " - ", "âˆ’": " - ", "â€¢": " • ", "â—\u200b": " • ", "âž¢": " • ",
    "â—¦": " • ", "ï‚§": " • ", "â—†": " • ", "â€‹": "   ", "â€™": "  '", "â€˜": "'  ", "ï¿½": "   ",
}  # fmt: skip
_SIGNS = str.maketrans(
    {
        **dict.fromkeys("–—−‐‑‒―", "-"), **dict.fromkeys("•▪■◦●○◆►▸➢✓✔∙·‣", "•"), **dict.fromkeys("’‘`´", "'"),
        **dict.fromkeys("“”", '"'), **dict.fromkeys("\u00a0\u200b\ufeff\u2028\u2029\u200e\u200f", " "),
        **dict.fromkeys("\r\x0b\x0c\x85\uf0b7\uf0a7\x00", " "),
        "：": ":", "，": ",", "／": "/", "｜": "|",
    }
)  # fmt: skip
_DAMAGE = re.compile("|".join(map(re.escape, sorted(_DAMAGED, key=len, reverse=True))))
_HEADING_LENGTH = 48
# Sections whose heading often stands on one line with its content: "Skills: Python, SQL".
_INLINE = frozenset({"skills", "languages", "certifications", "highlights", "education", "summary"})


@dataclass(frozen=True, slots=True)
class Line:
    """`plain[start:end]`, without the blanks around it; `bullet` where it is a point of a list."""

    start: int
    end: int
    bullet: bool


@dataclass(frozen=True, slots=True)
class Section:
    """A run of lines under one heading; `head` is what stands before the first heading."""

    kind: Kind
    lines: tuple[Line, ...]

    @property
    def start(self) -> int:
        """Where the first line starts."""
        return self.lines[0].start

    @property
    def end(self) -> int:
        """Where the last line ends."""
        return self.lines[-1].end


@dataclass(frozen=True)
class Sheet:
    """The text as it came, its plain copy of the same length, and its sections (empty ones are left out)."""

    text: str
    plain: str
    sections: tuple[Section, ...]

    def of(self, kind: Kind, *more: Kind) -> Iterator[Section]:
        """Sections of the given kinds, in order."""
        return (section for section in self.sections if section.kind == kind or section.kind in more)

    def span(self, start: int, end: int) -> Span:
        """The span of `plain[start:end]` without the blanks and separators around it."""
        start, end = trim(self.plain, start, end)
        return Span(start=start, end=end)


def read_sheet(text: str) -> Sheet:
    """Split a resume into lines and sections."""
    plain = text
    if not text.isascii():
        plain = _DAMAGE.sub(lambda match: _DAMAGED[match[0]], text).translate(_SIGNS)
    elif "\r" in text or "\x00" in text:
        plain = text.translate(_SIGNS)
    sections: list[Section] = []
    kind: Kind = "head"
    lines: list[Line] = []
    for line in _lines(plain):
        words = plain[line.start : line.end]
        heading = _heading(words) if len(words) <= _HEADING_LENGTH or ":" in words[:_HEADING_LENGTH] else None
        if heading is None:
            lines.append(line)
            continue
        if lines:
            sections.append(Section(kind=kind, lines=tuple(lines)))
        kind, skipped = heading
        start = line.start + skipped
        lines = [Line(start=start, end=line.end, bullet=False)] if skipped < len(words) else []
    if lines:
        sections.append(Section(kind=kind, lines=tuple(lines)))
    return Sheet(text=text, plain=plain, sections=tuple(sections))


def trim(plain: str, start: int, end: int, signs: str = " \t\n-|,;:/•*()[]") -> tuple[int, int]:
    """`start, end` without the blanks and separators at both ends."""
    while start < end and plain[start] in signs:
        start += 1
    while end > start and plain[end - 1] in signs:
        end -= 1
    # A parenthesis that was opened inside is closed inside.
    if ")" in signs and plain[end : end + 1] == ")" and plain.count("(", start, end) > plain.count(")", start, end):
        end += 1
    if (
        "(" in signs
        and start
        and plain[start - 1] == "("
        and plain.count(")", start, end) > plain.count("(", start, end)
    ):
        start -= 1
    return start, end


def _lines(plain: str) -> Iterator[Line]:
    start = 0
    while start <= len(plain):
        end = plain.find("\n", start)
        end = len(plain) if end < 0 else end
        first, last = start, end
        while first < last and plain[first] in " \t":
            first += 1
        while last > first and plain[last - 1] in " \t":
            last -= 1
        if last > first:
            # An indent of one or more blanks, or a sign, is what is left of a bullet.
            bullet = (
                plain[first] in "•*" or (plain[first] == "-" and plain[first + 1 : first + 2] == " ") or first > start
            )
            yield Line(start=first, end=last, bullet=bullet)
        start = end + 1


@cache
def _headings() -> dict[str, Kind]:
    names: dict[str, Kind] = {}
    text = (files("retrieval.ingest") / "data" / "sections.tsv").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            kind, _, listed = line.partition("\t")
            for name in listed.split(", "):
                names[name] = kind  # type: ignore[assignment]
    return names


def _heading(words: str) -> tuple[Kind, int] | None:
    """The kind of section that a line opens, and how much of the line is its heading."""
    bare = words.strip(" :•*-_=#|.\t").lower()
    kind = _headings().get(bare.replace(" & ", " and ")) or _headings().get(bare)
    if kind:
        return kind, len(words)
    name, colon, rest = words.partition(":")
    if colon and rest.strip():
        kind = _headings().get(name.strip(" •*-_#").lower())
        if kind in _INLINE:
            return kind, len(words) - len(rest.lstrip())
    return None
