"""Piped lines come as they were written, whatever pieces they arrive in."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.typed import lines


def piped(pieces: Sequence[bytes]) -> Iterator[str]:
    """What `lines` gives of a pipe into which the pieces are written one by one."""
    read, write = os.pipe()

    def feed() -> None:
        for piece in pieces:
            os.write(write, piece)
        os.close(write)

    writer = threading.Thread(target=feed)
    with os.fdopen(read, encoding="utf-8") as source, pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdin", source)
        writer.start()
        yield from lines()
    writer.join()


@settings(deadline=None, max_examples=50)
@given(st.text(st.characters(exclude_categories=["Cs"])), st.integers(1, 5))
def test_pieces_of_any_size_make_the_same_lines(text: str, size: int) -> None:
    said = text.encode()
    pieces = [said[at : at + size] for at in range(0, len(said), size)]
    *whole, last = text.split("\n")
    assert list(piped(pieces)) == [*whole, *([last] if last else [])]
