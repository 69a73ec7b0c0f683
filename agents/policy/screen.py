"""Find criteria on protected attributes, say why each is refused, and blank them so that the rest can go on."""

from __future__ import annotations

import re

from pydantic import BaseModel, ConfigDict, Field

from agents.policy.cleaning import blanks
from agents.policy.criterion import Criterion
from agents.policy.letters import plain
from agents.policy.matching import by_rules
from agents.policy.reader import reader
from agents.policy.rules import rules
from retrieval.schema import Span


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


def screen(text: str) -> Screening:
    """Take every criterion on a protected attribute out of `text`; what the work is about stays.

    Two nets: rules, which know words, and a small network, which knows what is meant. What the rules find counts
    unless the network is sure that it is harmless. Refusals are in the order of the text. Time is linear in the text.

    Raises: EncoderUnavailable, where the network cannot be opened: half a screen would look like a whole one.
    """
    reading = plain(text)
    found = _both(reading.text)
    refused = []
    for one in found:
        span = reading.span(one.start, one.end)
        answer = rules().answers[one.attribute]
        refused.append(Refusal(words=span.of(text), span=span, reason=answer.reason, clause=answer.clause))
    kept = list(text)
    for start, end in blanks(reading.text, [(one.start, one.end) for one in found]):
        span = reading.span(start, end)
        kept[span.start : span.end] = " " * (span.end - span.start)
    return Screening(text="".join(kept), refused=tuple(refused))


# Words that are no criterion by themselves: to take "not" out of "not a manager" would turn the wish around.
_EMPTY = re.compile(
    r"(?:\W|\b(?:no|not|never|without|except|an?|the|and|or|but|with|in|of|for|to|who|is|are|must|be|only|that|as|at|more|like|these|those|this|them|such|same|someone|anyone)\b)*"
)


def _both(said: str) -> list[Criterion]:
    """What either net finds, in order. Where both find something, the rules say which words: they are tighter."""
    if not said.strip():
        return []
    net = reader()
    read = net.read(said)
    kept = [one for one in by_rules(said) if read.chance(one.start, one.end) >= net.card.doubt]
    found = read.criteria(sure=net.card.sure, part=net.card.part, known=kept)
    kept += [one for one in found if not _EMPTY.fullmatch(said, one.start, one.end)]
    return sorted(kept, key=lambda one: one.start)
