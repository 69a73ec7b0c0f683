"""The guard: reads one profile against a role and says, with verbatim quotes, what it shows."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydantic_ai import Agent, ModelRetry, RunContext, ToolOutput
from pydantic_ai.models import Model

from agents.constitution import Constitution, load
from agents.embedded.marks.evidence import Reading
from agents.explanation import explain
from agents.finding import Finding, Held, hold
from agents.grading import cap
from agents.verdict import Verdict, required
from retrieval.schema import Profile, Qualification, Role

OUTPUT = "Verdict"
"""Name of the guard's output, by which an in-process model finds its job."""

_SPANS = {"span": True, "details": True}
_UNTOLD: Any = {
    **dict.fromkeys(("headline_span", "summary", "source", "updated_at", "synthetic"), True),
    **{
        field: {"__all__": _SPANS}
        for field in ("locations", "positions", "education", "skills", "languages", "certifications", "industries")
    },
}


@dataclass(kw_only=True)
class _Case:
    requirements: tuple[Qualification, ...]
    reading: Reading
    held: Held | None = None  # the last answer, checked


class Guard:
    """Judges candidates on any pydantic-ai model, under one constitution. Safe for concurrent calls.

    A model whose quotes do not stand in the profile is asked once more; what still does not stand is withheld.
    """

    def __init__(self, model: Model, *, constitution: Constitution | None = None) -> None:
        self.constitution = constitution or load()
        self._model = model
        self._agent = Agent(
            model,
            output_type=ToolOutput(Finding, name=OUTPUT, description="The marks and the grade."),
            deps_type=_Case,
            instructions=self.constitution.render("guard"),
            retries={"output": 1},
            name="guard",
        )
        self._agent.output_validator(_quotes_stand)

    async def judge(self, role: Role, profile: Profile, *, expected: float | None = None) -> Verdict:
        """The verdict on one profile.

        `expected` is the grade (0-4) that a ranker predicts; it cannot lift a grade over what the marks allow.
        Raises what the model raises (no answer, no connection).
        """
        requirements = role.requirements()
        case = _Case(requirements=requirements, reading=Reading(profile.text))
        result = await self._agent.run(prompt(role, requirements, profile, expected), deps=case)
        marks = (case.held or hold(result.output, requirements, case.reading)).marks
        met, total = required(marks)
        return Verdict(
            member_id=profile.member_id,
            grade=min(result.output.grade, cap(marks)),
            marks=marks,
            explanation=explain(marks),
            required_met=met,
            required_total=total,
            constitution=self.constitution.version,
            model=self._model.model_name,
        )


def _quotes_stand(context: RunContext[_Case], finding: Finding) -> Finding:
    """Send an answer back once if a quote is not in the profile, or a requirement is not marked."""
    case = context.deps
    case.held = hold(finding, case.requirements, case.reading)
    problems = case.held.problems
    if problems and context.retry == 0 and not context.partial_output:
        raise ModelRetry(
            "Copy quotes character for character from profile.text. Put right: " + "; ".join(problems[:20])
        )
    return finding


def prompt(role: Role, requirements: Sequence[Qualification], profile: Profile, expected: float | None = None) -> str:
    """The one JSON document that a model is given; what a request or profile says stays inside its strings."""
    document: dict[str, Any] = {
        "job": "guard",
        "role": role.model_dump(mode="json", exclude_defaults=True),
        "requirements": [
            {"id": number, "kind": one.kind.value, "importance": one.importance.value, "value": one.value}
            for number, one in enumerate(requirements, 1)
        ],
        "profile": profile.model_dump(mode="json", exclude_defaults=True, exclude=_UNTOLD),
    }
    if expected is not None:
        document["expected"] = round(expected, 2)
    return json.dumps(document, ensure_ascii=False)
