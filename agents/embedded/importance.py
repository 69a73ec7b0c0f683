"""How much a piece of a request binds, by its own words."""

from __future__ import annotations

import re
from dataclasses import dataclass

from agents.embedded import cues
from agents.embedded.ranges import trim
from retrieval.schema import Importance

_COUNTS = re.compile(
    r"\s*(?:not|no)\s+(?:only|just|more than|less than|later than|necessarily|fewer than)\b", re.IGNORECASE
)


@dataclass(frozen=True, kw_only=True)
class Weighed:
    """`text[start:end]` without its cue words; `importance` is `None` where they say nothing.

    `unneeded`: the piece says that something is not required, so it is no criterion at all.
    """

    start: int
    end: int
    importance: Importance | None = None
    unneeded: bool = False


def weigh(text: str, start: int, end: int) -> Weighed:
    """Read and take off the cue words of one piece ("CPA preferred", "avoid consultants", "no degree required")."""
    start, end = trim(text, start, end)
    said = text[start:end]
    if cues.NOT_NEEDED.search(said):
        return Weighed(start=start, end=end, unneeded=True)
    after = cues.NICE_AFTER.search(said)
    if after and after.start() > 0:
        end = start + after.start()
    before = cues.NICE_BEFORE.match(text, start, end)
    if before and before.end() > start:
        start = before.end()
    if (after and after.start() > 0) or before:
        start, end = trim(text, start, end)
        return Weighed(start=start, end=end, importance=Importance.NICE)
    excluded = cues.EXCLUDE.match(text, start, end)
    if excluded and excluded.end() > start and not _COUNTS.match(said):
        first, last = trim(text, excluded.end(), end)
        if first < last:
            return Weighed(start=first, end=last, importance=Importance.EXCLUDE)
    return Weighed(start=start, end=end)
