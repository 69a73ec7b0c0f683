"""Which ESCO skills fit an occupation, and which occupations are near each other; computed from their words alone."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from functools import cache
from math import log, sqrt

from offline.synthetic import vocabulary
from offline.synthetic.families import members
from offline.synthetic.sources import esco_deeds, esco_knowledge, occupation_tasks

_WORD = re.compile(r"[a-z]{3,}")
_SUFFIXES = ("ing", "ers", "er", "ies", "ied", "es", "ed", "s")
_COMMON = 120  # a word in the tasks of more occupations than this says nothing of any
_STOP = frozenset(vocabulary.words("stop"))


@cache
def _stem(word: str) -> str:
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 4:
            return word[: -len(suffix)]
    return word


@cache
def _bags() -> dict[str, Counter[str]]:
    tasks = occupation_tasks()
    bags = {}
    for name in members():
        words = _WORD.findall(" ".join([name, name, name, *tasks[name]]).lower())
        bags[name] = Counter(_stem(word) for word in words if word not in _STOP)
    return bags


@cache
def _rarity() -> dict[str, float]:
    spread = Counter(word for bag in _bags().values() for word in bag)
    return {word: log(len(_bags()) / count) for word, count in spread.items() if count <= _COMMON}


@cache
def _weights() -> dict[str, dict[str, float]]:
    """Occupation -> word -> weight, unit length."""
    rarity = _rarity()
    weighted = {}
    for name, bag in _bags().items():
        row = {word: (1 + log(count)) * rarity[word] for word, count in bag.items() if word in rarity}
        length = sqrt(sum(value * value for value in row.values())) or 1.0
        weighted[name] = {word: value / length for word, value in row.items()}
    return weighted


@cache
def _skills_by_word() -> dict[str, list[tuple[str, tuple[str, ...]]]]:
    """A skill's rarest word -> the skill and all its words; only skills whose every word occurs in some occupation."""
    rarity = _rarity()
    known = {word for bag in _bags().values() for word in bag}
    listed: dict[str, list[tuple[str, tuple[str, ...]]]] = defaultdict(list)
    for name in (*esco_knowledge(), *esco_deeds()):
        words = tuple(dict.fromkeys(_stem(w) for w in _WORD.findall(name.lower()) if w not in _STOP))
        rare = [word for word in words if word in rarity]
        if rare and known.issuperset(words):
            listed[max(rare, key=rarity.__getitem__)].append((name, words))
    return listed


@cache
def fitting_skills(occupation: str, limit: int = 14) -> tuple[str, ...]:
    """ESCO skills all of whose words the occupation's tasks use, those of its most telling words first."""
    weights, bag = _weights()[occupation], _bags()[occupation]
    found = []
    for word in weights:
        for name, needed in _skills_by_word().get(word, ()):
            if all(w in bag for w in needed):
                score = sum(weights.get(w, 0.0) for w in needed) / sqrt(len(needed))
                found.append((-score, name))
    return tuple(name for _, name in sorted(found)[:limit])


@cache
def nearest(occupation: str, among: tuple[str, ...], limit: int = 5) -> tuple[tuple[str, float], ...]:
    """The occupations of `among` whose tasks are most alike, with their cosine, nearest first."""
    row = _weights()[occupation]
    found = []
    for other in among:
        if other != occupation:
            weights = _weights()[other]
            found.append((-sum(value * weights.get(word, 0.0) for word, value in row.items()), other))
    return tuple((name, -score) for score, name in sorted(found)[:limit])


@cache
def affinity(occupation: str, phrase: str) -> float:
    """How much the occupation's tasks speak of the phrase, 0 to about 1."""
    weights = _weights()[occupation]
    return sum(weights.get(_stem(word), 0.0) for word in dict.fromkeys(_WORD.findall(phrase.lower())))
