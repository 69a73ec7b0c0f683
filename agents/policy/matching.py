"""The first net: criteria that the rules know by their words."""

from __future__ import annotations

from agents.policy.criterion import Criterion
from agents.policy.rules import Lazy, rules

_LOOK_BACK = 80


def by_rules(said: str) -> list[Criterion]:
    """Every criterion that the rules know; of overlapping ones the longest."""
    matches: list[Criterion] = []
    cued: dict[Lazy, bool] = {}
    for rule in rules().rules:
        if rule.cue not in cued:
            cued[rule.cue] = rule.cue.pattern.search(said) is not None
        if not cued[rule.cue]:
            continue
        excused: list[tuple[int, int]] | None = None
        for match in rule.expression.pattern.finditer(said):
            start, end = match.span("words") if "words" in match.re.groupindex else match.span()
            end = start + len(said[start:end].rstrip(" \n,"))
            start = end - len(said[start:end].lstrip(" \n,"))
            back = max(0, start - _LOOK_BACK)
            if excused is None:
                excused = [one.span() for one in rule.harmless.pattern.finditer(said)] if rule.harmless else []
            if any(first <= start and end <= last for first, last in excused):
                continue
            if start < end and not any(before.pattern.search(said, back, start) for before in rule.harmless_after):
                matches.append(Criterion(start=start, end=end, attribute=rule.attribute))
    matches.sort(key=lambda one: (one.start - one.end, one.start))
    taken = bytearray(len(said))
    kept: list[Criterion] = []
    for one in matches:
        if not any(taken[one.start : one.end]):
            taken[one.start : one.end] = b"\x01" * (one.end - one.start)
            kept.append(one)
    return kept
