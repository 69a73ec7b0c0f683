"""The pairs that judge and people see most differently, with what the judge went by, for a person to read."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from offline.evaluation.agreement.figures import Judgements
from offline.evaluation.agreement.pairs import ScoredPairs


class Part(BaseModel):
    """One requirement as the judge graded it, with the words it quoted."""

    model_config = ConfigDict(frozen=True)

    value: str
    importance: str
    dimension: str
    grade: int | None
    quotes: tuple[str, ...] = ()
    note: str = ""


class Disagreement(BaseModel):
    """One pair. Holds words of a profile: personal data."""

    model_config = ConfigDict(frozen=True)

    pairs: str = Field(description="name of the set")
    system: str
    qid: str
    request: str
    member_id: str
    rater: str
    score: float = Field(description="as given, on the set's own scale")
    human: int = Field(description="0-4")
    judge: int = Field(description="0-4")
    confidence: float
    soft: tuple[float, ...]
    fit: str
    reasoning: str
    parts: tuple[Part, ...]

    @property
    def unsaid(self) -> tuple[Part, ...]:
        """Requirements that the judge found nothing about, and had nothing to remark on."""
        return tuple(part for part in self.parts if part.grade is None and not part.note)


def disagreements(pairs: ScoredPairs, judgements: Judgements, *, system: str, most: int) -> list[Disagreement]:
    """The worst `most` pairs: furthest apart first, then those the judge was surest of; one request has at most a
    third of them, so that one odd request does not fill the list."""
    ranked = sorted(
        _all(pairs, judgements, system), key=lambda one: (-abs(one.human - one.judge), -one.confidence, one.qid)
    )
    share = max(1, -(-most // 3))
    taken: list[Disagreement] = []
    of_request: dict[str, int] = {}
    for one in ranked:
        if len(taken) >= most or one.human == one.judge:
            break
        if of_request.get(one.qid, 0) < share:
            of_request[one.qid] = of_request.get(one.qid, 0) + 1
            taken.append(one)
    return taken


def _all(pairs: ScoredPairs, judgements: Judgements, system: str) -> Iterator[Disagreement]:
    for one in pairs.scores:
        judgement = judgements.get((one.qid, one.member_id))
        if one.dimension or judgement is None:
            continue
        yield Disagreement(
            pairs=pairs.name,
            system=system,
            qid=one.qid,
            request=pairs.texts[one.qid],
            member_id=one.member_id,
            rater=one.rater,
            score=one.score,
            human=int(pairs.scale.grades(np.array([one.score]))[0]),
            judge=judgement.grade,
            confidence=judgement.confidence,
            soft=judgement.soft,
            fit=judgement.fit.value,
            reasoning=judgement.reasoning,
            parts=tuple(
                Part(
                    value=part.qualification.value,
                    importance=part.qualification.importance.value,
                    dimension=part.dimension,
                    grade=part.grade,
                    quotes=tuple(evidence.quote for evidence in part.evidence),
                    note=part.note,
                )
                for part in judgement.dimensions
            ),
        )
