"""An encoder at one of its widths, as if it had no other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from retrieval.encoder import Progress, Side, TextEncoder
from retrieval.encoder.levels import chosen


class Leveled:
    """The first `width` numbers of another encoder's vectors, for who asks for no width. Raises: WidthRefused."""

    def __init__(self, encoder: TextEncoder, width: int) -> None:
        self.id = encoder.id
        self.width = chosen(width, encoder.levels)
        self.levels = tuple(level for level in encoder.levels if level <= width)
        self._encoder = encoder

    def encode(
        self, texts: Sequence[str], *, side: Side, width: int | None = None, progress: Progress | None = None
    ) -> NDArray[np.float32]:
        """[n, width] unit rows."""
        return self._encoder.encode(texts, side=side, width=chosen(width, self.levels), progress=progress)
