"""Jobs in a resume: a range of dates, and around it a title, an employer and a place, in whatever order.

Resumes differ in layout more than in content, so nothing here knows a template: the words around each range of dates
are cut into pieces at separators, and each piece is judged by itself. A piece is a title only when it ends in a noun
that titles end in; what cannot be told stays `None`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from retrieval.ingest.dates import DateRange, find_ranges
from retrieval.ingest.layout import Line, Section, Sheet
from retrieval.ingest.naming import name_company, name_place, name_title
from retrieval.ingest.pieces import Piece, cut
from retrieval.ingest.wording import COMPANY_MASK, MASK, PROSE, SENTENCE, TITLE_LENGTH, is_title
from retrieval.schema import PartialDate, Position, Span

_NEVER = PartialDate(year=1900)
_HEADING = 160
_DETAILS_LINES = 400
_MOST = 100
_MID_SENTENCE = re.compile(r"\b(?:from|in|between|during|of|the|for|by|through|and|years?)$", re.IGNORECASE)
_ABBREVIATED = ("Inc.", "Co.", "Corp.", "Ltd.", "Sr.", "Jr.")


@dataclass(frozen=True, kw_only=True)
class _Anchor:
    """Where a job shows: the lines `first..last` of a section that hold its dates, or the mask of its employer."""

    first: int
    last: int
    when: DateRange | None = None


@dataclass(frozen=True, kw_only=True)
class _Draft:
    """A job and the first and last line of its heading."""

    position: Position
    top: int
    bottom: int


def find_positions(sheet: Sheet) -> list[Position]:
    """Jobs, most recent first; undated ones last, in the order of the text."""
    sections = list(sheet.of("experience"))
    if not sections:
        sections = list(sheet.of("head", "summary", "accomplishments", "other", "highlights"))
    found = [position for section in sections for position in _in_section(sheet, section)]
    for section in sheet.sections:
        # A job under a wrong heading still shows by the mask of its employer.
        if section not in sections and section.kind not in ("education", "volunteer", "languages", "head"):
            found += [p for p in _in_section(sheet, section) if p.title and _masked(sheet.plain, p)]
    found = _distinct(sorted(found, key=lambda position: position.span.start if position.span else 0))
    found.sort(key=lambda p: (p.current, (p.end or p.start or _NEVER).months, (p.start or _NEVER).months), reverse=True)
    return found


def _masked(plain: str, position: Position) -> bool:
    return bool(position.span and COMPANY_MASK.search(plain, position.span.start, position.span.end))


def _distinct(positions: list[Position]) -> list[Position]:
    """Each job once: some resumes give their history several times over."""
    kept: dict[tuple[object, ...], Position] = {}
    for position in positions:
        undated = position.span if position.start is None else None
        key = (position.title, position.company, position.start, position.end, undated)
        if key not in kept or (kept[key].details is None and position.details is not None):
            kept[key] = position
    return list(kept.values())


def _in_section(sheet: Sheet, section: Section) -> list[Position]:
    lines = section.lines
    anchors = _anchors(sheet.plain, section)
    drafts: list[_Draft] = []
    floor = 0
    for number, anchor in enumerate(anchors):
        ceiling = anchors[number + 1].first if number + 1 < len(anchors) else len(lines)
        drafts.append(_draft(sheet, lines, anchor, floor=floor, ceiling=ceiling))
        floor = drafts[-1].bottom + 1
    found: list[Position] = []
    for number, draft in enumerate(drafts):
        stop = drafts[number + 1].top if number + 1 < len(drafts) else len(lines)
        body = lines[draft.bottom + 1 : min(stop, draft.bottom + 1 + _DETAILS_LINES)]
        details = Span(start=body[0].start, end=body[-1].end) if body else None
        position = draft.position
        if position.title or position.company or position.start:
            found.append(position.model_copy(update={"details": details}))
    return found


def _anchors(plain: str, section: Section) -> list[_Anchor]:
    """Ranges of dates that open a job, then masks of employers far from any of them, in order."""
    lines, found, where = section.lines, list[_Anchor](), 0
    for date in find_ranges(plain, section.start, section.end):
        while where + 1 < len(lines) and lines[where + 1].start <= date.start:
            where += 1
        last = where
        while last + 1 < len(lines) and lines[last + 1].start < date.end:
            last += 1
        if (not found or found[-1].last < where) and _opens_job(plain, lines, where, last, date):
            found.append(_Anchor(first=where, last=last, when=date))
    taken = {number for a in found for number in range(a.first - 2, a.last + 3)}
    for number, line in enumerate(lines):
        short = line.end - line.start < _HEADING
        if short and number not in taken and COMPANY_MASK.search(plain, line.start, line.end):
            found.append(_Anchor(first=number, last=number))
            taken.update((number - 1, number, number + 1))
    return sorted(found, key=lambda anchor: anchor.first)[:_MOST]


def _opens_job(plain: str, lines: tuple[Line, ...], first: int, last: int, date: DateRange) -> bool:
    """Whether a range of dates stands in the heading of a job rather than inside its prose."""
    start, end = lines[first].start, min(lines[last].end, date.end + _HEADING)
    if date.start - start >= _HEADING or MASK.search(plain, start, end):
        return date.start - start < _HEADING
    before, after = plain[start : date.start].strip(" ,-|(:•"), plain[date.end : end].strip(" ,-|):.")
    if PROSE.match(before) or before[:1].islower() or _MID_SENTENCE.search(before):
        return False
    if lines[first].bullet and before and not is_title(before):
        return False
    near = lines[max(0, first - 1) : last + 2]
    if len(before) <= 100 and any(COMPANY_MASK.search(plain, line.start, line.end) for line in near):
        return True
    if not before:
        return not after or (len(after) < 140 and not PROSE.match(after) and not after[0].islower())
    heading = is_title(before) or (len(after) <= 60 and not after.endswith("."))
    return heading and not SENTENCE.search(before)


def _draft(sheet: Sheet, lines: tuple[Line, ...], anchor: _Anchor, *, floor: int, ceiling: int) -> _Draft:
    """The job around an anchor; lines before `floor` and from `ceiling` on belong to its neighbours."""
    plain, when = sheet.plain, anchor.when
    own, above, below = _around(plain, lines, anchor, floor=floor, ceiling=ceiling)
    title = name_title(own, above, below)
    top = anchor.first + min(0, title.line if title else 0)
    bottom = anchor.last + max(0, title.line if title else 0)
    while bottom + 1 < min(ceiling, anchor.last + 3) and _only_masks(plain, lines[bottom + 1]):
        bottom += 1
    reach = bottom - anchor.last
    near = [p for p in (*own, *above, *below) if top - anchor.first <= p.line <= reach or p.line == -1]
    place = name_place(near, title)
    around = lines[max(0, anchor.first - 1) : anchor.last + 2]
    masked = COMPANY_MASK.search(plain, around[0].start, around[-1].end)
    company = None if masked else name_company(near, title, place)
    if company is None and not masked:
        # "Engineer, 2015 to 2018" / "Acme Corp, San Jose, CA"
        next_line = [p for p in below if p.line == 1 == reach + 1]
        place = place or name_place(next_line, title)
        company = name_company([p for p in next_line if not is_title(p.words)], None, place)
        bottom += bool(next_line and (company or (place and place.line == 1)))
    named = [piece for piece in (title, place, company) if piece]
    top = min([top, *(anchor.first + piece.line for piece in named)])
    end = _heading_end(lines[bottom], [when.end if when else 0, *(piece.end for piece in named)])
    position = Position(
        title=_said(sheet.text, title),
        company=_said(sheet.text, company),
        location=_said(sheet.text, place),
        start=when.since if when else None,
        end=when.until if when else None,
        current=bool(when and when.current),
        span=Span(start=lines[top].start, end=end),
    )
    return _Draft(position=position, top=top, bottom=bottom)


def _around(
    plain: str, lines: tuple[Line, ...], anchor: _Anchor, *, floor: int, ceiling: int
) -> tuple[list[Piece], list[Piece], list[Piece]]:
    """Pieces on the lines of an anchor, on up to two lines above them, and on up to two below."""
    start, end = lines[anchor.first].start, lines[anchor.last].end
    split = (anchor.when.start, anchor.when.end) if anchor.when else (start, start)
    own = [*cut(plain, start, split[0], line=0, after=False), *cut(plain, split[1], end, line=0, after=True)]
    above: list[Piece] = []
    for step in (1, 2):
        number = anchor.first - step
        if number < floor or not _may_head(plain, lines[number], step):
            break
        above += cut(plain, lines[number].start, lines[number].end, line=-step, after=False)
    below: list[Piece] = []
    for step in (1, 2):
        number = anchor.last + step
        if number >= ceiling or not _may_follow(plain, lines[number]):
            break
        below += cut(plain, lines[number].start, lines[number].end, line=step, after=True)
    return own, above, below


def _may_head(plain: str, line: Line, step: int) -> bool:
    """Whether a line above the dates can belong to the heading."""
    words = plain[line.start : line.end]
    if len(words) > TITLE_LENGTH or (words.endswith((".", ",")) and not words.endswith(_ABBREVIATED)):
        return False
    if line.bullet and (step > 1 or not is_title(words.strip(" •*-"))):
        return False
    return not PROSE.match(words)


def _may_follow(plain: str, line: Line) -> bool:
    """Whether a line below the dates can belong to the heading."""
    if MASK.search(plain, line.start, line.end):
        return True
    words = plain[line.start : line.end]
    return len(words) <= TITLE_LENGTH and not line.bullet and not words.endswith(".") and not PROSE.match(words)


def _only_masks(plain: str, line: Line) -> bool:
    words = plain[line.start : line.end]
    return bool(MASK.search(words)) and len(MASK.sub("", words)) < 40


def _heading_end(line: Line, ends: list[int]) -> int:
    """Where the heading ends: a line that runs on into prose is cut after the last of what it names."""
    if line.end - line.start <= _HEADING:
        return line.end
    return max((end for end in ends if line.start < end <= line.end), default=line.start + _HEADING)


def _said(text: str, piece: Piece | None) -> str | None:
    return " ".join(text[piece.start : piece.end].split()) or None if piece else None
