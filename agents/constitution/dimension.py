"""A side of a person that is graded by itself."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from retrieval.schema import Kind


class Dimension(BaseModel):
    """One scale. Every requirement is graded on the dimension that has its kind."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(
        pattern=r"^[a-z]+(-[a-z]+)*$", description="such as `hard-skills`; once published it keeps its meaning"
    )
    kinds: tuple[Kind, ...] = Field(min_length=1)
    meaning: str = Field(min_length=1)
    grades: tuple[str, str, str, str, str] = Field(description="what grade 0, 1, 2, 3 and 4 say, in this order")
