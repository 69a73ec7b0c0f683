"""Asking one judge about many pairs: several at a time, answers kept as they come, failures told and counted."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from pydantic import ValidationError
from pydantic_ai.exceptions import AgentRunError
from pydantic_ai.models import Model

from agents.constitution.document import document
from agents.errors import SearchError
from agents.judging import Judge, Judgement
from agents.judging.answer_key import answer_key
from agents.models import BudgetSpent
from agents.models.cache import AnswerCache, key_of
from retrieval.schema import Profile, Role

JOB = "judge compare"
GIVE_UP = 10
"""After so many failures without an answer between them the model is taken to be down, and the rest is not asked."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """One pair, ready to be judged."""

    qid: str
    role: Role
    profile: Profile

    @property
    def key(self) -> tuple[str, str]:
        """(request id, member id)."""
        return self.qid, self.profile.member_id


@dataclass(frozen=True, kw_only=True)
class Answers:
    """One judge's answers by (request id, member id). `kept` were there from an earlier run; `stopped` says why the
    rest was not asked."""

    judgements: dict[tuple[str, str], Judgement] = field(default_factory=dict)
    failures: dict[tuple[str, str], str] = field(default_factory=dict)
    kept: int = 0
    stopped: str = ""


@dataclass(frozen=True, kw_only=True)
class Keeping:
    """Where answers are kept from run to run, with their cost; `model` is the one that is asked."""

    cache: AnswerCache
    model: Model


@dataclass
class _Course:
    """How the asking goes."""

    failed_in_a_row: int = 0
    stopped: str = ""
    kept: int = 0


async def ask(
    judge: Judge,
    cases: Sequence[Case],
    *,
    concurrency: int = 2,
    keep: Keeping | None = None,
    progress: Callable[[int], None] = lambda _: None,
) -> Answers:
    """Judge every case. With `keep`, answers of an earlier run are taken and new ones kept.

    A pair that fails costs itself. A budget that is spent, or `GIVE_UP` failures in a row, end the asking; what was
    answered is returned. `progress` is told how many cases are done.
    """
    answers = Answers()
    course = _Course()
    places = asyncio.Semaphore(concurrency)
    done = 0

    async def one(case: Case) -> None:
        nonlocal done
        async with places:
            if not course.stopped:
                await _judged(judge, case, answers, course, keep)
        done += 1
        progress(done)

    try:
        async with asyncio.TaskGroup() as group:
            for case in cases:
                group.create_task(one(case))
    except ExceptionGroup as several:
        raise several.exceptions[0] from several
    return Answers(judgements=answers.judgements, failures=answers.failures, kept=course.kept, stopped=course.stopped)


async def _judged(judge: Judge, case: Case, answers: Answers, course: _Course, keep: Keeping | None) -> None:
    key = _key(judge, case, keep.model) if keep is not None else ""
    earlier = _kept(keep, key)
    if earlier is not None:
        answers.judgements[case.key] = earlier
        course.kept += 1
        return
    try:
        judgement = await judge.judge(case.role, case.profile)
    except BudgetSpent as spent:
        course.stopped = str(spent)
    except (SearchError, AgentRunError, ValidationError) as error:
        answers.failures[case.key] = reason(error)
        course.failed_in_a_row += 1
        if course.failed_in_a_row >= GIVE_UP and not course.stopped:
            course.stopped = f"{GIVE_UP} pairs in a row failed, the last with: {reason(error)}"
    else:
        course.failed_in_a_row = 0
        answers.judgements[case.key] = judgement
        if keep is not None:
            keep.cache.put(key, job=JOB, subject=case.profile.member_id, answer=judgement.model_dump_json())


def reason(error: Exception) -> str:
    """Why a pair failed, as one line without words of a profile: what our rooms say, else the kind of error."""
    if isinstance(error, SearchError):
        return " ".join(str(error).split())[:300]
    # What a model answered may quote the profile it was given.
    return type(error).__name__


def _key(judge: Judge, case: Case, model: Model) -> str:
    """Of everything the answer depends on."""
    told = document(
        judge.audience,
        case.role,
        case.role.requirements(),
        case.profile,
        prompting=judge.prompting,
        dimensions=judge.constitution,
    )
    instructions = judge.constitution.render(judge.audience, judge.prompting)
    return key_of(JOB, answer_key(judge.audience, model, instructions=instructions, document=told))


def _kept(keep: Keeping | None, key: str) -> Judgement | None:
    said = keep.cache.get(key) if keep is not None else None
    if said is None:
        return None
    try:
        return Judgement.model_validate_json(said)
    except ValidationError:  # written by another version
        return None
