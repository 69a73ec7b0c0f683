"""Fields of study and schools in the words around a degree."""

from __future__ import annotations

import re

from retrieval.ingest.dates import DATE
from retrieval.ingest.layout import trim
from retrieval.ingest.wording import MASK
from retrieval.lexicon import skill_names

_KINDS = (
    "University|College|Institute|Polytechnic|Academy|School|Universidad|Universit[éy]|Universiti|Conservatory|Seminary"
    "|UNIVERSITY|COLLEGE|INSTITUTE|ACADEMY|SCHOOL"
)
_MONTH = r"Jan|Feb|Mar(?:ch)?\b|Apr|May\b|June?\b|July?\b|Aug|Sept?|Oct|Nov|Dec"
_SCHOOL = re.compile(
    r"(?:[A-Z][\w.&'-]*(?:\s(?:of|the|at|and|for|in|de|&|-)\b)*,?\s){0,7}?"
    rf"(?:{_KINDS})\b"
    r"(?:\s(?:of|at|for|the|-|in|and|&)\s?(?:the\s)?(?!City\b)[A-Z][\w.'-]*"
    rf"(?:\s(?:of\s|and\s|at\s)?(?!City\b|GPA\b|{_MONTH}|Bachelor|Master|Associate|Diploma|Major|Minor)[A-Z][\w.'-]*){{0,4}})*",
)
_NOT_SCHOOL = re.compile(
    r"^(?:High School(?: Diploma)?|School|College|University|Graduate School|Some College|The University)$",
    re.IGNORECASE,
)
_FIELD = re.compile(
    r"\s{0,2}(?:[:,(-]\s{0,2}(?:major(?:ed)?\s{0,2}(?:in|:)?\s{0,2})?|\b(?:degree\s)?(?:in|of)\s{1,2}"
    r"|(?:\s?[Dd]egree|\s?DEGREE)\s{0,2}[:,-]\s{0,2}|major(?:ed)?\s{0,2}(?:in|:)\s{0,2}|\s(?=[A-Z]))"
    r"(?P<field>[A-Za-z][A-Za-z&/' -]{2,70}?)\s{0,3}"
    r"(?=[,;:.()|\d\n]|\s-\s|$|\sCity\s,|\b(?:Minor|Major|GPA|Emphasis|Concentration|Company Name)\b"
    rf"|\b(?:{_MONTH})[a-z]{{0,6}}\s?,?\s?\d|\b(?:University|College|Institute|School|Academy)\b)"
)
_NOT_FIELD = re.compile(
    r"^(?:degree|diploma|science|arts|expected|graduated|present|current|the|honou?rs?|cum laude|from|at|major|minor"
    r"|completed|anticipated|candidate|years?|class|program|general)\b",
    re.IGNORECASE,
)
_PLACE_OF_STUDY = re.compile(
    r"\b(?:University|College|Institute|School|Academy|State|UNIVERSITY|COLLEGE|INSTITUTE|SCHOOL|ACADEMY)\b"
)
_SCHOOL_FOLLOWS = re.compile(r"\s{0,3}(?:University|College|Institute|School|Academy)\b(?!\sof\b)")
_FACULTIES = (
    "Business Administration|Public Administration|Engineering|Education|Fine Arts|Laws?|Social Work|Public Health"
    "|Nursing|Music|Architecture|Divinity"
)
_SPECIAL = re.compile(
    r"[A-Za-z']+\s(?:of|in)\s{1,2}(?:Applied\s{1,2}|Fine\s{1,2})?"
    rf"(?:Sciences?|Arts?|Technology|Commerce|Philosophy|{_FACULTIES})\b",
    re.IGNORECASE,
)
_NAMED = re.compile(rf"\sof\s({_FACULTIES})$", re.IGNORECASE)
_SHORT = re.compile(r"\s?\([A-Z][A-Za-z.]{1,6}\)")
_UNIVERSITY_OF = re.compile(
    r"(?:(?:The|State|National|Technical|Catholic|American|Federal|Open|Medical|Metropolitan|City|International"
    r"|Christian)\s)?"
    r"(?:University|College|UNIVERSITY|COLLEGE)\s(?:of|OF|for)\s"
)
_WORD = re.compile(r"[^\W\d_][\w&'-]*,?")


def degree_end(plain: str, start: int, end: int) -> int:
    """Where a degree's own name ends: "Master of Business" goes on to "Administration"."""
    special = _SPECIAL.match(plain, start)
    return max(end, special.end()) if special else end


def find_field(plain: str, start: int, end: int, stop: int) -> tuple[int, int] | None:
    """The field of the degree `plain[start:end]`: behind it, before `stop`, or in its own name ("MBA" has none)."""
    short = _SHORT.match(plain, end)
    after = short.end() if short else end
    named = _NAMED.search(plain[start:end])
    return (
        _repeated(plain, after, stop)
        or _field(plain, after, stop)
        or ((start + named.start(1), end) if named else None)
    )


def _field(plain: str, end: int, stop: int) -> tuple[int, int] | None:
    match = _FIELD.match(plain, end, stop)
    if not match:
        return None
    first, last = trim(plain, *match.span("field"))
    words = plain[first:last]
    if len(words) < 3 or len(words.split()) > 8 or not words[0].isalpha():
        return None
    if _NOT_FIELD.match(words) or MASK.search(words) or _PLACE_OF_STUDY.search(words) or DATE.match(plain, first):
        return None
    # "Bachelor of Science Penn State College": the words belong to the school unless a comma or date parts them.
    return None if _SCHOOL_FOLLOWS.match(plain, last, stop) else (first, last)


def _repeated(plain: str, end: int, stop: int) -> tuple[int, int] | None:
    """A field given before the school and again behind it: "BS : Accounting Hunter College City , State Accounting"."""
    first, last = trim(plain, end, min(stop, end + 200))
    words = list(_WORD.finditer(plain[first:last]))[:7]
    if not words or words[0].start() > 0 or not words[0][0][0].isupper():
        return None
    for word in reversed(words):
        run = plain[first : first + word.end()].rstrip(",")
        if len(run) < 5 or "\n" in run or _PLACE_OF_STUDY.search(run):
            continue
        again = plain.find(f" {run}", first + len(run), stop)
        if again >= 0 and not plain[again + 1 + len(run) : again + 2 + len(run)].isalnum():
            return first, first + len(run)
    return None


def field_before(plain: str, end: int, school: tuple[int, int]) -> tuple[int, int] | None:
    """The words between a degree and its school, where they are short and nothing parts them: "MBA : Finance KIMS"."""
    first, last = trim(plain, end, school[0])
    words = plain[first:last]
    plausible = 4 <= len(words) <= 60 and words[0].isupper() and not re.search(r"[\d\n,;:()]", words)
    return (first, last) if plausible and not _NOT_FIELD.match(words) and not MASK.search(words) else None


def find_school(plain: str, start: int, stop: int) -> tuple[int, int] | None:
    """The first school named in `plain[start:stop]`, of its first 400 characters."""
    for match in _SCHOOL.finditer(plain, start, min(stop, start + 400)):
        first, last = trim(plain, *match.span())
        first += _before_name(plain[first:last])
        words = plain[first:last]
        if not _NOT_SCHOOL.match(words) and not MASK.search(words) and "\n" not in words and 5 < len(words) < 90:
            return first, last
    return None


def _before_name(words: str) -> int:
    """How many characters are the field of study before a school: 8 in "Spanish University of Texas"."""
    match = _UNIVERSITY_OF.search(words)
    if match:
        return match.start()
    # "Human Resource Management KIMS University": two words or more that are known, and at least one left for the name.
    tokens = list(_WORD.finditer(words))
    for count in range(min(5, len(tokens) - 2), 1, -1):
        if words[: tokens[count - 1].end()].lower() in skill_names():
            return tokens[count].start()
    return 0
