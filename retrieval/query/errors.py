"""What is said to the recruiter when a search string cannot be read."""

from __future__ import annotations

WINDOW = 60
"""Characters of the string shown at most on each side of the caret, so that the line fits a terminal."""


class QuerySyntaxError(ValueError):
    """A search string that cannot be read.

    `str()` of it is the message, the string with a caret under the place, and what to do.

    Attributes:
        problem: what is wrong, one clause.
        advice: what to do about it, one sentence.
        text: the whole string.
        position: where in `text`; always `0 <= position < len(text)`, or 0 for an empty string.
    """

    def __init__(self, problem: str, *, text: str, position: int, advice: str) -> None:
        self.problem = problem
        self.advice = advice
        self.text = text
        self.position = max(0, min(position, len(text) - 1))
        super().__init__(self._message())

    def _message(self) -> str:
        where = f"at character {self.position + 1}" if self.text else "the string is empty"
        lines = [f"This search string cannot be read: {self.problem} ({where})."]
        if self.text.strip():
            lines += [f"  {line}" for line in self.caret()]
        return "\n".join([*lines, self.advice])

    def caret(self) -> tuple[str, str]:
        """The string (its surroundings of the place, where it is long) and the line with the caret under it."""
        start = max(0, self.position - WINDOW)
        end = min(len(self.text), self.position + WINDOW)
        # Every character keeps one column: line breaks, tabs and invisible characters are shown as spaces.
        shown = "".join(c if c.isprintable() else " " for c in self.text[start:end])
        before = "..." if start else ""
        after = "..." if end < len(self.text) else ""
        return f"{before}{shown}{after}", " " * (len(before) + self.position - start) + "^"
