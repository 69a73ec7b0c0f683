"""What memory is worth: recruiters with a hidden taste like and pass, and then search again among other people.

    shortlist index RESUMES --workspace WORKSPACE
    python benchmarks/memory.py --workspace WORKSPACE --judged JUDGED

The population is cut in half. For each judged request a recruiter is invented who wants what the request says and,
untold, one more thing (a level, a skill, a field of study ...) that some of the people found have. They search one
half, like whom the guard finds at least partly right and who has it, pass most others, and err one time in ten. Then
the request, its clauses turned round, is searched over the other half: without memory, with likes and passes as they
are, and with what was learned from them. The recruiter has judged nobody in that half: memory helps only by what it
has understood.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from pyroaring import BitMap

from agents.memory import Ledger
from agents.memory.effect import applicable
from agents.memory.permitted import permitted
from agents.memory.traits import Valued, telling, traits_of
from agents.opening import open_sourcing
from agents.shortlist import Shortlist
from agents.sourcing import Sourcing
from offline.evaluation import Judged, read_judged, report
from retrieval.filters import Filter
from retrieval.retriever import Retriever
from retrieval.schema import Context, Retrieval, Role

SHOWN = 20
DEPTH = 10
SYSTEMS = ("no memory", "likes and passes", "likes, passes and preferences")


@dataclass(frozen=True, kw_only=True)
class Among:
    """A strategy that finds only some of the people."""

    inner: Retriever
    rows: BitMap

    @property
    def name(self) -> str:
        """The strategy's own."""
        return self.inner.name

    def retrieve(self, *, role: Role, filter: Filter, context: Context, limit: int) -> Retrieval:
        """As the strategy does, among those people."""
        among = replace(filter, rows=filter.rows & self.rows)
        return self.inner.retrieve(role=role, filter=among, context=context, limit=limit)


@dataclass(kw_only=True)
class Outcome:
    """What came of it, by recruiter; `runs` are members shown by system and request."""

    recruiters: int = 0
    entries: list[int] = field(default_factory=list)
    found: list[bool] = field(default_factory=list)
    liked: list[int] = field(default_factory=list)
    taste: dict[str, list[float]] = field(default_factory=lambda: {name: [] for name in SYSTEMS})
    runs: dict[str, dict[str, list[str]]] = field(default_factory=lambda: {name: {} for name in SYSTEMS})
    elsewhere: list[bool] = field(default_factory=list)


def halves(sourcing: Sourcing) -> tuple[Sourcing, Sourcing]:
    """The same search over two halves of the population."""
    snapshot = sourcing.snapshot
    first = BitMap(row for row in snapshot.alive if zlib.crc32(snapshot.member_id(row).encode()) % 2)
    one, other = (
        replace(sourcing, retrievers={name: Among(inner=each, rows=rows) for name, each in sourcing.retrievers.items()})
        for rows in (first, snapshot.alive - first)
    )
    return one, other


def taste_of(before: Sequence[str], after: Sequence[str], sourcing: Sourcing, dice: random.Random) -> Valued | None:
    """Something that a part of the people has, in both halves; None where there is no such thing."""
    snapshot = sourcing.snapshot

    def counted(members: Sequence[str]) -> Counter[Valued]:
        return Counter(one for member in members for one in traits_of(snapshot.profile(snapshot.row(member))))

    here, there = counted(before), counted(after)
    parts = sorted(
        one
        for one, count in here.items()
        if 4 <= count <= SHOWN / 2 and 3 <= there[one] <= 0.6 * SHOWN and telling(one, snapshot)
    )
    kinds = sorted({trait for trait, _ in parts})
    while kinds:
        kind = dice.choice(kinds)
        values = [one for one in parts if one[0] == kind and permitted(*one)]
        if values:
            return dice.choice(values)
        kinds.remove(kind)
    return None


def opine(ledger: Ledger, shown: Shortlist, taste: Valued, sourcing: Sourcing, dice: random.Random, err: float) -> int:
    """Like and pass as somebody of this taste would; how many were liked."""
    ledger.answered("ann", shown)
    likes = 0
    for candidate in shown.candidates:
        has = taste in traits_of(sourcing.snapshot.profile(sourcing.snapshot.row(candidate.member_id)))
        if dice.random() < err:
            has = not has
        if has and (candidate.grade or 0) >= 2:
            ledger.like("ann", candidate.member_id)
            likes += 1
        elif not has and dice.random() < 0.8:
            ledger.passed("ann", candidate.member_id)
    return likes


async def play(sourcing: Sourcing, judged: Judged, *, err: float) -> Outcome:
    """One recruiter a request."""
    one, other = halves(sourcing)
    outcome = Outcome()
    for request in judged.requests:
        dice = random.Random(request.qid)
        again = ", ".join(part.strip() for part in reversed(request.text.split(",")))
        shown = await one.search(request.text, limit=SHOWN)
        plain = await other.search(again, limit=SHOWN)
        there = [candidate.member_id for candidate in plain.candidates]
        taste = taste_of([candidate.member_id for candidate in shown.candidates], there, sourcing, dice)
        if taste is None:
            continue
        with TemporaryDirectory() as place:
            ledger = Ledger(Path(place) / "memory.sqlite", snapshot=sourcing.snapshot)
            outcome.liked.append(opine(ledger, shown, taste, sourcing, dice, err))
            known = ledger.context("ann")
        contexts = (Context(), known.model_copy(update={"preferences": ()}), known)
        for name, context in zip(SYSTEMS, contexts, strict=True):
            answer = await other.search(again, limit=DEPTH, context=context)
            members = [candidate.member_id for candidate in answer.candidates]
            met = [taste in traits_of(sourcing.snapshot.profile(sourcing.snapshot.row(member))) for member in members]
            outcome.taste[name].append(sum(met) / DEPTH)
            outcome.runs[name][request.qid] = members
        outcome.recruiters += 1
        outcome.entries.append(len(known.preferences))
        outcome.found.append(any((entry.trait, entry.value) == taste for entry in known.preferences))
        outcome.elsewhere += [
            bool(applicable(known, Role(text=stranger.text), sourcing.snapshot))
            for stranger in judged.requests
            if stranger.qid != request.qid and known.preferences
        ]
    return outcome


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workspace", type=Path, required=True, help="an index of the people who were judged")
    parser.add_argument("--judged", type=Path, required=True, help="folder with queries.jsonl and qrels.txt")
    parser.add_argument("--part", default="::", help="which requests, as a slice: 0::2 is every second")
    parser.add_argument("--err", type=float, default=0.1, help="how often a recruiter errs; 0.5 is a taste for nothing")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    asked = read_judged(given.judged)
    part = slice(*(int(number) if number else None for number in given.part.split(":")))
    asked = replace(asked, requests=asked.requests[part])
    sourcing = open_sourcing(given.workspace)
    outcome = asyncio.run(play(sourcing, asked, err=given.err))

    _, other = halves(sourcing)
    rows = next(iter(other.retrievers.values())).rows  # type: ignore[attr-defined]  # an `Among`
    half = {
        qid: {member: grade for member, grade in asked.grades[qid].items() if sourcing.snapshot.row(member) in rows}
        for qid in outcome.runs[SYSTEMS[0]]
    }
    requests = tuple(request for request in asked.requests if half.get(request.qid))
    made = report(
        {name: {request.qid: run[request.qid] for request in requests} for name, run in outcome.runs.items()},
        Judged(requests=requests, grades=half),
    )
    figures = {
        "recruiters": outcome.recruiters,
        "liked": sum(outcome.liked) / outcome.recruiters,
        "entries": sum(outcome.entries) / outcome.recruiters,
        "taste_found": sum(outcome.found) / outcome.recruiters,
        "applied_to_other_roles": sum(outcome.elsewhere) / max(1, len(outcome.elsewhere)),
        "systems": {
            one.system: {
                "taste@10": sum(outcome.taste[one.system]) / outcome.recruiters,
                "taste@10_where_found": _mean(outcome.taste[one.system], outcome.found),
                **{name: measured.mean for name, measured in one.measures.items()},
            }
            for one in made.systems
        },
    }
    print(json.dumps(figures, indent=2) if given.json else _table(figures))


def _mean(values: Sequence[float], where: Sequence[bool]) -> float:
    kept = [value for value, there in zip(values, where, strict=True) if there]
    return sum(kept) / max(1, len(kept))


def _table(figures: dict[str, object]) -> str:
    systems = figures.pop("systems")
    lines = [f"{name}: {value:.3g}" for name, value in figures.items()]
    names = ("taste@10", "taste@10_where_found", "ndcg", "ndcg_judged", "hrr", "facepalm")
    lines.append(f"{'':<32}" + "".join(f"{name:>22}" for name in names))
    assert isinstance(systems, dict)
    lines += [f"{system:<32}" + "".join(f"{said[name]:>22.3f}" for name in names) for system, said in systems.items()]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
