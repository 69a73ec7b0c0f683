"""The policy screen over what a model made of a request.

The request was screened before the model saw it. A model may still invent a criterion, decode what the request hid, or
cut a protected one out of harmless words ("young" out of "young companies"), so every criterion is screened by itself.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from agents.policy import Refusal, screen
from agents.reading import LISTS, EducationWish, LanguageWish, Reading, TitleWish, Wish, YearsWish
from agents.role_of import locate
from retrieval.schema import Span


def screened(reading: Reading, text: str) -> tuple[Reading, tuple[Refusal, ...]]:
    """`reading` without criteria that the policy refuses, and a refusal for each."""
    refused: list[Refusal] = []
    update: dict[str, Any] = {}
    for name in LISTS:
        kept = []
        for wish in getattr(reading, name):
            refusal = _refusal(wish, text)
            if refusal:
                refused.append(refusal)
            else:
                kept.append(wish)
        update[name] = tuple(kept)
    if reading.years and (refusal := _refusal(reading.years, text)):
        refused.append(refusal)
        update["years"] = None
    return reading.model_copy(update=update), tuple(dict.fromkeys(refused))


def _refusal(wish: Wish, text: str) -> Refusal | None:
    span = locate(text, wish)
    words = span.of(text) if span else wish.words
    for said in (words, *_values(wish)):
        found = _refused(" ".join(said.split()))
        if found:
            where = span or Span(start=0, end=0)
            return found[0].model_copy(update={"words": " ".join(said.split()), "span": where})
    return None


@lru_cache(maxsize=4096)
def _refused(said: str) -> tuple[Refusal, ...]:
    """What the screen refuses of a criterion; kept, since a reading is screened as it comes and once it is settled."""
    return screen(said).refused


def _values(wish: Wish) -> list[str]:
    """What a wish says beside its words."""
    match wish:
        case TitleWish():
            values = [wish.title]
        case EducationWish():
            values = [wish.field, wish.school]
        case LanguageWish():
            values = [f"speaks {wish.name}"]
        case YearsWish() | _:
            values = []
    return [value for value in values if value]
