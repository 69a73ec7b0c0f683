"""Where output goes: answers to stdout, progress and errors to stderr; readable without colour and in pipes."""

from __future__ import annotations

import json
import re
import sys
import unicodedata
from typing import IO, Any, cast

from rich.console import Console
from rich.text import Text

PIPE_WIDTH = 100
UNSAFE = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}


class Trimmed:
    """A text stream that takes the spaces off the ends of lines, which rich pads to the width of a table."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write `text` without the spaces before each line break."""
        return self._stream.write(re.sub(r" +$", "", text, flags=re.MULTILINE))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def stdout() -> Console:
    """The console answers are printed on. In a pipe lines are as wide as `PIPE_WIDTH`, whatever the terminal is."""
    if sys.stdout.isatty():
        return Console(highlight=False, emoji=False)
    return Console(highlight=False, emoji=False, width=PIPE_WIDTH, file=cast("IO[str]", Trimmed(sys.stdout)))


def stderr() -> Console:
    """The console that progress, remarks and errors are printed on."""
    return Console(stderr=True, highlight=False, emoji=False, width=None if sys.stderr.isatty() else PIPE_WIDTH)


def print_json(value: Any, *, indent: int | None = 2) -> None:
    """Print one JSON document, as it is: no colour, no wrapping, characters as in the profile."""
    document = json.dumps(value, ensure_ascii=False, indent=indent)
    # A lone surrogate can come out of a broken PDF; escaped it is still JSON.
    sys.stdout.write(document.encode("utf-8", "backslashreplace").decode("utf-8") + "\n")


def legible(text: str) -> str:
    """Text of a profile or a request as one line that a terminal can show.

    Profiles are untrusted: control characters could move the cursor or recolour the screen, so they become spaces.
    """
    return " ".join("".join(" " if unicodedata.category(char) in UNSAFE else char for char in text).split())


def plain(text: str, style: str = "") -> Text:
    """Untrusted text for rich, never read as markup."""
    return Text(legible(text), style=style)


def encodable(console: Console, fancy: str, ascii_only: str) -> str:
    """`fancy` where the console's encoding holds it."""
    try:
        fancy.encode(console.encoding)
    except UnicodeEncodeError:
        return ascii_only
    return fancy
