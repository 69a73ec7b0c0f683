"""The expert judge and the teacher: one profile graded for one role, on any pydantic-ai model."""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter
from typing import Literal

from pydantic import ValidationError
from pydantic_ai import Agent, ModelRetry, RunContext
from pydantic_ai.agent import AgentRunResult
from pydantic_ai.models import Model

from agents.constitution import Constitution, Prompting, load
from agents.constitution.document import document
from agents.embedded.marks.evidence import Reading
from agents.judging.answer_key import answer_key
from agents.judging.holding import ceiling, graded
from agents.judging.judgement import Judgement
from agents.judging.opinion import Opinion
from agents.judging.soft import bounded, soft_labels
from agents.models.cache import AnswerCache
from retrieval.addressed import sparing
from retrieval.schema import Profile, Qualification, Role


@dataclass(kw_only=True)
class _Case:
    requirements: tuple[Qualification, ...]
    reading: Reading
    constitution: Constitution
    sent_back: bool = False


class Judge:
    """Grades pairs of role and profile under one constitution. Safe for concurrent calls.

    `audience` is `judge`, which is concise and measures, or `teacher`, which argues every dimension and labels. A model
    whose quotes do not stand in the profile, or that leaves a requirement out, is asked once more; what still does not
    stand is withheld. The prompt's document has `job` (the audience), `role`, `requirements` and `profile`.
    """

    def __init__(
        self,
        model: Model,
        *,
        audience: Literal["judge", "teacher"] = "judge",
        constitution: Constitution | None = None,
        prompting: Prompting | None = None,
        cache: AnswerCache | None = None,
    ) -> None:
        self.audience = audience
        self.constitution = constitution or load()
        self.prompting = prompting or Prompting()
        self._model = model
        self._cache = cache
        self._instructions = self.constitution.render(audience, self.prompting)
        self._agent: Agent[_Case, Opinion] = Agent(
            model,
            output_type=Opinion,
            deps_type=_Case,
            instructions=self._instructions,
            retries={"output": 2},  # one for quotes, one for an answer that is not in form
            name=audience,
        )
        self._agent.output_validator(_stands)

    async def judge(self, role: Role, profile: Profile) -> Judgement:
        """The judgement on one profile. Raises what the model raises (no answer, no connection).

        Where lines are left out only for what stands around them, the lower grade of with and without them counts.
        """
        judgement = await self._judged(role, profile)
        spared = sparing(profile)
        if spared is None:
            return judgement
        most = (await self._judged(role, spared)).grade
        if most >= judgement.grade:
            return judgement
        return judgement.model_copy(update={"grade": most, "soft": bounded(judgement.soft, most)})

    async def _judged(self, role: Role, profile: Profile) -> Judgement:
        requirements = role.requirements()
        told = document(
            self.audience, role, requirements, profile, prompting=self.prompting, dimensions=self.constitution
        )
        key = answer_key(self.audience, self._model, instructions=self._instructions, document=told)
        kept = self._kept(key)
        if kept is not None:
            return kept
        case = _Case(requirements=requirements, reading=Reading(profile.text), constitution=self.constitution)
        started = perf_counter()
        result = await self._agent.run(told, deps=case)
        made = self._judgement(profile.member_id, case, result, seconds=perf_counter() - started)
        if self._cache is not None:
            self._cache.put(key, job=self.audience, subject=profile.member_id, answer=made.model_dump_json())
        return made

    def _judgement(self, member_id: str, case: _Case, result: AgentRunResult[Opinion], *, seconds: float) -> Judgement:
        opinion, response = result.output, result.response
        dimensions = graded(opinion, case.requirements, case.reading, self.constitution).dimensions
        most = ceiling(dimensions)
        soft, source = soft_labels(opinion, response)
        return Judgement(
            member_id=member_id,
            grade=min(opinion.grade, most),
            confidence=opinion.confidence,
            soft=bounded(soft, most),
            soft_source=source,
            dimensions=dimensions,
            fit=opinion.fit,
            reasoning=opinion.reasoning,
            constitution=self.constitution.name,
            model=response.model_name or self._model.model_name,
            prompting=self.prompting,
            input_tokens=result.usage.input_tokens,
            output_tokens=result.usage.output_tokens,
            requests=result.usage.requests,
            seconds=seconds,
        )

    def _kept(self, key: str) -> Judgement | None:
        answer = self._cache.get(key) if self._cache is not None else None
        if answer is None:
            return None
        try:
            return Judgement.model_validate_json(answer).model_copy(update={"seconds": 0.0, "cached": True})
        except ValidationError:
            return None  # of a form that is no longer read


def _stands(context: RunContext[_Case], opinion: Opinion) -> Opinion:
    """Send an answer back once if a quote is not in the profile, or a requirement is not graded."""
    case = context.deps
    if case.sent_back or context.partial_output:
        return opinion
    problems = graded(opinion, case.requirements, case.reading, case.constitution).problems
    if problems:
        case.sent_back = True
        raise ModelRetry(
            "Grade every requirement by its id, and copy quotes character for character from profile.text. Put right: "
            + "; ".join(problems[:20])
        )
    return opinion
