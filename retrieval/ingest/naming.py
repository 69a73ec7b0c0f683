"""Which of the pieces around a date is the title, which the place, which the employer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from retrieval.ingest.pieces import Piece
from retrieval.ingest.wording import (
    COMPANY_MASK,
    PLACE,
    PROSE,
    SENTENCE,
    fits_title,
    is_company,
    is_name,
    is_named_company,
    is_title,
    leading_title,
)
from retrieval.lexicon import resolve

_CAPITALISED = re.compile(r"[A-Z][\w.'-]*")
_MASKED_STATE = re.compile(r"\bState\s?,\s{0,3}$")


def name_title(own: Sequence[Piece], above: Sequence[Piece], below: Sequence[Piece]) -> Piece | None:
    """The piece that names the job: on the line of the dates, else right above, below, or two lines above."""
    nearest, farther = [p for p in above if p.line == -1], [p for p in above if p.line == -2]
    for group in (own, nearest, below, farther):
        title = next((title for piece in group if (title := _title(piece))), None)
        if title is None and group is own:
            title = next((piece for piece in own if _only_title_left(piece)), None)
        if title:
            return title
    # Beside a masked employer nothing else than the title can stand alone: "Sales" / "July 2013 to ... Company Name".
    masked = [p for p in below if p.line == 1 and COMPANY_MASK.search(p.plain, p.end, p.end + 20)]
    alone = masked or nearest
    return alone[0] if not own and len(alone) == 1 and _could_be_title(alone[0], words=6) else None


def _title(piece: Piece) -> Piece | None:
    """The title in a piece: the piece, or its first words where prose or an employer follows."""
    words = piece.words
    if PROSE.match(words) or not (words[0].isupper() or words[0].isdigit()):
        return None
    if fits_title(words):
        part = _beside_comma(piece)
        if part or is_title(words):
            return part or piece
    length = leading_title(words) if piece.after else 0
    return piece.part(piece.start, piece.start + length) if length else None


def _only_title_left(piece: Piece) -> bool:
    """Whether a piece on the line of the dates can only be the title, because the employer is masked there too."""
    words = 6 if piece.after else 8
    if PROSE.match(piece.words) or not fits_title(piece.words) or not _could_be_title(piece, words=words):
        return False
    start = piece.plain.rfind("\n", 0, piece.start) + 1
    end = piece.plain.find("\n", piece.end)
    end = len(piece.plain) if end < 0 else end
    return bool(COMPANY_MASK.search(piece.plain, start, end if piece.after else max(end, piece.end + 160)))


def _could_be_title(piece: Piece, *, words: int) -> bool:
    said = piece.words
    if not said[0].isupper() or len(said.split()) > words or is_company(said):
        return False
    place = PLACE.search(said)
    return place is None or resolve(f"{place['city'].strip()}, {place['region']}") is None


def _beside_comma(piece: Piece) -> Piece | None:
    """The title in "Senior Engineer, Acme Corp" or "Acme Corp, Senior Engineer"; "Director, Finance" stays whole."""
    head, comma, tail = piece.words.partition(",")
    tail = tail.strip()
    if not comma or not tail:
        return None
    if is_title(head) and (is_named_company(tail) or PLACE.search(tail) or (not is_title(tail) and is_name(tail))):
        return piece.part(piece.start, piece.start + len(head))
    if is_title(tail) and not is_title(head) and is_company(head):
        return piece.part(piece.start + len(head), piece.end)
    return None


def name_place(pieces: Sequence[Piece], title: Piece | None) -> Piece | None:
    """The first piece that ends in a place the gazetteer knows, or follows a masked city and state."""
    for whole in pieces:
        piece = whole.without(title)
        if piece is None or piece.end - piece.start > 120:
            continue
        match = PLACE.search(piece.words)
        if match:
            place = _city(piece, match)
            if place:
                return place
        elif (
            piece.end - piece.start < 30
            and piece.words[0].isupper()
            and _MASKED_STATE.search(piece.plain, max(0, piece.start - 12), piece.start)
            and resolve(piece.words.title())
        ):
            return piece
    return None


def _city(piece: Piece, match: re.Match[str]) -> Piece | None:
    """The city is the longest run of capitals before the comma that the gazetteer places."""
    base, region = piece.start + match.start("city"), match["region"]
    starts = [token.start() for token in _CAPITALISED.finditer(match["city"])][:6]
    for offset in starts:
        place = resolve(f"{match['city'][offset:].strip()}, {region}")
        if place and place.latitude is not None:
            return piece.part(base + offset, piece.start + match.end())
    if len(starts) <= 3 and match.start("city") == 0 and resolve(f"{match['city'].strip()}, {region}"):
        return piece
    return None


def name_company(pieces: Sequence[Piece], title: Piece | None, place: Piece | None) -> Piece | None:
    """The employer: what ends like one, else a name that stands beside the title."""
    candidates = list(_named(pieces, title, place))
    for piece in candidates:
        if is_company(piece.words):
            return piece
    for piece in candidates if title else ():
        beside = title is not None and piece.line in (title.line, 0)
        if beside and not is_title(piece.words) and not resolve(piece.words):
            return piece
    return None


def _named(pieces: Sequence[Piece], title: Piece | None, place: Piece | None) -> Iterator[Piece]:
    for whole in pieces:
        rest = whole.without(title)
        piece = rest.without(place) if rest else None
        if piece is None or piece.line < -1:
            continue
        words = piece.words
        short = 2 <= len(words) <= 70 and len(words.split()) <= 8
        if short and words[0].isupper() and not SENTENCE.search(words.rstrip(".")) and not PROSE.match(words):
            yield piece
