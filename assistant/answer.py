"""A shortlist as JSON, the form that `shortlist search --json` prints and other programs read."""

from __future__ import annotations

from typing import Any

from agents.shortlist import Shortlist, Shortlisted
from agents.verdict import Mark


def as_json(shortlist: Shortlist) -> dict[str, Any]:
    """The document, documented in docs/commands.md. Spans point into the text of the member's profile."""
    return {
        "request": shortlist.request,
        "synthetic": shortlist.synthetic,
        "role": shortlist.role.model_dump(mode="json"),
        "changes": list(shortlist.changes),
        "diff": [change.model_dump(mode="json") for change in shortlist.diff],
        "costs": [cost.model_dump(mode="json") for cost in shortlist.costs],
        "refused": [refusal.model_dump(mode="json") for refusal in shortlist.refused],
        "notes": list(shortlist.notes),
        "edits": [
            {"said": made.said, **made.model_dump(mode="json", exclude_defaults=True)} for made in shortlist.edits
        ],
        "relaxed": list(shortlist.relaxed),
        "candidates": [_candidate(candidate) for candidate in shortlist.candidates],
        "waterfall": [stage.model_dump(mode="json") for stage in shortlist.waterfall],
        "usage": {job: used.model_dump(mode="json") for job, used in shortlist.usage.items()},
        "snapshot": shortlist.snapshot,
        "thread": shortlist.thread,
        "run": shortlist.run,
    }


def _candidate(candidate: Shortlisted) -> dict[str, Any]:
    said = candidate.model_dump(mode="json", exclude={"marks"})
    return {**said, "marks": [_mark(mark) for mark in candidate.marks]}


def _mark(mark: Mark) -> dict[str, Any]:
    """`quote` and `span` are those of the first piece of evidence; null where there is none."""
    said = mark.model_dump(mode="json")
    first = said["evidence"][0] if said["evidence"] else {"quote": None, "span": None}
    return {**said, "quote": first["quote"], "span": first["span"]}
