"""What calling a model has cost."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class Usage(BaseModel):
    """One job's calls in one run. Adds up with `+`."""

    model_config = ConfigDict(frozen=True)

    requests: int = Field(default=0, ge=0, description="calls made, each counted once however often it was repeated")
    retries: int = Field(default=0, ge=0, description="times a call was sent again")
    failures: int = Field(default=0, ge=0, description="calls that brought no answer in the end")
    input_tokens: int = Field(default=0, ge=0)
    output_tokens: int = Field(default=0, ge=0)
    money: float = Field(default=0.0, ge=0, description="by the prices of the configuration, in their currency")
    seconds: float = Field(default=0.0, ge=0, description="spent waiting for answers, added up over parallel calls")
    cache_hits: int = Field(default=0, ge=0, description="answers taken from the cache instead of a call")

    @property
    def tokens(self) -> int:
        """Tokens read and written."""
        return self.input_tokens + self.output_tokens

    def __add__(self, other: Usage) -> Usage:
        return Usage(**{name: getattr(self, name) + getattr(other, name) for name in Usage.model_fields})
