"""Human languages in text: "speaks Russians", "bilingual English/Spanish"; not "French fries" or "polish the floor"."""

from __future__ import annotations

import re
from functools import cache

from retrieval.lexicon.phrases import table
from retrieval.schema import Span

_NEAR = 60
# Words around a name in small letters that show a language is meant.
_SPOKEN = re.compile(
    r"(?:speak(?:s|ing|ers?)?|spoken|fluen(?:t|cy)|bilingual|multilingual|trilingual|native|languages?|conversational|proficien(?:t|cy)"
    r"|translat\w*|interpret\w*|write|written|read)\b",
    re.IGNORECASE,
)
# What follows a name when it is about food, dance, schools or regions.
_THING = re.compile(
    r"[\s-]+(?:food|foods|cuisines?|restaurants?|fries|toast|press|bread|pastry|dressing|doors?|oven|shepherd|america|american|"
    r"americans|dance|quarter|market|art|history|style|government|embassy|army|navy|open|wine|salad|sausage|church|orthodox|"
    r"revolution|riviera|polynesia|guinea|club|national|nationals|citizen|citizens|origin|descent|beef|chicken|leather|"
    r"ridge|springs?|honors?|setter|bulldog)\b",
    re.IGNORECASE,
)


def find_languages(text: str) -> list[tuple[Span, str]]:
    """Human languages named in `text`, in order, each with its canonical English name ("Russians" -> "Russian").

    Names count with a capital, and in small letters only near words of speaking; subjects such as "English teacher"
    count, cuisines do not.
    """
    compiled, canonical = _names()
    found: list[tuple[Span, str]] = []
    for match in compiled.finditer(text):
        words = match[0]
        if _THING.match(text, match.end()):
            continue
        if words[0].islower():
            near = text[max(0, match.start() - _NEAR) : match.end() + _NEAR]
            if not _SPOKEN.search(near):
                continue
        found.append((Span(start=match.start(), end=match.end()), canonical[" ".join(words.lower().split())]))
    return found


@cache
def _names() -> tuple[re.Pattern[str], dict[str, str]]:
    canonical: dict[str, str] = {}
    for row in table("languages"):
        for name in (row[0], *(row[1].split(", ") if len(row) > 1 else ())):
            canonical[name.lower()] = row[0]
    words = sorted(canonical, key=len, reverse=True)
    joined = "|".join(re.escape(word).replace(r"\ ", r"\s") for word in words)
    return re.compile(rf"(?<![\w-])(?:{joined})(?![\w])", re.IGNORECASE), canonical
