"""Numbers and levels of a model's reading, held against the words they are said to come from."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from agents.embedded.years import find_years, overall
from agents.reading import EducationWish, Reading, SeniorityWish, YearsWish
from agents.role_of import locate
from retrieval.lexicon import find_degrees, find_seniority, seniority_of
from retrieval.schema import Seniority

_RANGE = re.compile(r"\b(?:above|higher|up|beyond|more senior|below|lower|less senior)\b|\+", re.IGNORECASE)
_DIGITS = re.compile(r"\d+(?:\.\d+)?")
_SPELLED = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]


Check = Callable[[Any, str], tuple[Any, str]]


def corrected(reading: Reading, text: str) -> tuple[Reading, tuple[str, ...]]:
    """`reading` with every number and level that its words contradict put right, and a sentence on each.

    Where the words name no number or level at all, what was made of them is taken out.
    """
    said: list[str] = []
    update: dict[str, Any] = {}
    if reading.years:
        update["years"], problem = _years(reading.years, text)
        said += [problem]
    checks: tuple[tuple[str, Check], ...] = (("education", _degree), ("seniority", _level))
    for name, check in checks:
        checked = [check(one, text) for one in getattr(reading, name)]
        update[name] = tuple(one for one, _ in checked)
        said += [problem for _, problem in checked]
    said = [problem for problem in said if problem]
    return (reading.model_copy(update=update), tuple(said)) if said else (reading, ())


def _years(wish: YearsWish, text: str) -> tuple[YearsWish | None, str]:
    span = locate(text, wish)
    words = span.of(text) if span else wish.words
    told = overall(find_years(words))
    if told is not None:
        if (told.minimum, told.maximum) == (wish.minimum, wish.maximum):
            return wish, ""
        right = wish.model_copy(update={"minimum": told.minimum, "maximum": told.maximum})
        return right, f"{words!r} means {_bounds(told.minimum, told.maximum)} years."
    wrong = [bound for bound in (wish.minimum, wish.maximum) if bound is not None and bound not in _numbers(words)]
    return (None, f"{words!r} does not say {wrong[0]:g} years.") if wrong else (wish, "")


def _degree(wish: EducationWish, text: str) -> tuple[EducationWish, str]:
    span = locate(text, wish)
    words = span.of(text) if span else wish.words
    levels = {level for _, level in find_degrees(words)}
    if wish.level is None or not levels or wish.level in levels:
        return wish, ""
    right = min(levels)
    return wish.model_copy(update={"level": right}), f"{words!r} names the level {right.value} ({right.name.lower()})."


def _level(wish: SeniorityWish, text: str) -> tuple[SeniorityWish, str]:
    span = locate(text, wish)
    words = span.of(text) if span else wish.words
    levels = set(_levels(words))
    if not levels or wish.level in levels or _RANGE.search(words):
        return wish, ""
    right = max(levels)
    return wish.model_copy(update={"level": right}), f"{words!r} is the level {right.value} ({right.name.lower()})."


def _levels(words: str) -> Iterator[Seniority]:
    yield from (level for _, level in find_seniority(words))
    alone = seniority_of(words)
    if alone is not None:
        yield alone


def _numbers(words: str) -> set[float]:
    low = words.lower().split()
    spelled = {float(number) for number, word in enumerate(_SPELLED, 1) if word in low}
    return spelled | {float(digits) for digits in _DIGITS.findall(words)}


def _bounds(minimum: float | None, maximum: float | None) -> str:
    if maximum is None:
        return f"at least {minimum:g}"
    return f"at most {maximum:g}" if minimum is None else f"{minimum:g} to {maximum:g}"
