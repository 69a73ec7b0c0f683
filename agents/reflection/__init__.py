"""Looking at what a search has found, and editing it: wider, narrower, other titles, without those who crowd."""

from __future__ import annotations

from agents.reflection.edits import AddTitle, Broaden, DropCandidates, EditKind, EditMade, Narrow, SearchEdit

__all__ = ["AddTitle", "Broaden", "DropCandidates", "EditKind", "EditMade", "Narrow", "SearchEdit"]
