"""Piped lines come as they were written, whatever pieces they arrive in."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from assistant.typed import lines


def piped(pieces: Sequence[bytes], errors: str = "strict") -> Iterator[str]:
    """What `lines` gives of a pipe into which the pieces are written one by one; `errors` is the locale's."""
    read, write = os.pipe()

    def feed() -> None:
        for piece in pieces:
            os.write(write, piece)
        os.close(write)

    writer = threading.Thread(target=feed)
    with os.fdopen(read, encoding="utf-8", errors=errors) as source, pytest.MonkeyPatch.context() as patch:
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


def test_a_line_longer_than_any_piece_comes_whole() -> None:
    long = "welder " * 100_000
    said = f"{long}\nnurse\n{long}".encode()
    assert list(piped([said[at : at + (1 << 14)] for at in range(0, len(said), 1 << 14)])) == [long, "nurse", long]


@pytest.mark.parametrize("errors", ["strict", "surrogateescape"])
@settings(deadline=None, max_examples=50)
@given(said=st.binary(max_size=40), size=st.integers(1, 5))
@example(said=b"\xff\xfe nurse\r\n", size=3)
def test_bytes_that_are_no_text_are_replaced(errors: str, said: bytes, size: int) -> None:
    """In every locale: Python reads such bytes as errors, or as halves of characters that cannot be written again."""
    *whole, last = said.decode("utf-8", "replace").split("\n")
    pieces = [said[at : at + size] for at in range(0, len(said), size)]
    assert list(piped(pieces, errors)) == [*whole, *([last] if last else [])]
