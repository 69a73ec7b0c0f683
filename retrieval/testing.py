"""The conformance kit: what every retriever, ours or yours, must keep to.

    from retrieval.testing import RetrieverContract

    class TestMine(RetrieverContract):
        create = staticmethod(my_package.create)

with a pytest fixture `snapshot` beside it; or, without pytest, `check_retriever(create, snapshot)`. Needs hypothesis.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, cast

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyroaring import BitMap

from retrieval.filters import Filter
from retrieval.retriever import Retriever
from retrieval.schema import Context, Criterion, Feedback, Hit, Importance, Retrieval, Role
from retrieval.snapshot import Snapshot

Create = Callable[[Snapshot], Retriever]

WARM_UP = 30.0
"""Seconds that the first call of a retriever may take beyond its limit."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One breach: the rule's name and what was seen."""

    rule: str
    problem: str


@dataclass(frozen=True, kw_only=True)
class Trial:
    """What the rules ask with. Roles and context default to samples of the population (`samples`).

    seconds: what one call over the whole population may take. limit: hits asked for where the rule sets none.
    """

    create: Create
    snapshot: Snapshot
    roles: Sequence[Role]
    context: Context
    seconds: float
    limit: int = 50
    everybody: Filter = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "everybody", Filter(rows=BitMap(self.snapshot.alive)))

    def ask(
        self, role: Role, *, rows: BitMap | None = None, limit: int | None = None, retriever: Retriever | None = None
    ) -> Retrieval:
        """One call, on a fresh retriever unless one is given."""
        return (retriever or self.create(self.snapshot)).retrieve(
            role=role,
            filter=self.everybody if rows is None else Filter(rows=rows),
            context=self.context,
            limit=self.limit if limit is None else limit,
        )

    def row(self, hit: Hit) -> int:
        """The row of a hit's member."""
        return self.snapshot.row(hit.member_id)


def check_retriever(
    create: Create,
    snapshot: Snapshot,
    *,
    roles: Sequence[Role] = (),
    context: Context | None = None,
    seconds: float = 2.0,
    rules: Sequence[str] = (),
) -> list[Finding]:
    """Everything the retriever breaks; empty where it conforms.

    Args:
        create: the factory that the entry point names.
        snapshot: any snapshot; a hundred profiles are enough, a thousand make the time limit mean something.
        roles: roles that the retriever should find somebody for; by default some made from the population.
        context: what else it needs (seeds, feedback, a search string); by default seeds and feedback are sampled.
        seconds: how long one call may take.
        rules: names from `RULES`; all of them by default.
    """
    sampled_roles, sampled_context = samples(snapshot)
    trial = Trial(
        create=create,
        snapshot=snapshot,
        roles=tuple(roles) or sampled_roles,
        context=context or sampled_context,
        seconds=seconds,
    )
    findings = []
    for name in rules or RULES:
        try:
            findings += [Finding(rule=name, problem=problem) for problem in RULES[name](trial)]
        except Exception as error:  # Whatever a plug-in raises is a finding, not a crash of the kit.
            findings.append(Finding(rule=name, problem=f"raised {type(error).__name__}: {error}"))
        if name == "time" and findings:
            break  # The other rules would wait for it as well.
    return findings


def samples(snapshot: Snapshot) -> tuple[tuple[Role, ...], Context]:
    """Roles that members spread over the population would answer, and a context with seeds, likes and passes."""
    alive = list(snapshot.alive)
    rows = alive[:: max(1, len(alive) // 5)][:5]
    roles = []
    for row in rows:
        profile = snapshot.profile(row)
        titles = [position.title for position in profile.positions if position.title][:1]
        skills = [skill.name for skill in profile.skills][:3]
        said = " ".join(profile.text.split()[:25])
        roles.append(
            Role(
                text=", ".join([*titles, *skills]) or said or "anybody",
                titles=tuple(Criterion(value=title) for title in titles),
                skills=tuple(Criterion(value=skill, importance=Importance.NICE) for skill in skills),
            )
        )
    members = [snapshot.member_id(row) for row in rows]
    feedback = Feedback(liked=tuple(members[:1]), passed=tuple(members[1:2]), past_roles=("engineer",))
    return tuple(roles), Context(seeds=tuple(members[2:4]), feedback=feedback)


def _answers(trial: Trial) -> Iterator[str]:
    """A retriever that never finds anybody would keep every other rule."""
    if not any(trial.ask(role).hits for role in trial.roles):
        yield f"found nobody for any of {len(trial.roles)} roles, with everybody passing the filter"
    for role in (Role(text=""), Role(text="zqxj")):
        trial.ask(role)  # Nothing to find is an empty answer, not an error.


def _filter(trial: Trial) -> Iterator[str]:
    retriever = trial.create(trial.snapshot)
    alive = sorted(trial.snapshot.alive)
    outside: list[str] = []

    @settings(max_examples=25, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(rows=st.sets(st.sampled_from(alive)), role=st.sampled_from(list(trial.roles)))
    def obeyed(rows: set[int], role: Role) -> None:
        hits = trial.ask(role, rows=BitMap(rows), retriever=retriever).hits
        wrong = [hit.member_id for hit in hits if trial.row(hit) not in rows]
        if wrong:
            outside[:] = [f"{len(rows)} members pass the filter, yet it returned {wrong[0]!r}, who does not"]
            raise AssertionError(outside[0])

    try:
        obeyed()
    except AssertionError:
        if not outside:
            raise
        yield outside[0]  # The smallest filter that hypothesis could break it with.


def _limit(trial: Trial) -> Iterator[str]:
    retriever = trial.create(trial.snapshot)
    for limit in (0, 1, 7, trial.snapshot.count + 10):
        for role in trial.roles:
            found = len(trial.ask(role, limit=limit, retriever=retriever).hits)
            if found > limit:
                yield f"returned {found} hits for a limit of {limit}"
                break


def _determinism(trial: Trial) -> Iterator[str]:
    retriever = trial.create(trial.snapshot)
    first = [trial.ask(role, retriever=retriever) for role in trial.roles]
    if [trial.ask(role, retriever=retriever) for role in trial.roles] != first:
        yield "asked twice, it answered differently"
    if [trial.ask(role) for role in trial.roles] != first:
        yield "made anew over the same snapshot, it answered differently"
    with ThreadPoolExecutor(4) as threads:
        asked = list(trial.roles) * 4
        answers = list(threads.map(lambda role: trial.ask(role, retriever=retriever), asked))
    if answers != first * 4:
        yield "called from several threads at once, it answered differently"


def _deleted(trial: Trial) -> Iterator[str]:
    """Everybody it would find is deleted; a stale filter that still names them must not bring them back."""
    for role in trial.roles:
        gone = BitMap(trial.row(hit) for hit in trial.ask(role).hits[::2])
        retriever = trial.create(_without(trial.snapshot, gone))
        returned = [hit.member_id for hit in trial.ask(role, retriever=retriever).hits if trial.row(hit) in gone]
        if returned:
            yield f"returned {returned[0]!r}, who is deleted (rows not in snapshot.alive are)"
            return


def _time(trial: Trial) -> Iterator[str]:
    retriever = trial.create(trial.snapshot)
    # Models and tables may load at the first call; it gets more time, and does not count.
    for role, seconds in ((trial.roles[0], trial.seconds + WARM_UP), *((role, trial.seconds) for role in trial.roles)):
        call = threading.Thread(target=_quietly, args=(trial, role, retriever), daemon=True)
        call.start()
        call.join(seconds)
        if call.is_alive():
            yield f"one call over {trial.snapshot.count} profiles took more than {seconds:g} s"
            return


def _quietly(trial: Trial, role: Role, retriever: Retriever) -> None:
    with suppress(Exception):  # What it raises, the other rules report.
        trial.ask(role, retriever=retriever)


def _provenance(trial: Trial) -> Iterator[str]:
    retriever = trial.create(trial.snapshot)
    for role in trial.roles:
        answer = trial.ask(role, retriever=retriever)
        if not isinstance(answer, Retrieval):
            yield f"returned a {type(answer).__name__}, not a Retrieval"
            return
        hits = answer.hits
        scores = [hit.score for hit in hits]
        breaches = {
            f"hits must say strategy {retriever.name!r}": any(hit.strategy != retriever.name for hit in hits),
            "ranks must count 1, 2, 3 ...": [hit.rank for hit in hits] != list(range(1, len(hits) + 1)),
            "reasons must say something": any(not hit.reason.strip() for hit in hits),
            "scores must be finite": not all(map(math.isfinite, scores)),
            "scores must not rise": any(low < high for low, high in pairwise(scores)),
            "a member must come once": len({hit.member_id for hit in hits}) != len(hits),
        }
        broken = [breach for breach, is_broken in breaches.items() if is_broken]
        yield from broken
        if broken:
            return


RULES: dict[str, Callable[[Trial], Iterator[str]]] = {
    "time": _time,
    "answers": _answers,
    "filter": _filter,
    "limit": _limit,
    "determinism": _determinism,
    "deleted": _deleted,
    "provenance": _provenance,
}
"""Every rule by name; each yields what it found wrong. The time limit comes first: the others need it kept."""


class RetrieverContract:
    """One pytest test a rule. Subclass it as `Test...`, set `create`, and have a fixture `snapshot`."""

    create: Create
    roles: Sequence[Role] = ()
    context: Context | None = None
    seconds: float = 2.0

    def _keeps(self, rule: str, snapshot: Snapshot) -> None:
        found = check_retriever(
            type(self).create,
            snapshot,
            roles=self.roles,
            context=self.context,
            seconds=self.seconds,
            rules=[rule],
        )
        if found:
            raise AssertionError("; ".join(finding.problem for finding in found))

    def test_answers(self, snapshot: Snapshot) -> None:
        """It finds somebody, and takes an empty role without an error."""
        self._keeps("answers", snapshot)

    def test_obeys_the_filter(self, snapshot: Snapshot) -> None:
        """Nobody outside `filter.rows` is returned."""
        self._keeps("filter", snapshot)

    def test_obeys_the_limit(self, snapshot: Snapshot) -> None:
        """Never more than `limit` hits, 0 and more than the population included."""
        self._keeps("limit", snapshot)

    def test_is_deterministic(self, snapshot: Snapshot) -> None:
        """The same answer again, from a fresh retriever, and from several threads."""
        self._keeps("determinism", snapshot)

    def test_never_returns_the_deleted(self, snapshot: Snapshot) -> None:
        """Rows that are not alive stay away, even where a filter names them."""
        self._keeps("deleted", snapshot)

    def test_keeps_the_time_limit(self, snapshot: Snapshot) -> None:
        """One call returns within `seconds`."""
        self._keeps("time", snapshot)

    def test_gives_provenance(self, snapshot: Snapshot) -> None:
        """Strategy, ranks, scores and reasons are as the schema says."""
        self._keeps("provenance", snapshot)


class _Deleted:
    """A snapshot some of whose members are gone."""

    def __init__(self, snapshot: Snapshot, alive: BitMap) -> None:
        self._snapshot = snapshot
        self.alive = alive

    def __getattr__(self, name: str) -> Any:
        return getattr(self._snapshot, name)


def _without(snapshot: Snapshot, gone: BitMap) -> Snapshot:
    return cast("Snapshot", _Deleted(snapshot, snapshot.alive - gone))
