"""What a model's reading leaves out of what the in-process reader found, and the reading with that put back.

The in-process reader misses no word that says something (tests hold it to that), so what it found is the list to check
a model against. A model may sort and word criteria otherwise; only words that none of its criteria covers, and hard
facts that it did not take as such, count as left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from agents.embedded.requirements import says_something
from agents.reading import LISTS, Reading, RequirementWish, Wish
from agents.role_of import locate
from retrieval.schema import Importance, Span

FACTS = ("years", "locations", "education", "languages")
"""Fields that the in-process reader fills with certainty."""

_WORD = re.compile(r"[^\W_][\w+#.'&/-]*")
_FEW = 2
"""So many words in a row that say something, and that no criterion covers, are a wish that was left out."""


@dataclass(frozen=True, kw_only=True)
class Omission:
    """A criterion of `field` in the in-process reading that a model's reading lacks.

    `whole`: none of its words is in the model's reading; otherwise they are, as something else (`taken` is what).
    """

    field: str
    wish: Wish
    span: Span
    whole: bool
    taken: Wish | None = None

    @property
    def problem(self) -> str:
        """What the model is told."""
        if self.whole:
            return f"{self.wish.words!r} is asked for in the request, and no criterion covers it."
        if self.wish.importance is Importance.EXCLUDE:
            return f"{self.wish.words!r} is not wanted: its importance is exclude."
        return f"{self.wish.words!r} belongs in `{self.field}`."


def left_out(reading: Reading, known: Reading, text: str) -> tuple[Omission, ...]:
    """What `known`, the in-process reading of `text`, has and `reading` has not."""
    spans = [(name, wish, span) for name, wish in reading.everything() if (span := locate(text, wish))]
    covered = bytearray(len(text))
    for _, _, span in spans:
        covered[span.start : span.end] = b"\x01" * (span.end - span.start)
    found: list[Omission] = []
    for name, wish in known.everything():
        own = locate(text, wish)
        if own is None:
            continue
        touching = [(field, one) for field, one, span in spans if span.start < own.end and own.start < span.end]
        if not touching:
            found.append(Omission(field=name, wish=wish, span=own, whole=True))
            continue
        if (
            wish.importance is Importance.EXCLUDE
            and all(one.importance is not Importance.EXCLUDE for _, one in touching)
        ) or (name in FACTS and all(field != name for field, _ in touching)):
            found.append(Omission(field=name, wish=wish, span=own, whole=False, taken=touching[0][1]))
        found += [_rest(wish, run, text) for run in _uncovered(text, own, covered)]
    return tuple(found)


def supplemented(reading: Reading, omissions: tuple[Omission, ...], text: str) -> tuple[Reading, tuple[str, ...]]:
    """`reading` with what it left out, and a note on what was added or turned into an exclusion.

    What a model was told of and still takes for something else stays as the model has it, except what is not wanted.
    """
    update: dict[str, Any] = {name: getattr(reading, name) for name in (*LISTS, "years")}
    added: list[str] = []
    turned: list[str] = []
    for one in omissions:
        if one.whole:
            update[one.field] = one.wish if one.field == "years" else (*update[one.field], one.wish)
            added.append(one.span.of(text))
        elif one.wish.importance is Importance.EXCLUDE:
            for name in LISTS:
                update[name] = tuple(_excluded(wish, one.span, text) for wish in update[name])
            turned.append(one.span.of(text))
    notes = []
    if added:
        notes.append(f"the model left out {_quoted(added)}; the in-process reader added it")
    if turned:
        notes.append(f"the model took {_quoted(turned)} as wanted; the in-process reader says that it is not")
    return reading.model_copy(update=update), tuple(notes)


def _uncovered(text: str, span: Span, covered: bytearray) -> Iterator[Span]:
    """Runs of words inside a span that no criterion covers and that say enough to be a wish."""
    run: list[re.Match[str]] = []
    for match in (*_WORD.finditer(text, span.start, span.end), None):
        if match is not None and not any(covered[match.start() : match.end()]):
            run.append(match)
            continue
        while run and not says_something(run[0].group()):
            run.pop(0)
        while run and not says_something(run[-1].group()):
            run.pop()
        if sum(says_something(word.group()) for word in run) >= _FEW:
            yield Span(start=run[0].start(), end=run[-1].end())
        run = []


def _rest(wish: Wish, run: Span, text: str) -> Omission:
    rest = RequirementWish(words=run.of(text), start=run.start, importance=wish.importance)
    return Omission(field="requirements", wish=rest, span=run, whole=True)


def _excluded(wish: Wish, span: Span, text: str) -> Wish:
    own = locate(text, wish)
    inside = own is not None and own.start < span.end and span.start < own.end
    return wish.model_copy(update={"importance": Importance.EXCLUDE}) if inside else wish


def _quoted(words: list[str]) -> str:
    return ", ".join(f'"{" ".join(said.split())}"' for said in dict.fromkeys(words))
