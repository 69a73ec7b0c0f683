"""Degrees in text: levels, and the words that only look like them ("MS Office", "sales associate", "scrum master")."""

from __future__ import annotations

import re
from functools import lru_cache

from retrieval.schema import EducationLevel, Span

_LETTERS = {
    EducationLevel.DOCTORATE: "Ph.D D.Phil Ed.D D.B.A J.D M.D Pharm.D Psy.D D.D.S D.M.D D.V.M D.P.T D.N.P Sc.D",
    EducationLevel.MASTER: "M.B.A M.S M.A M.Sc M.Ed M.Eng M.F.A M.P.H M.S.W M.P.A M.S.N M.Div M.Tech M.Com L.L.M LL.M M.C.A M.P.P M.H.A M.M M.Arch E.M.B.A M.Phil",  # noqa: E501
    EducationLevel.BACHELOR: "B.S B.A B.Sc B.B.A B.F.A B.Eng B.E B.Tech B.S.N B.Com B.Arch B.S.E.E B.S.B.A B.S.W B.C.A B.Ed LL.B L.L.B A.B B.S.E B.Pharm B.Mus B.M B.A.Sc",  # noqa: E501
    EducationLevel.ASSOCIATE: "A.A A.S A.A.S A.D.N A.S.N",
}
_WORDS = {
    EducationLevel.DOCTORATE: r"doctorates?|doctoral(?:\s+(?:degree|program|candidate))?|doctor\s+of\s+\w+|juris\s+doctor(?:ate)?|post-?doc(?:toral)?",  # noqa: E501
    EducationLevel.MASTER: r"master[’'`]?s?['’]?(?:\s+of\s+\w+|\s+degrees?|(?=\s+(?:in|program)\b))|master['’]s|masters\b(?=\s*[:,;.\n-]|\s*$)|(?:post-?)?graduate\s+degrees?|advanced\s+degrees?|magister|executive\s+mba",  # noqa: E501
    EducationLevel.BACHELOR: r"bachelor[’'`]?s?['’]?(?:\s+of\s+\w+|\s+degrees?|(?=\s+(?:in|program)\b))|bachelor['’]s|bachelors?\b(?=\s*[:,;.\n(-]|\s*$)|baccalaureate|undergraduate\s+degrees?|(?:university|college)\s+degrees?|(?:four|4)[\s-]+years?\s+degrees?",  # noqa: E501
    EducationLevel.ASSOCIATE: r"associate[’'`]?s?['’]?\s+(?:of|in)\s+(?:applied\s+)?(?:arts?|sciences?|business|nursing|technology|engineering|specialized|occupational|applied)\b|associate[’'`]?s?['’]?\s+(?:degrees?|diploma)|associate['’]s(?!\s+(?:degree|of|in))|associates?\s*:(?=\s*\w)|(?:two|2)[\s-]+years?\s+degrees?",  # noqa: E501
    EducationLevel.SECONDARY: r"(?:high|secondary)\s+school\s+(?:diplomas?|graduates?|degrees?|equivalent|equivalency|education|certificate)|hs\s+diplomas?|ged\b|g\.e\.d\.?|general\s+education(?:al)?\s+(?:development|diploma)|diploma\s*[:,-]?\s*high\s+school|higher\s+secondary|a[\s-]levels?|gcse|international\s+baccalaureate|matriculation",  # noqa: E501
}
# Bare letters that are more often something else: states, products, "as", business analyst.
_RISKY = {"MS", "MA", "MD", "BA", "AS", "AA", "BE", "AB", "MM", "BM", "BS"}
_AFTER_RISKY = re.compile(
    r"\s*(?:in\s+[A-Z]|of\s+[A-Z]|degrees?\b|,\s*(?:[A-Z][a-z]+\s*){1,4},?\s*\(?(?:19|20)\d\d|:\s*[A-Z]|\((?:19|20)\d\d|/\s?[A-Z])"
)
_NOT_A_DEGREE = re.compile(
    r"\s*(?:office|word|excel|access|outlook|project|powerpoint|power|sql|windows|visio|dynamics|dos|teams|[/]400|400|exchange)\b",
    re.IGNORECASE,
)


def _letters(names: str) -> str:
    # "M.B.A" reads "MBA", "M.B.A." and "M.B.A"; letters count only in this case, so that "as" and "me" do not.
    forms = {re.escape(name).replace(r"\.", r"\.?\s?") if "." in name else name for name in names.split()}
    return "(?:" + "|".join(sorted(forms, key=len, reverse=True)) + r")\.?"


_WORD = re.compile(
    r"(?<![\w-])(?:" + "|".join(f"(?P<L{level.value}>{words})" for level, words in _WORDS.items()) + r")(?!\w)",
    re.IGNORECASE,
)
_LETTER = re.compile(
    r"(?<![\w.&/-])(?:"
    + "|".join(f"(?P<L{level.value}>{_letters(names)})" for level, names in _LETTERS.items())
    + r")(?:s\b)?(?![\w&])"
)
_LENIENT = re.compile(
    r"(?:(?P<L4>(?i:phd|doctor(?:ate|al)?|jd)|MD)|(?P<L3>(?i:master'?s?|mba|msc|graduate\s+school)|M[SA])"
    r"|(?P<L2>(?i:bachelor'?s?|bsc|bba|undergraduate)|B[SAE])|(?P<L1>(?i:associate'?s?|aas)|A[AS])"
    r"|(?P<L0>(?i:high\s+school|secondary(?:\s+school)?)|HS))(?=\s*$|\s*[,:;(/-]|\s+(?:in|of|degree|\d{4})\b|\s+[A-Z][a-z])",
)


def find_degrees(text: str) -> list[tuple[Span, EducationLevel]]:
    """Degrees named in free text, in order, without overlaps."""
    found = [(Span(start=match.start(), end=match.end()), _level(match)) for match in _WORD.finditer(text)]
    for match in _LETTER.finditer(text):
        if _is_degree(text, match):
            end = match.start() + len(match[0].rstrip())
            found.append((Span(start=match.start(), end=end), _level(match)))
    found.sort(key=lambda item: (item[0].start, -item[0].end))
    kept: list[tuple[Span, EducationLevel]] = []
    for span, level in found:
        if not kept or span.start >= kept[-1][0].end:
            kept.append((span, level))
    return kept


@lru_cache(maxsize=16384)
def degree_level(text: str) -> EducationLevel | None:
    """The highest degree in `text`, which is said to be one ("BS", "Masters, Finance"), so this is lenient."""
    text = text[:300]
    levels = [level for _, level in find_degrees(text)]
    if not levels:
        bare = _LENIENT.match(text.strip())
        levels = [_level(bare)] if bare and not _NOT_A_DEGREE.match(text.strip(), bare.end()) else []
    return max(levels, default=None)


def _level(match: re.Match[str]) -> EducationLevel:
    return EducationLevel(int((match.lastgroup or "L0")[1:]))


def _is_degree(text: str, match: re.Match[str]) -> bool:
    letters = match[0].strip().rstrip("s")
    if _NOT_A_DEGREE.match(text, match.end()):
        return False
    if letters.replace(" ", "") not in _RISKY:
        # "M S" with a gap but no full stop is two words.
        return not (" " in letters and "." not in letters)
    before = text[max(0, match.start() - 3) : match.start()]
    if before.endswith(", "):
        return False
    return bool(_AFTER_RISKY.match(text, match.end())) or (
        bool(re.search(r"(?:/|\bor|\ba)\s?$", before)) and "\n" not in before
    )
