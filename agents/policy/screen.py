"""Find criteria on protected attributes, say why each is refused, and blank them so that the rest can go on."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field

from agents.policy.cleaning import blanks
from agents.policy.letters import plain
from agents.policy.rules import Lazy, Rule, rules
from retrieval.schema import Span

_LOOK_BACK = 80


class Refusal(BaseModel):
    """One criterion that was taken out of a request."""

    model_config = ConfigDict(frozen=True)

    words: str = Field(min_length=1, description="as the recruiter wrote them: `text[span.start:span.end]`")
    span: Span
    reason: str = Field(min_length=1, description="why, and what to ask for instead; one or two sentences")
    clause: str = Field(min_length=1, description="id of the constitution's clause that says so")


class Screening(BaseModel):
    """A request without its refused criteria. `text` is as long as the request, so spans into it stay valid."""

    model_config = ConfigDict(frozen=True)

    text: str
    refused: tuple[Refusal, ...] = ()


@dataclass(frozen=True, kw_only=True)
class _Found:
    start: int
    end: int
    rule: Rule


def screen(text: str) -> Screening:
    """Take every criterion on a protected attribute out of `text`; what the work is about stays.

    Refusals are in the order of the text. Time is linear in the text.
    """
    reading = plain(text)
    found = _found(reading.text)
    refused = []
    for one in found:
        span = reading.span(one.start, one.end)
        refused.append(Refusal(words=span.of(text), span=span, reason=one.rule.reason, clause=one.rule.clause))
    kept = list(text)
    for start, end in blanks(reading.text, [(one.start, one.end) for one in found]):
        span = reading.span(start, end)
        kept[span.start : span.end] = " " * (span.end - span.start)
    return Screening(text="".join(kept), refused=tuple(refused))


def _found(said: str) -> list[_Found]:
    """Every criterion, in order; of overlapping ones the longest."""
    matches: list[_Found] = []
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
                matches.append(_Found(start=start, end=end, rule=rule))
    matches.sort(key=lambda one: (one.start - one.end, one.start))
    taken = bytearray(len(said))
    kept: list[_Found] = []
    for one in matches:
        if not any(taken[one.start : one.end]):
            taken[one.start : one.end] = b"\x01" * (one.end - one.start)
            kept.append(one)
    return sorted(kept, key=lambda one: one.start)
