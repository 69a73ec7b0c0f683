"""A text that is written once, piece by piece, and knows where each piece stands."""

from __future__ import annotations

from retrieval.schema import Span


class Page:
    """Appends words and hands back their spans, so that every fact of a profile can be pointed at."""

    __slots__ = ("_parts", "length")

    def __init__(self) -> None:
        self._parts: list[str] = []
        self.length = 0

    def put(self, words: str) -> None:
        """Append `words` that nothing points at."""
        self._parts.append(words)
        self.length += len(words)

    def add(self, words: str) -> Span:
        """Append `words` and say where they stand."""
        start = self.length
        self.put(words)
        return Span(start=start, end=self.length)

    def gap(self, lines: int = 1) -> None:
        """Start a new line; more than one line leaves blank ones between."""
        if self.length:
            self.put("\n" * lines)

    def since(self, start: int) -> Span:
        """From `start` to here."""
        return Span(start=start, end=self.length)

    @property
    def text(self) -> str:
        """All that was written."""
        return "".join(self._parts)
