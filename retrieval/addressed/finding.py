"""Where a text speaks to whoever reads it instead of telling of a person."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from threading import Lock

from retrieval.addressed.disguise import disguised
from retrieval.addressed.letters import Letters, letters
from retrieval.addressed.signs import Sign, signs
from retrieval.addressed.tongues import foreign
from retrieval.addressed.wordings import margin
from retrieval.schema import Span

Range = tuple[int, int]

ENOUGH = 1.0
LONGEST = 1000  # characters of a line that are searched at a time; of a longer one, pieces that overlap by half
ENCLOSED = 200_000  # characters that a pair may enclose
FOLLOWING = 30  # lines after a heading such as "SYSTEM:" that belong to it, up to an empty one
HEADING = 5  # words of a line, up to which it may be one
NEAR = 4  # lines from one with a cue to the next that are searched in one piece, where those between are fragments
BROKEN = 24  # characters of a line, up to which it may be a fragment of a sentence that was broken up
BETWEEN = 12  # lines between two addressed ones of a paragraph, up to which they belong to them
SURE = 0.3  # margin of a line with a colon, from which it opens a paragraph; of short lines read as one
PIECES, SENTENCE = 7, 240  # lines and characters that a sentence over many lines may have
LISTED = 0.5  # margin from which a mere list of short names ("Skills: menu planning, food safety") is more than that
BESIDE = -0.3  # margin of a line beside an addressed one, from which it belongs to it

REMEMBERED = 4096  # texts, as many as a snapshot keeps profiles of
_KNOWN: dict[str, tuple[Span, ...]] = {}
_TURN = Lock()

_WORD = re.compile(r"[a-z0-9_-]+")
_MARKS = re.compile(
    r"[<>{}\[\]\\`~|#=%$\"\u2581]|''|--|: ?(?:none|hidden|white|transparent|0)|aria|(?:human|user|system):"
)
_NEWLINE = re.compile("\n")
_NAME = r"[^\s,;:|.!?]+(?: [^\s,;:|.!?]+){0,2}"
_LIST = re.compile(rf"\s*(?:{_NAME}: )?{_NAME}(?: ?[,;|] ?{_NAME})+\s*")


def addressed(text: str) -> tuple[Span, ...]:
    """Ranges of whole lines, in order and apart, that speak to the reader or are hidden from people.

    Honest text is taken for such on fewer than one line in a thousand. Time is linear in the text, some 10 ms a page;
    texts that were gone through lately, or that an index knows, cost nothing.
    """
    found = _KNOWN.get(text)
    if found is None:
        found = _addressed(text)
        know(text, found)
    return found


def know(text: str, spans: tuple[Span, ...]) -> None:
    """What `addressed` answered for a text when it was indexed, so that serving need not go through it again."""
    with _TURN:
        _KNOWN[text] = spans
        if len(_KNOWN) > REMEMBERED:
            del _KNOWN[next(iter(_KNOWN))]


def signed(text: str) -> bool:
    """Whether signs alone, without the model of wordings, tell that something is addressed."""
    said = letters(text)
    lines = _Lines(said.text)
    taken = bytearray(len(lines.starts))
    _weigh(said, lines, taken, spread=False)
    return any(taken) or any(_enclosed(said.text)) or any(disguised(text))


def heard(text: str) -> str:
    """The text with what is addressed blanked: as long, with the same line breaks; `text` itself if nothing is."""
    return _heard(text)


@lru_cache(maxsize=64)
def _heard(text: str) -> str:
    found = addressed(text)
    return blanked(text, found) if found else text


def addressed_alone(text: str) -> tuple[Span, ...]:
    """The same without what is taken for addressed only because of the lines around it."""
    return _addressed(text, spread=False)


def blanked(text: str, spans: tuple[Span, ...]) -> str:
    """The text with spaces for all but the line breaks of some ranges, which are in order and apart."""
    kept: list[str] = []
    end = 0
    for span in spans:
        kept += (text[end : span.start], re.sub(r"[^\n\r]", " ", span.of(text)))
        end = span.end
    return "".join((*kept, text[end:]))


def _addressed(text: str, *, spread: bool = True) -> tuple[Span, ...]:
    said = letters(text)
    lines = _Lines(said.text)
    taken = bytearray(len(lines.starts))
    for start, end in _enclosed(said.text):
        lines.take(taken, start, end)
    _weigh(said, lines, taken, spread=spread)
    _sounds(lines, taken)
    if spread:
        _spread(lines, taken)
    ranges = [(said.place(lines.starts[i]), _after(said, lines.ends[i], len(text))) for i, on in enumerate(taken) if on]
    ranges += (_whole_lines(text, start, end) for start, end in disguised(text))
    return tuple(Span(start=start, end=end) for start, end in _merged(ranges) if start < end)


class _Lines:
    """Lines of plain letters: `starts[i]` to `ends[i]`, the break left out."""

    def __init__(self, said: str) -> None:
        self.said = said
        breaks = [found.start() for found in _NEWLINE.finditer(said)]
        self.starts = [0, *(place + 1 for place in breaks)]
        self.ends = [*breaks, len(said)]

    def at(self, place: int) -> int:
        return bisect_right(self.starts, place) - 1

    def touched(self, start: int, end: int) -> range:
        return range(self.at(start), self.at(max(start, end - 1)) + 1)

    def take(self, taken: bytearray, start: int, end: int) -> None:
        for line in self.touched(start, end):
            taken[line] = 1

    def blank(self, line: int) -> bool:
        return not self.line(line).strip()

    def line(self, line: int) -> str:
        return self.said[self.starts[line] : self.ends[line]]

    def heads(self, line: int) -> bool:
        """Whether a line looks like the heading of what follows."""
        said = self.line(line).rstrip()
        return said.endswith((":", "-", "]", ">", "*", "#", "=")) or said.count(" ") < HEADING

    def short(self, line: int) -> bool:
        return len(self.line(line).strip()) <= BROKEN


def _weigh(said: Letters, lines: _Lines, taken: bytearray, *, spread: bool) -> None:
    """Add up the signs of each line."""
    weights: dict[int, dict[str, float]] = {}
    for sign, start, end in _signs(said.text, lines):
        for line in lines.touched(start, end):
            weights.setdefault(line, {})[sign.name] = sign.weight
            if (
                spread
                and line == lines.at(max(start, end - 1))
                and (sign.reaches == "always" or (sign.reaches == "heading" and lines.heads(line)))
            ):
                _follow(lines, taken, line)
    for line, found in weights.items():
        if sum(found.values()) >= ENOUGH:
            taken[line] = 1
    for start, end in foreign(said.text):
        lines.take(taken, start, end)


def _follow(lines: _Lines, taken: bytearray, line: int) -> None:
    """What a heading opens, up to an empty line."""
    for following in range(line, min(line + FOLLOWING, len(lines.starts))):
        if following > line and lines.blank(following):
            return
        taken[following] = 1


def _signs(said: str, lines: _Lines) -> Iterator[tuple[Sign, int, int]]:
    known = signs()
    for start, end in _windows(lines, _cued(said, lines, known.cues)):
        for sign in known.worded:
            for found in sign.expression.finditer(said, start, end):
                first, last = found.span()
                first += len(found.group()) - len(found.group().lstrip())
                if first < last:
                    yield sign, first, last
    for start, end in _windows(lines, {lines.at(found.start()) for found in _MARKS.finditer(said)}):
        for sign in known.marked:
            for found in sign.expression.finditer(said, start, end):
                yield sign, *found.span()


def _cued(said: str, lines: _Lines, cues: frozenset[str]) -> set[int]:
    return {lines.at(word.start()) for word in _WORD.finditer(said) if word.group() in cues}


def _windows(lines: _Lines, wanted: set[int]) -> Iterator[Range]:
    """The lines wanted, each run of neighbours (wrapped sentences) in one piece; long ones in pieces that overlap."""
    runs: list[list[int]] = []
    for line in sorted(wanted):
        if runs and line - runs[-1][1] <= NEAR and all(lines.short(one) for one in range(runs[-1][1] + 1, line)):
            runs[-1][1] = line
        else:
            runs.append([line, line])
    for first, last in runs:
        start, end = lines.starts[first], min(len(lines.said), lines.ends[last] + 1)
        if last + 1 < len(lines.starts):
            end = min(lines.ends[last + 1], end + 200)
        step = LONGEST // 2
        for low in range(start, max(start + 1, end - step), step):
            yield low, min(end, low + LONGEST)


def _enclosed(said: str) -> Iterator[Range]:
    """What stands between an opening mark and its closing one; an opening alone is a sign like others."""
    if not _MARKS.search(said) and "begin" not in said:
        return
    for opening, closing in signs().enclosed:
        position = 0
        while opened := opening.search(said, position):
            wanted = closing.replace("(?P=tag)", re.escape(opened.groupdict().get("tag") or ""))
            closed = re.compile(wanted).search(said, opened.end(), opened.end() + ENCLOSED)
            position = closed.end() if closed else opened.end()
            if closed:
                yield opened.start(), closed.end()


def _sounds(lines: _Lines, taken: bytearray) -> None:
    """Lines that sound addressed."""
    for line in range(len(taken)):
        said = lines.line(line)[:LONGEST]
        if not taken[line] and margin(said) >= (LISTED if _LIST.fullmatch(said) else 0.0):
            taken[line] = 1


def _spread(lines: _Lines, taken: bytearray) -> None:
    """What belongs to addressed lines: what they open, near ones beside them, and sentences broken into short lines."""
    before = [line for line in range(len(taken)) if taken[line]]
    for line in before:
        if lines.line(line).rstrip().endswith(":") and margin(lines.line(line)[:LONGEST]) >= SURE:
            _follow(lines, taken, line)
        for beside in (line - 1, line + 1):
            if 0 <= beside < len(taken) and margin(lines.line(beside)[:LONGEST]) >= BESIDE:
                taken[beside] = 1
    _continue(lines, taken)
    _fill(lines, taken)
    for run in _runs(lines):
        rest = [one for one in run if not taken[one]]
        if margin(" ".join(lines.line(one) for one in rest)) >= SURE:
            for one in rest:
                taken[one] = 1


def _continue(lines: _Lines, taken: bytearray) -> None:
    """Lines after an addressed one, or before it, that sound addressed when read in one: a sentence over many lines."""
    found = [line for line in range(len(taken)) if taken[line]]
    for line in found:
        for step in (1, -1):
            if 0 <= line + step < len(taken) and taken[line + step]:
                continue
            near = list(islice(_near(lines, line, step), PIECES))
            for count in range(len(near), 0, -1):
                said = " ".join(lines.line(one) for one in near[:count][::step])
                if len(said) <= SENTENCE and margin(said) >= 0:
                    for one in near[:count]:
                        taken[one] = 1
                    break


def _near(lines: _Lines, line: int, step: int) -> Iterator[int]:
    """Lines one after the other in one direction, empty ones left out, up to two empty ones in a row."""
    empty = 0
    line += step
    while 0 <= line < len(lines.starts) and empty < 2:
        if lines.blank(line):
            empty += 1
        else:
            empty = 0
            yield line
        line += step


def _fill(lines: _Lines, taken: bytearray) -> None:
    """What stands between two addressed lines of one paragraph, and the line after one that ends in a colon."""
    before: int | None = None
    for line in range(len(taken)):
        if lines.blank(line):
            before = None
        elif taken[line]:
            if before is not None and line - before <= BETWEEN:
                taken[before:line] = b"\x01" * (line - before)
            before = line
            if lines.line(line).rstrip().endswith(":"):
                taken[min(line + 1, len(taken) - 1)] = 1


def _runs(lines: _Lines) -> Iterator[list[int]]:
    """Short lines that follow one another, with an empty one between them at most."""
    run: list[int] = []
    for line in range(len(lines.starts)):
        if lines.blank(line):
            continue
        if run and (line - run[-1] > 2 or not lines.short(line)):
            if len(run) > 2:
                yield run
            run = []
        if lines.short(line) and len(run) < BROKEN:
            run.append(line)
    if len(run) > 2:
        yield run


def _after(said: Letters, end: int, length: int) -> int:
    return length if end >= len(said.text) else said.place(end)


def _whole_lines(text: str, start: int, end: int) -> Range:
    first = text.rfind("\n", 0, start) + 1
    last = text.find("\n", max(start, end - 1))
    return first, len(text) if last < 0 else last


def _merged(ranges: list[Range]) -> Iterator[Range]:
    """Sorted, and joined where they touch."""
    current: Range | None = None
    for start, end in sorted(ranges):
        if current is not None and start <= current[1] + 1:
            current = current[0], max(current[1], end)
            continue
        if current is not None:
            yield current
        current = start, end
    if current is not None:
        yield current
