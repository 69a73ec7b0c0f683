"""What is typed or piped in, line by line, so that Ctrl-C is heard at any time."""

from __future__ import annotations

import codecs
import io
import os
import select
import sys
from collections.abc import Iterator

from assistant.console import stdout

PROMPT = "role> "
SLICE = 0.2
"""Seconds after which a wait for piped input looks for signals: one that came just before a read would sleep on."""


def lines() -> Iterator[str]:
    """Lines of a terminal with history and editing, or of a pipe; bytes that are no text become U+FFFD."""
    if isinstance(sys.stdin, io.TextIOWrapper):
        # a bad byte costs a word; as an error, or as half a character that no model takes, it would cost the chat
        sys.stdin.reconfigure(errors="replace")
    if not sys.stdin.isatty():
        yield from _piped()
        return
    # Importing it gives input() line editing and a history.
    import readline  # noqa: F401

    while True:
        try:
            yield input(PROMPT)
        except (EOFError, KeyboardInterrupt):
            stdout().print()
            return


def _piped() -> Iterator[str]:
    try:
        source = sys.stdin.fileno()
    except io.UnsupportedOperation:  # no file at all
        yield from sys.stdin
        return
    decoder = codecs.getincrementaldecoder(sys.stdin.encoding)(sys.stdin.errors or "strict")
    begun: list[str] = []  # of a line that has not ended: joined once, since a long one comes in many pieces
    while True:
        while not select.select([source], [], [], SLICE)[0]:
            pass
        part = os.read(source, io.DEFAULT_BUFFER_SIZE)
        *ends, rest = decoder.decode(part, final=not part).split("\n")
        for end in ends:
            yield "".join((*begun, end))
            begun.clear()
        begun.append(rest)
        if not part:
            break
    if last := "".join(begun):
        yield last
