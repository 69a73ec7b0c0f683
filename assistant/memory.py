"""What was learned of a recruiter, as they read it."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from assistant.console import plain
from retrieval.schema import Preference

NOTHING = "Nothing was learned yet: like and pass people in `shortlist chat`, a few of each."
ROLE_LENGTH = 60


def memory_table(entries: Sequence[Preference]) -> RenderableType:
    """A line an entry: its number for /forget, its id, what it says, how strong it is, and for which roles."""
    if not entries:
        return Text(NOTHING)
    table = Table(box=None, title="What was learned of you", title_justify="left")
    table.add_column("", justify="right")
    table.add_column("id")
    table.add_column("it says that you", ratio=3)
    table.add_column("strength", justify="right")
    table.add_column("in roles such as", ratio=2)
    for number, entry in enumerate(entries, 1):
        role = " ".join(entry.roles[-1].split()) if entry.roles else ""
        shown = role if len(role) <= ROLE_LENGTH else role[: ROLE_LENGTH - 3].rstrip() + "..."
        table.add_row(str(number), entry.id, plain(entry.sentence), f"{entry.strength:.2f}", plain(shown))
    return table
