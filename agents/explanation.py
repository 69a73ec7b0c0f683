"""A verdict in one to three sentences, made of its marks and nothing else."""

from __future__ import annotations

import re
from collections.abc import Sequence

from agents.embedded.marks.words import INVISIBLE
from agents.verdict import Mark, MarkValue
from retrieval.schema import Importance, Kind

# Control and invisible characters stand in quotes as they came, but would garble a sentence.
_UNSEEN = re.compile(f"[\x00-\x08\x0e-\x1f\x7f-\x9f{INVISIBLE}]")
QUOTED = 90  # characters of a quote in a sentence; the marks have it whole
LISTED = 3
_COMPARED = (Kind.YEARS, Kind.SENIORITY, Kind.LOCATION)  # what their quotes add up to stands in the note


ADDRESSED = "The profile holds text addressed to its reader, or hidden; it was not counted."


def explain(marks: Sequence[Mark], *, addressed: bool = False) -> str:
    """What is shown (with words of the profile), what speaks against, what is partly there and what was not found.

    The same marks give the same sentences, whichever model made them. `addressed` says that there is text which
    speaks to the reader.
    """
    excluded = [mark for mark in marks if mark.qualification.importance is Importance.EXCLUDE]
    wanted = [mark for mark in marks if mark.qualification.importance is not Importance.EXCLUDE]
    sentences = [
        _sentence("Excluded, but found: ", excluded, MarkValue.MET, quoted=True),
        _sentence("Shows: ", wanted, MarkValue.MET, quoted=True),
        _sentence("Against: ", wanted, MarkValue.NOT_MET, quoted=True),
        _rest(wanted),
    ]
    said = " ".join(sentence for sentence in sentences if sentence) or "The role asks for nothing to check."
    return f"{said} {ADDRESSED}" if addressed else said


def _rest(wanted: Sequence[Mark]) -> str:
    partly, absent = _named(wanted, MarkValue.PARTLY), _named(wanted, MarkValue.NOT_SHOWN)
    if partly and absent:
        return f"Partly: {partly}. Not shown: {absent}."
    return f"Partly: {partly}." if partly else (f"Not shown: {absent}." if absent else "")


def _sentence(opening: str, marks: Sequence[Mark], value: MarkValue, *, quoted: bool) -> str:
    named = _named(marks, value, quoted=quoted)
    return f"{opening}{named}." if named else ""


def _named(marks: Sequence[Mark], value: MarkValue, *, quoted: bool = False) -> str:
    chosen = [mark for mark in marks if mark.value is value]
    chosen.sort(key=lambda mark: mark.qualification.importance is Importance.NICE)
    parts = [f"{short(mark.qualification.value, 60)}{_quote(mark) if quoted else ''}" for mark in chosen[:LISTED]]
    more = len(chosen) - len(parts)
    return "; ".join(parts) + (f" and {more} more" if more else "")


def _quote(mark: Mark) -> str:
    if mark.qualification.kind in _COMPARED and mark.note:
        return f" ({mark.note})"
    return f' ("{short(mark.evidence[0].quote, QUOTED)}")' if mark.evidence else ""


def short(text: str, limit: int) -> str:
    """The text on one line, cut at a word with an ellipsis where it is longer than `limit`."""
    flat = " ".join(_UNSEEN.sub("", text).split())
    if len(flat) <= limit:
        return flat
    return (
        flat[: flat.rfind(" ", limit // 2, limit) if " " in flat[limit // 2 : limit] else limit].rstrip(" ,;") + " ..."
    )
