"""What a search changed about itself, as a recruiter sees it, and how it is taken back."""

from __future__ import annotations

from collections.abc import Iterable

from rich.text import Text

from agents.reflection import EditMade
from assistant.console import plain


def edit_lines(edits: Iterable[EditMade]) -> list[Text]:
    """A line an edit: its number, what was done, what came of it, and the id to undo it by."""
    return [
        plain(f"- edit {number}: {one.said} ({_effect(one)}; undo with {one.id})", style="cyan")
        for number, one in enumerate(edits, 1)
    ]


def _effect(made: EditMade) -> str:
    if made.lost:
        return f"{_people(made.lost)} fewer"
    return f"{_people(made.gained)} more, {len(made.shown) or 'none'} of them shown" if made.gained else "nobody more"


def _people(count: int) -> str:
    return f"{count:,} {'person' if count == 1 else 'people'}"
