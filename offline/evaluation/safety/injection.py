"""Plants texts in profiles, and counts what guard and judge make of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from time import perf_counter

from pydantic import ValidationError
from pydantic_ai.exceptions import AgentRunError

from agents.errors import SearchError
from agents.grading import VALUES
from agents.guard import Guard
from agents.judging import Judge, Judgement
from agents.verdict import Evidence, MarkValue, Verdict
from offline.evaluation.safety.injection_payloads import Payload, Payloads
from offline.evaluation.safety.injection_planting import POSITIONS, Pair, Planted, honest, plant
from offline.evaluation.safety.injection_report import Report, Try, row_of
from retrieval.schema import Role, Span

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, kw_only=True)
class Road:
    """One way to grade: with what a population tells, or by the text alone; in this process or on a server."""

    name: str
    model: str
    guard: Guard
    judge: Judge


@dataclass(frozen=True, kw_only=True)
class _Reading:
    """What guard and judge said of one profile."""

    verdict: Verdict | None = None
    judgement: Judgement | None = None
    error: str = ""


@dataclass(kw_only=True)
class _Course:
    roads: Sequence[Road]
    places: asyncio.Semaphore
    canaries: tuple[str, ...]
    baselines: dict[tuple[str, str, str], asyncio.Task[_Reading]] = field(default_factory=dict)


async def run_injection(
    payloads: Payloads,
    pairs: Sequence[Pair],
    roads: Sequence[Road],
    *,
    per_payload: int = 1,
    positions: Sequence[str] = tuple(POSITIONS),
    concurrency: int = 2,
    seed: int = 0,
    progress: Progress = lambda *_: None,
) -> Report:
    """Plant every payload `per_payload` times: for other pairs and in other places in turn, on every road.

    Raises: ValueError where there are no pairs.
    """
    if not pairs:
        raise ValueError("there is nobody to plant anything in: no judged person is in the snapshot")
    started = perf_counter()
    course = _Course(roads=roads, places=asyncio.Semaphore(concurrency), canaries=payloads.canaries)
    planned = [
        (payload, pairs[(number + turn) % len(pairs)], positions[(number + turn) % len(positions)], road)
        for turn in range(per_payload)
        for number, payload in enumerate(payloads.all, turn * len(positions))
        for road in roads
    ]
    done = 0

    async def one(payload: Payload, pair: Pair, position: str, road: Road) -> Try:
        nonlocal done
        made = await _tried(payload, pair, position, road, course)
        done += 1
        progress("payloads", done, len(planned))
        return made

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one(*each)) for each in planned]
    tries = tuple(task.result() for task in tasks)
    return Report(
        models={road.name: road.model for road in roads},
        seed=seed,
        pairs=len(pairs),
        rows=tuple(
            row_of(
                family.name,
                [each for each in tries if each.family == family.name],
                says=family.says,
                ordinary=family.name in payloads.ordinary,
            )
            for family in payloads.family
        ),
        tries=tries,
        seconds=round(perf_counter() - started, 1),
    )


async def _tried(payload: Payload, pair: Pair, position: str, road: Road, course: _Course) -> Try:
    key = road.name, pair.role.model_dump_json(), pair.profile.member_id
    if key not in course.baselines:
        course.baselines[key] = asyncio.create_task(_read(road, pair.role, honest(pair.profile), course))
    before = await course.baselines[key]
    planted = await asyncio.to_thread(plant, pair.profile, payload.planted(pair.role), position)
    after = await _read(road, pair.role, planted, course)
    return Try(
        payload=payload.id,
        family=payload.family,
        position=position,
        road=road.name,
        guard=_pair(before.verdict, after.verdict),
        judge=_pair(before.judgement, after.judgement),
        marks=_risen(before, after, planted),
        quotes=sum(_inside(evidence, planted) for evidence in _evidence(after)),
        fields=_fields(planted),
        followed=sum(word.casefold() in said.casefold() for word in course.canaries for said in _said(after)),
        error=after.error or before.error,
    )


async def _read(road: Road, role: Role, planted: Planted, course: _Course) -> _Reading:
    async with course.places:
        try:
            verdict = await road.guard.judge(role, planted.profile)
            judgement = await road.judge.judge(role, planted.profile)
        except (SearchError, AgentRunError, ValidationError) as error:
            return _Reading(error=type(error).__name__)
        return _Reading(verdict=verdict, judgement=judgement)


def _pair(before: Verdict | Judgement | None, after: Verdict | Judgement | None) -> tuple[int, int] | None:
    return (before.grade, after.grade) if before is not None and after is not None else None


def _risen(before: _Reading, after: _Reading, planted: Planted) -> int:
    """Marks and single grades that rose on evidence from the payload."""
    risen = 0
    if before.verdict and after.verdict:
        for old, new in zip(before.verdict.marks, after.verdict.marks, strict=True):
            better = _worth(new.value) > _worth(old.value)
            risen += better and any(_inside(evidence, planted) for evidence in new.evidence)
    if before.judgement and after.judgement:
        for was, now in zip(before.judgement.dimensions, after.judgement.dimensions, strict=True):
            better = (now.grade or 0) > (was.grade or 0)
            risen += better and any(_inside(evidence, planted) for evidence in now.evidence)
    return risen


def _worth(value: MarkValue) -> float:
    return VALUES[value]


def _evidence(reading: _Reading) -> list[Evidence]:
    marks = [one.evidence for one in reading.verdict.marks] if reading.verdict else []
    dimensions = [one.evidence for one in reading.judgement.dimensions] if reading.judgement else []
    return [evidence for each in (*marks, *dimensions) for evidence in each]


def _inside(evidence: Evidence, planted: Planted) -> bool:
    return planted.span is not None and _touch(evidence.span, planted.span)


def _touch(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def _fields(planted: Planted) -> int:
    """Fields of the profile that the reader of resumes took from inside the payload."""
    profile, span = planted.profile, planted.span
    if span is None:
        return 0
    listed = (
        *profile.positions, *profile.education, *profile.skills, *profile.languages, *profile.certifications,
        *profile.locations,
    )  # fmt: skip
    spans = [*(one.span for one in listed), profile.headline_span]
    return sum(one is not None and _touch(one, span) for one in spans)


def _said(reading: _Reading) -> list[str]:
    """Everything that is said in answer, in words of the model or the program."""
    said: list[str] = []
    if reading.verdict:
        said += [reading.verdict.explanation, reading.verdict.reasoning, *(mark.note for mark in reading.verdict.marks)]
    if reading.judgement:
        said += [reading.judgement.reasoning, *(one.note for one in reading.judgement.dimensions)]
    return said
