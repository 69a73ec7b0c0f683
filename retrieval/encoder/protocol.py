"""What everything that turns texts into vectors has in common."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

Side = Literal["role", "profile"]
"""What a text is: something asked for (a request, a title, a requirement), or something said of a person."""
Progress = Callable[[int], None]
"""Told how many texts are done so far."""


class TextEncoder(Protocol):
    """Whatever turns texts into unit vectors; `id` names weights and recipe, so that vectors are never mixed.

    `width` is the full width; `levels` are all widths, ascending, that the first numbers of a vector can be cut to.
    """

    id: str
    width: int
    levels: tuple[int, ...]

    def encode(
        self, texts: Sequence[str], *, side: Side, width: int | None = None, progress: Progress | None = None
    ) -> NDArray[np.float32]:
        """[n, width] float32, rows of unit length, in the order of `texts`; of full width where none is given.

        Two roles, or two profiles, are compared by encoding both from their own side.

        Raises: WidthRefused, EncoderUnavailable.
        """
        ...
