"""Licences and certificates in a resume."""

from __future__ import annotations

import re
from collections.abc import Iterator

from retrieval.ingest.layout import Line, Sheet, trim
from retrieval.ingest.wording import MASK
from retrieval.lexicon import find_degrees
from retrieval.schema import Certification, Span

_MOST = 40
_CERTIFIED = re.compile(
    r"\b(?:Board\s)?Certified\s(?:in\s)?(?:[A-Z][\w&/'-]{1,20}(?:\s(?:of|in|and|&)\s)?\s?){1,5}(?:\([A-Z]{2,6}\))?"
    r"|\b(?:[A-Z][\w&/'-]{1,18}\s){0,3}[A-Z][\w&/'-]{1,18}\s(?:Certification|Certificate|Licensure|License)\b"
    r"|\bLicensed\s(?:[A-Z][\w/'-]{2,20}\s?){1,4}"
    r"|\b(?:Lean\s)?Six\sSigma\s(?:Master\s)?(?:Green|Black|Yellow|White)\sBelt"
    r"|\b(?:CPA|PMP|CISSP|CFA|SPHR|SHRM-S?CP|CISA|CISM|CCNA|CCNP|MCSE|ACLS|BLS|PALS|ServSafe|TNCC)\b"
    r"(?=\s(?:certifi|licens|credential))"
)
_NO_NAME = re.compile(
    r"[\d\s/.,-]+|[A-Z]?[a-z]+ \d{4}|(?:In|The|And|Of|State of .*|Expires?.*|Certified|US|USA|United States|City)"
)


def find_certifications(sheet: Sheet) -> list[Certification]:
    """Lines and points under a heading of certificates, and "Certified ..." wherever it is said."""
    found: dict[str, Certification] = {}
    plain = sheet.plain
    for section in sheet.of("certifications"):
        for line in section.lines[:_MOST]:
            for start, end in _certificates(plain, line):
                _add_certificate(sheet, start, end, found)
    for section in sheet.sections:
        if section.kind not in ("certifications", "experience"):
            for match in _CERTIFIED.finditer(plain, section.start, section.end):
                _add_certificate(sheet, *trim(plain, match.start(), match.end()), found)
    return list(found.values())[:_MOST]


def _certificates(plain: str, line: Line) -> Iterator[tuple[int, int]]:
    mask = MASK.search(plain, line.start, line.end)
    if mask:
        # A course with its school: what stands before the first comma is the certificate.
        head = plain[line.start : mask.start()].partition(",")[0]
        if len(head) <= 100:
            yield trim(plain, line.start, line.start + len(head))
        return
    words = plain[line.start : line.end]
    parts = re.split(r"(?<=[,;•|])", words) if words.count(",") + words.count(";") + words.count("•") else [words]
    whole = all(len(part.split()) <= 8 for part in parts) and not words.endswith(".")
    if not whole:
        if len(words.split()) <= 12:
            yield trim(plain, line.start, line.end)
        return
    start = line.start
    for part in parts:
        yield trim(plain, start, start + len(part))
        start += len(part)


def _add_certificate(sheet: Sheet, start: int, end: int, found: dict[str, Certification]) -> None:
    name = " ".join(sheet.text[start:end].split())
    named = 2 <= len(name) <= 140 and not name.islower() and not MASK.search(name) and not _NO_NAME.fullmatch(name)
    if not named or find_degrees(name):
        return
    found.setdefault(name.lower(), Certification(name=name, span=Span(start=start, end=end)))
