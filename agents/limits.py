"""Every number that bounds a search, in one place."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from agents.reflection.edits import EditKind


class Limits(BaseModel):
    """Counts are people, times are seconds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    request_characters: int = Field(default=20_000, ge=1, description="a longer message is refused")
    hits: int = Field(default=300, ge=1, description="asked of each retriever")
    pool: int = Field(default=500, ge=1, description="kept after the blend")
    guarded: int = Field(default=20, ge=1, description="read by the guard in a round, at least the number asked for")
    guard_concurrency: int = Field(default=4, ge=1, description="profiles the guard reads at a time")
    guard_failures: int = Field(
        default=4, ge=1, description="after so many failures and no verdict in a round the guard is taken to be down"
    )
    passing_grade: int = Field(default=3, ge=0, le=4, description="a grade from which a candidate counts as passed")
    enough: float = Field(default=0.5, ge=0, le=1, description="share of the number asked for that has to pass")
    stop_when_passed: float | None = Field(
        default=None, gt=0, description="share of the number asked for after which, passed, the guard reads no further"
    )
    rounds: int = Field(default=2, ge=0, le=10, description="how often the search may be edited and run again")
    edits: tuple[EditKind, ...] = Field(
        default=("broaden",), description="what may be edited: broaden, narrow, add_title, drop"
    )
    seconds: float = Field(default=300.0, gt=0, description="for a whole search; after it nothing new is begun")
    tokens: int | None = Field(default=None, ge=1, description="for a whole search, read and written by all models")
    parts: int = Field(default=8, ge=1, le=50, description="roles that one request may ask for")
    retriever_seconds: float = Field(default=5.0, gt=0, description="a retriever that takes longer loses its hits")
    rank_seconds: float = Field(default=10.0, gt=0, description="a ranker that takes longer leaves the blend's order")
    reflect_seconds: float = Field(default=30.0, gt=0, description="a reflection that takes longer is left to rules")
    verdict_seconds: float = Field(default=60.0, gt=0, description="a verdict that takes longer is left out")
    weights: dict[str, float] = Field(
        default_factory=lambda: {"faceted": 0.1}, description="of strategies in the blend; 1 where not named"
    )
    preferences: float = Field(
        default=0.7,
        ge=0,
        le=0.7,
        description="grades that learned preferences raise a person at most; 0: they are not used",
    )
    fusion_k: int = Field(default=60, ge=1, description="constant of reciprocal rank fusion")
