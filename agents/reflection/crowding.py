"""People of the pool who crowd others out: the same profile over and over, or all without the same must."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from agents.reflection.edits import DropCandidates
from agents.verdict import Mark, MarkValue, Verdict
from retrieval.schema import Importance, Profile

RUN = 5
"""Words in a row that are compared."""
ALIKE = 0.8
"""Share of such runs, of both profiles', from which two are nearly the same: versions of one resume."""
SHORT = 30
"""Words below which a profile says too little to be told from another."""
CLUSTER = 3
"""People with the same flaw who make a crowd."""
BAD = 1
"""Highest grade of those who are taken out for what they lack: nobody good is lost."""

_WORD = re.compile(r"\w+")


def crowds(
    read: Sequence[str], verdicts: Mapping[str, Verdict], profiles: Mapping[str, Profile]
) -> tuple[DropCandidates, ...]:
    """Who could go, best first: `read` is in the order of the ranking, and of those alike the first stays."""
    versions = _versions(read, profiles)
    gone = {member for drop in versions for member in drop.members}
    return (*versions, *_flawed([member for member in read if member not in gone], verdicts))


def _versions(read: Sequence[str], profiles: Mapping[str, Profile]) -> list[DropCandidates]:
    runs = {member: _runs(profiles[member].text) for member in read if member in profiles}
    texts = {member: found for member, found in runs.items() if len(found) > SHORT - RUN}
    found: list[DropCandidates] = []
    gone: set[str] = set()
    for place, kept in enumerate(read):
        if kept in gone or kept not in texts:
            continue
        alike = [
            other
            for other in read[place + 1 :]
            if other not in gone and other in texts and _alike(texts[kept], texts[other]) >= ALIKE
        ]
        if alike:
            gone.update(alike)
            said = f"left out {_people(len(alike))} whose profile is nearly the same as one that is kept"
            found.append(DropCandidates(members=tuple(alike), nearly_the_same=kept, said=said))
    return found


def _flawed(read: Sequence[str], verdicts: Mapping[str, Verdict]) -> list[DropCandidates]:
    clusters: dict[str, tuple[Mark, list[str]]] = {}
    for member in read:
        verdict = verdicts.get(member)
        if verdict is None or verdict.grade > BAD:
            continue
        for mark in verdict.marks:
            if _speaks_against(mark):
                key = mark.qualification.model_dump_json()
                clusters.setdefault(key, (mark, []))[1].append(member)
                break
    return [
        DropCandidates(
            members=tuple(members),
            requirement=mark.qualification,
            said=f"left out {_people(len(members))} {_flaw(mark)}",
        )
        for mark, members in clusters.values()
        if len(members) >= CLUSTER
    ]


def _speaks_against(mark: Mark) -> bool:
    """Words against a must, or for what is excluded; a must that is only not shown may still be there."""
    if mark.qualification.importance is Importance.EXCLUDE:
        return mark.value is MarkValue.MET
    return mark.qualification.importance is Importance.MUST and mark.value is MarkValue.NOT_MET


def _flaw(mark: Mark) -> str:
    asked = mark.qualification
    shows = asked.importance is Importance.EXCLUDE
    return f'who show "{asked.value}", which is excluded' if shows else f'whose profiles speak against "{asked.value}"'


def _people(count: int) -> str:
    return f"{count} {'person' if count == 1 else 'people'}"


def _runs(text: str) -> frozenset[int]:
    words = _WORD.findall(text.lower())
    return frozenset(hash(tuple(words[at : at + RUN])) for at in range(len(words) - RUN + 1))


def _alike(one: frozenset[int], other: frozenset[int]) -> float:
    """Of two sets of runs, how much is in both: 0..1."""
    together = len(one & other)
    return together / (len(one) + len(other) - together)
