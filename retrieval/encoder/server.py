"""Where an encoder is served, and how it is called."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

_NAMED = re.compile(r"(?P<model>[^@]+)@(?P<url>https?://.+)", re.DOTALL)


class Server(BaseModel):
    """A server that speaks the OpenAI embeddings protocol. A text `http://host:8000/v1` says it, or `NAME@http://...`.

    `model` is the name that the server knows the weights by, their manifest's name where not given; `key_variable` the
    environment variable that holds its key. `seconds` limit one attempt, `batch` is texts a call, `concurrency` calls
    at a time.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str
    model: str | None = None
    key_variable: str | None = Field(default=None, pattern=r"^[A-Za-z_]\w*$")
    seconds: float = Field(default=60.0, gt=0, le=3600)
    attempts: int = Field(default=3, ge=1, le=20)
    batch: int = Field(default=32, ge=1, le=2048)
    concurrency: int = Field(default=4, ge=1, le=64)

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, given: Any) -> Any:
        if isinstance(given, str):
            return cls._parts(given)
        if isinstance(given, dict) and isinstance(given.get("url"), str):
            return {**given, **cls._parts(given["url"])}
        return given

    @staticmethod
    def _parts(text: str) -> dict[str, str]:
        found = _NAMED.fullmatch(text.strip())
        return found.groupdict() if found else {"url": text.strip()}

    @field_validator("url")
    @classmethod
    def _usable(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("write the server's address as http://host:8000/v1, or NAME@http://host:8000/v1")
        if parts.username or parts.password or parts.query:
            raise ValueError("no key belongs into an address: name the variable that holds it")
        return url.rstrip("/")
