"""The guard: reads one profile against a role and says, with verbatim quotes, what it shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import ValidationError
from pydantic_ai import Agent, ModelRetry, RunContext
from pydantic_ai.agent import AgentRunResult
from pydantic_ai.models import Model

from agents.constitution import Constitution, Prompting, load
from agents.constitution.document import document
from agents.embedded.marks.evidence import Reading
from agents.embedded.model import SYSTEM
from agents.explanation import explain
from agents.finding import Finding, hold
from agents.grading import cap
from agents.judging.answer_key import answer_key
from agents.models.cache import AnswerCache
from agents.verdict import Verdict, required
from retrieval.addressed import sparing
from retrieval.schema import Profile, Qualification, Role


@dataclass(kw_only=True)
class _Case:
    requirements: tuple[Qualification, ...]
    reading: Reading
    sent_back: bool = False


class Guard:
    """Judges candidates on any pydantic-ai model, under one constitution. Safe for concurrent calls.

    A model whose quotes do not stand in the profile is asked once more; what still does not stand is withheld. With a
    `cache`, the same question is asked once; it is for models behind a server.
    """

    def __init__(
        self,
        model: Model,
        *,
        constitution: Constitution | None = None,
        prompting: Prompting | None = None,
        cache: AnswerCache | None = None,
    ) -> None:
        self.constitution = constitution or load()
        self.prompting = prompting or Prompting()
        self._model = model
        self._cache = cache
        self._instructions = self.constitution.render("guard", self.prompting)
        self._agent: Agent[_Case, Finding] = Agent(
            model,
            output_type=Finding,
            deps_type=_Case,
            instructions=self._instructions,
            retries={"output": 2},  # one for quotes, one for an answer that is not in form
            name="guard",
        )
        self._agent.output_validator(_quotes_stand)

    async def judge(self, role: Role, profile: Profile, *, expected: float | None = None) -> Verdict:
        """The verdict on one profile.

        `expected` is the grade (0-4) that a ranker predicts; it cannot lift a grade over what the marks allow.
        Where lines are left out only for what stands around them, the lower grade of with and without them counts.
        Raises what the model raises (no answer, no connection).
        """
        verdict = await self._judged(role, profile, expected)
        spared = sparing(profile)
        if spared is None:
            return verdict
        other = await self._judged(role, spared, expected)
        return verdict.model_copy(update={"grade": min(verdict.grade, other.grade)})

    async def _judged(self, role: Role, profile: Profile, expected: float | None) -> Verdict:
        requirements = role.requirements()
        told = prompt(role, requirements, profile, expected, prompting=self.prompting)
        if self._cache is None:
            return await self._asked(told, requirements, profile)
        key = answer_key("guard", self._model, instructions=self._instructions, document=told)
        verdict = _read(self._cache.get(key))
        if verdict is None:
            verdict = await self._asked(told, requirements, profile)
            self._cache.put(key, job="guard", subject=profile.member_id, answer=verdict.model_dump_json())
        return verdict

    async def _asked(self, told: str, requirements: tuple[Qualification, ...], profile: Profile) -> Verdict:
        case = _Case(requirements=requirements, reading=Reading(profile.text))
        return self._verdict(profile.member_id, case, await self._agent.run(told, deps=case))

    def _verdict(self, member_id: str, case: _Case, result: AgentRunResult[Finding]) -> Verdict:
        response = result.response
        computed = response.provider_name == SYSTEM
        marks = hold(result.output, case.requirements, case.reading, computed=computed).marks
        met, total = required(marks)
        return Verdict(
            member_id=member_id,
            grade=min(result.output.grade, cap(marks)),
            marks=marks,
            explanation=explain(marks, addressed=bool(case.reading.addressed)),
            required_met=met,
            required_total=total,
            constitution=self.constitution.version,
            model=response.model_name or self._model.model_name,
            reasoning=result.output.reasoning,
        )


def _quotes_stand(context: RunContext[_Case], finding: Finding) -> Finding:
    """Send an answer back once if a quote is not in the profile, or a requirement is not marked."""
    case = context.deps
    if case.sent_back or context.partial_output:
        return finding
    problems = hold(finding, case.requirements, case.reading).problems
    if problems:
        case.sent_back = True
        raise ModelRetry(
            "Copy quotes character for character from profile.text. Put right: " + "; ".join(problems[:20])
        )
    return finding


def _read(answer: str | None) -> Verdict | None:
    """A kept verdict, if there is one and it is of today's form."""
    try:
        return Verdict.model_validate_json(answer) if answer is not None else None
    except ValidationError:
        return None


def prompt(
    role: Role,
    requirements: Sequence[Qualification],
    profile: Profile,
    expected: float | None = None,
    *,
    prompting: Prompting | None = None,
) -> str:
    """The one JSON document that a model is given; what a request or profile says stays inside its strings."""
    return document("guard", role, requirements, profile, prompting=prompting or Prompting(), expected=expected)
