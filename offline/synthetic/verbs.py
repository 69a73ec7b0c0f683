"""English verbs in the tenses that resumes use."""

from __future__ import annotations

from functools import cache

from offline.synthetic.vocabulary import words

_IRREGULAR = dict(pair.split("=") for pair in words("irregular"))
_DOUBLED = frozenset(words("doubled"))


@cache
def past(verb: str) -> str:
    """`prepare` -> `prepared`, `write` -> `wrote`, `set up` -> `set up`, `date-stamp` -> `date-stamped`."""
    head, space, rest = verb.partition(" ")
    if space:
        return f"{past(head)} {rest}"
    prefix, hyphen, last = head.rpartition("-")
    return prefix + hyphen + _past(last)


def _past(verb: str) -> str:
    if verb in _IRREGULAR:
        return _IRREGULAR[verb]
    if verb in _DOUBLED:
        return f"{verb}{verb[-1]}ed"
    if verb.endswith("e"):
        return f"{verb}d"
    if verb.endswith("y") and verb[-2:-1] not in "aeiou":
        return f"{verb[:-1]}ied"
    if verb.endswith("c"):
        return f"{verb}ked"
    return f"{verb}ed"


@cache
def gerund(verb: str) -> str:
    """`prepare` -> `preparing`, `plan` -> `planning`, `set up` -> `setting up`."""
    head, space, rest = verb.partition(" ")
    if head in _DOUBLED or head in {"cut", "get", "let", "put", "run", "set", "shut", "sit", "spin", "dig", "win"}:
        head = f"{head}{head[-1]}ing"
    elif head in {"die", "lie", "tie"}:
        head = f"{head[:-2]}ying"
    elif head.endswith("e") and not head.endswith(("ee", "oe", "ye")):
        head = f"{head[:-1]}ing"
    else:
        head = f"{head}ing"
    return f"{head}{space}{rest}"
