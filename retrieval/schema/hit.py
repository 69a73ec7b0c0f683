"""What retrievers return, and what they are given beside the role and the filter."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from retrieval.schema.preference import Preference


class Hit(BaseModel):
    """One member found by one strategy. `rank` counts from 1; scores compare only within one strategy."""

    model_config = ConfigDict(frozen=True)

    member_id: str
    strategy: str
    rank: int = Field(ge=1)
    score: float
    reason: str = Field(min_length=1, description="why this strategy found the person, in words a recruiter reads")


class Retrieval(BaseModel):
    """A strategy's answer: hits, best first, and remarks for the recruiter (no history, unknown values kept ...)."""

    model_config = ConfigDict(frozen=True)

    hits: tuple[Hit, ...] = ()
    notes: tuple[str, ...] = ()


class Feedback(BaseModel):
    """What one recruiter did before: members liked and passed, and the texts of past roles, newest last."""

    model_config = ConfigDict(frozen=True)

    liked: tuple[str, ...] = ()
    passed: tuple[str, ...] = ()
    past_roles: tuple[str, ...] = ()
    complete: bool = Field(
        default=False, description="all there is, from a ledger: nothing that a thread kept is added to it"
    )

    @property
    def empty(self) -> bool:
        """True where there is nothing to learn from."""
        return not (self.liked or self.passed or self.past_roles)


class Context(BaseModel):
    """What a search knows beside its role."""

    model_config = ConfigDict(frozen=True)

    recruiter: str = "local"
    feedback: Feedback = Feedback()
    preferences: tuple[Preference, ...] = Field(default=(), description="learned of this recruiter; never of another")
    seeds: tuple[str, ...] = Field(default=(), description="member ids to find people alike")
    boolean: str | None = Field(default=None, description="a search string of the recruiter's own")


class Candidate(BaseModel):
    """A member of the pool with all its provenance."""

    model_config = ConfigDict(frozen=True)

    member_id: str
    hits: tuple[Hit, ...]
    blend: float = Field(description="fused score of all hits; higher is better")
    score: float | None = Field(default=None, description="the ranker's score; higher is better")
    expected: float | None = Field(default=None, description="the grade, 0 to 4, that the ranker expects")
    nudge: float = Field(default=0.0, description="the part of `score` that the recruiter's learned preferences added")
    preferred: tuple[str, ...] = Field(default=(), description="which of those preferences the member meets, in words")

    @property
    def strategies(self) -> tuple[str, ...]:
        """Names of the strategies that found the member, in the order of their ranks."""
        return tuple(hit.strategy for hit in sorted(self.hits, key=lambda hit: (hit.rank, hit.strategy)))
