"""What keeps texts from being encoded; every message says what helps."""

from __future__ import annotations

from collections.abc import Sequence


class EncoderUnavailable(RuntimeError):
    """The encoder cannot be made, opened or reached; the message says what to do."""


class WidthRefused(ValueError):
    """Vectors of this width cannot be had from this encoder; the message lists those that can."""

    def __init__(self, width: int, levels: Sequence[int]) -> None:
        super().__init__(f"this encoder has no width {width}; it has {', '.join(map(str, levels))}")
        self.width = width
        self.levels = tuple(levels)
