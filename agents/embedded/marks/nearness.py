"""How near a profile comes to a requirement in meaning, by the vectors of its passages."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agents.embedded.marks.brief import Asked, Meant
from agents.embedded.marks.evidence import Reading
from agents.verdict import Evidence
from retrieval.schema import Span

LONG = 160  # characters of a line, over which longer is no better to quote
BEST = 3  # passages that a person's nearness is the mean of


@dataclass(frozen=True, kw_only=True, slots=True)
class Nearest:
    """The nearest passage's place, the deviations its cosine lies above the usual, and the mean of the best three."""

    surprise: float
    mean: float
    span: Span


class Passages:
    """A member's passages that speak of the person, with their vectors [p, d].

    `own=False` says that the vectors were made without the lines that speak to the reader, wherever the spans lie.
    """

    def __init__(
        self, reading: Reading, known: tuple[list[Span], NDArray[np.float32]] | None, *, own: bool = True
    ) -> None:
        spans, vectors = known or ([], np.zeros((0, 0), dtype=np.float32))
        kept = [
            index
            for index, span in enumerate(spans)
            if span.end <= len(reading.text)
            and not (own and any(reading.spoken(unit) for unit in reading.units_in(span.start, span.end)))
        ]
        self.spans = [spans[index] for index in kept]
        self.vectors = np.asarray(vectors)[kept] if kept else np.zeros((0, 0), dtype=np.float32)

    def nearest(self, asked: Asked) -> Nearest | None:
        """The passages that mean most nearly what is asked; `None` where nothing is encoded."""
        if not asked.meant or not self.spans:
            return None
        return max((self._nearest(meant) for meant in asked.meant), key=lambda found: found.mean)

    def _nearest(self, meant: Meant) -> Nearest:
        cosines = self.vectors @ meant.vector
        index = int(np.argmax(cosines))
        return Nearest(
            surprise=meant.surprise(float(cosines[index])),
            mean=float(np.sort(cosines)[-BEST:].mean()),
            span=self.spans[index],
        )


def nearest(asked: Asked, passage: Span, reading: Reading) -> Evidence | None:
    """The line of a passage that shares most words with the requirement; the longest where none does."""
    stems = {stem for thing in asked.need.things for option in thing.alternatives for stem in option}
    lines = [line for line in reading.units_in(passage.start, passage.end) if not reading.spoken(line)]
    shared: dict[int, int] = dict.fromkeys(lines, 0)
    for stem in stems:
        for line in {reading.unit_at(reading.words[place].start) for place in reading.places.get(stem, ())}:
            if line in shared:
                shared[line] += 1
    best = max(lines, key=lambda line: (shared[line], min(_length(reading, line), LONG)), default=None)
    if best is None:
        return None
    return reading.quote(reading.units[best].start, reading.units[best].end)


def _length(reading: Reading, line: int) -> int:
    return reading.units[line].end - reading.units[line].start
