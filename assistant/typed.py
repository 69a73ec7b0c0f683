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
    """Lines of a terminal with history and editing, or of a pipe."""
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
    said = ""
    while True:
        while not select.select([source], [], [], SLICE)[0]:
            pass
        part = os.read(source, io.DEFAULT_BUFFER_SIZE)
        *whole, said = (said + decoder.decode(part, final=not part)).split("\n")
        yield from whole
        if not part:
            break
    if said:
        yield said
