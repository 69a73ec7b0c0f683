"""A criterion on a protected attribute, as either net finds it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Criterion:
    """The words `text[start:end]` ask for somebody with or without the attribute (a table of `rules.toml`)."""

    start: int
    end: int
    attribute: str
