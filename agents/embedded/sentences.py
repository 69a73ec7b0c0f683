"""A request cut into sentences: at full stops that end one, line breaks, bullets, semicolons, dashes and colons."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agents.embedded import cues
from agents.embedded.grammar import expression
from agents.embedded.ranges import ACRONYM, Fence, Range

_BREAK = expression("sentences.break", any_case=False)
_ABBREVIATION = expression("sentences.abbreviation")
_OPENS = expression("sentences.opens", any_case=False)


def sentences(text: str, fence: Fence) -> Iterator[Range]:
    """Ranges of sentences in order, none of them blank. A heading ends one, or stands at the head of its line."""
    start = 0
    for match in _BREAK.finditer(text):
        mark = match.group()
        if fence.holds(match.start()) and not mark.startswith("\n"):
            continue
        if mark == "." and not _ends(text, match):
            continue
        end = match.start()
        if mark.startswith(":") and cues.HEADER.match(text, start, match.end()):
            if text[match.end() :].split("\n", 1)[0].strip():
                # "Nice to have: X, Y" stays together; the heading is read with what it governs.
                continue
            end = match.end()
        elif mark[0] == "." and ACRONYM.search(text[max(0, end - 12) : end]):
            end += 1
        if text[start:end].strip():
            yield start, end
        start = match.end()
    if text[start:].strip():
        yield start, len(text)


def _ends(text: str, stop: re.Match[str]) -> bool:
    """Whether a full stop ends a sentence: not after "Sr.", and after "U.S." only where one begins."""
    before = text[max(0, stop.start() - 12) : stop.start()]
    if _ABBREVIATION.search(before):
        return not text[stop.end() :].strip()
    if ACRONYM.search(before):
        after = text[stop.end() : stop.end() + 40]
        return not after.strip() or bool(_OPENS.match(after) and after.lstrip()[:1].isupper())
    return True
