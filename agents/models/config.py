"""What a job's model is called, where it answers, and how much of it one run may use."""

from __future__ import annotations

import re
from typing import Any, Literal, get_args
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

EMBEDDED = "embedded"
"""Name of the model that runs in this process."""

JobName = Literal["understanding", "guard", "judge", "teacher"]
JOBS: tuple[JobName, ...] = get_args(JobName)

_ADDRESSED = re.compile(r"(?P<name>.+)@(?P<url>https?://.+)", re.DOTALL)


def variable(job: str, field: str) -> str:
    """The environment variable that sets a field of a job's model, for messages that say what to change."""
    return f"SHORTLIST_MODELS__{job}__{field}".upper()


class ModelConfig(BaseModel):
    """One job's model. A text `NAME@http://host:8000/v1`, as the whole or as `name`, says both name and address.

    Times are seconds. Budgets are for one run: one search, or one labelling run. `price_in` and `price_out` are money
    for a million tokens, in whatever currency `money` is counted in.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(
        default=EMBEDDED, min_length=1, max_length=200, description="the name the server knows the model by"
    )
    url: str | None = Field(default=None, description="address of the OpenAI-compatible server, such as http://host/v1")
    key_variable: str | None = Field(
        default=None, pattern=r"^[A-Za-z_]\w*$", description="the environment variable that holds the server's key"
    )
    concurrency: int = Field(default=8, ge=1, le=1000, description="calls at a time")
    seconds: float = Field(default=60.0, gt=0, le=3600, description="time limit of one attempt")
    attempts: int = Field(default=3, ge=1, le=20, description="how often a call is tried in all")
    pause: float = Field(default=0.5, ge=0, le=60, description="before the second attempt; doubled before each further")
    tokens: int | None = Field(default=None, ge=1, description="tokens, read and written, that one run may use")
    money: float | None = Field(default=None, gt=0, description="money that one run may use; needs both prices")
    price_in: float | None = Field(default=None, ge=0, description="of a million tokens read")
    price_out: float | None = Field(default=None, ge=0, description="of a million tokens written")
    output: Literal["native", "tool", "prompted"] = Field(
        default="native", description="how the answer's form is enforced: JSON schema, tool call, or by asking"
    )
    output_tokens: int = Field(default=2048, ge=16, description="the longest answer, in tokens")
    logprobs: bool = Field(default=False, description="ask for the probabilities of the tokens")
    seed: int | None = Field(default=0, description="of the server's sampling; temperature is always 0")
    extra: dict[str, Any] = Field(
        default_factory=dict, description="further fields of the request's body, such as chat_template_kwargs"
    )

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, given: Any) -> Any:
        if isinstance(given, str):
            return cls._parts(given)
        if isinstance(given, dict) and not given.get("url") and _ADDRESSED.fullmatch(str(given.get("name", ""))):
            return {**given, **cls._parts(given["name"])}
        return given

    @field_validator("url")
    @classmethod
    def _usable(cls, url: str | None) -> str | None:
        if url is None:
            return None
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("write the server's address as http://host:8000/v1")
        if parts.username or parts.password or parts.query:
            raise ValueError("no key belongs into an address: name the variable that holds it in key_variable")
        return url.rstrip("/")

    @model_validator(mode="after")
    def _complete(self) -> ModelConfig:
        if self.name == EMBEDDED and self.url is not None:
            raise ValueError("name the model that the server at this address serves (`shortlist models` lists them)")
        if self.name != EMBEDDED and self.url is None:
            raise ValueError(f"say where {self.name} is served: {self.name}@http://host:8000/v1, or set the url")
        if self.money is not None and (self.price_in is None or self.price_out is None):
            raise ValueError("a budget of money needs price_in and price_out")
        return self

    @classmethod
    def parse(cls, text: str) -> ModelConfig:
        """Read `embedded` or `NAME@http://host:8000/v1`.

        Raises:
            ValueError: it is neither.
        """
        return cls.model_validate(cls._parts(text))

    @staticmethod
    def _parts(text: str) -> dict[str, str]:
        text = text.strip()
        if text == EMBEDDED:
            return {"name": EMBEDDED}
        found = _ADDRESSED.fullmatch(text)
        if found is None:
            raise ValueError(f"{text!r} is neither `{EMBEDDED}` nor NAME@http://host:8000/v1")
        return found.groupdict()

    @property
    def embedded(self) -> bool:
        """Whether it runs in this process."""
        return self.url is None

    def price(self, tokens_in: int, tokens_out: int) -> float:
        """Money for so many tokens read and written; 0 where no prices are set."""
        return (tokens_in * (self.price_in or 0.0) + tokens_out * (self.price_out or 0.0)) / 1e6

    @property
    def id(self) -> str:
        """Tells apart what may answer differently: name and address."""
        return self.name if self.url is None else f"{self.name}@{self.url}"


class ModelsConfig(BaseModel):
    """Each job's model; the one in this process where nothing is said."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    understanding: ModelConfig = Field(default_factory=ModelConfig, description="reads requests")
    guard: ModelConfig = Field(default_factory=ModelConfig, description="reads the best candidates of a search")
    judge: ModelConfig = Field(default_factory=ModelConfig, description="measures searches")
    teacher: ModelConfig = Field(default_factory=ModelConfig, description="labels examples to learn from")

    def of(self, job: JobName) -> ModelConfig:
        """The model of one job."""
        config: ModelConfig = getattr(self, job)
        return config

    @property
    def endpoints(self) -> tuple[JobName, ...]:
        """The jobs that need a server."""
        return tuple(job for job in JOBS if not self.of(job).embedded)
