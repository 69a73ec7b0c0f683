"""Lines of text to rows of vectors, a few at a time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from offline.growing_array import GrowingArray
from retrieval.encoder import Side, TextEncoder

AT_ONCE = 512


class Encoded(BaseModel):
    """What was encoded: a row a line, `width` numbers a row."""

    model_config = ConfigDict(frozen=True)

    out: str
    encoder: str
    side: Side
    count: int
    width: int
    seconds: float
    texts_per_second: float


def lines(file: Iterable[bytes]) -> Iterator[str]:
    """The texts of a file, one a line, without line ends; bytes that are no UTF-8 become replacement characters."""
    for number, line in enumerate(file):
        text = line.removesuffix(b"\n").removesuffix(b"\r").decode("utf-8", "replace")
        yield text.removeprefix("\ufeff") if number == 0 else text


def encode_lines(
    texts: Iterable[str],
    *,
    encoder: TextEncoder,
    side: Side,
    width: int,
    out: Path,
    progress: Callable[[int], None] = lambda _: None,
) -> Encoded:
    """Write a row a text into `out` (.npy, [n, width] float32, unit rows); a blank line has the vector of no text.

    Neither the texts nor the vectors are ever all in memory. `progress` is told how many are done.

    Raises: EncoderUnavailable, WidthRefused, OSError. After any of them `out` is what it was.
    """
    started = time.perf_counter()
    left = iter(texts)
    with GrowingArray(out, width=width) as array:
        while batch := list(islice(left, AT_ONCE)):
            array.append(encoder.encode(batch, side=side, width=width))
            progress(array.count)
    seconds = time.perf_counter() - started
    return Encoded(
        out=str(out),
        encoder=encoder.id,
        side=side,
        count=array.count,
        width=width,
        seconds=round(seconds, 3),
        texts_per_second=round(array.count / max(seconds, 1e-9), 1),
    )
