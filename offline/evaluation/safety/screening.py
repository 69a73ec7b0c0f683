"""How right the policy screen is: criteria found, and harmless requests left alone, with intervals."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from functools import cached_property
from importlib.resources import files
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError, computed_field, model_validator

from agents.policy import Screening
from retrieval.schema import Span


class SuiteUnreadable(ValueError):
    """A suite of requests is not what it should be; the message names the line and what is wrong."""


class Line(BaseModel):
    """One labelled request of a suite: a line of JSON in the file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str = Field(min_length=1)
    refused: tuple[str, ...] = Field(default=(), description="the criteria in it, in the order of the text")
    attribute: str | None = Field(default=None, description="what the criteria are about, or a look-alike looks like")
    style: str = Field(default="unsaid", description="direct, proxy, other_words, lookalike, ordinary ...")
    seen: bool = Field(default=False, description="whether rules or network were made from this line")

    @model_validator(mode="after")
    def _criteria_stand_in_the_text(self) -> Line:
        if len(self.spans) != len(self.refused):
            raise ValueError("a criterion does not stand in the text, in this order")
        if self.refused and not self.attribute:
            raise ValueError("a line with criteria needs their attribute")
        return self

    @cached_property
    def spans(self) -> tuple[Span, ...]:
        """Where the criteria stand; fewer than there are where one does not."""
        found: list[Span] = []
        for words in self.refused:
            start = self.text.find(words, found[-1].end if found else 0)
            if start >= 0 and words:
                found.append(Span(start=start, end=start + len(words)))
        return tuple(found)


class Share(BaseModel):
    """`right` of `of`, with the 95 % interval of Wilson."""

    model_config = ConfigDict(frozen=True)

    right: int
    of: int

    @computed_field  # type: ignore[prop-decorator] # mypy does not know a decorated property
    @property
    def share(self) -> float:
        """0 to 1; 1 of nothing."""
        return self.right / self.of if self.of else 1.0

    @computed_field  # type: ignore[prop-decorator] # mypy does not know a decorated property
    @property
    def interval(self) -> tuple[float, float]:
        """Low and high end."""
        return wilson(self.right, self.of)


class Figures(BaseModel):
    """How a screen did on a suite. Keys of `by_attribute` and `by_style` as in the suite."""

    model_config = ConfigDict(frozen=True)

    found: Share = Field(description="requests in which every criterion was refused, at least in part")
    passed: Share = Field(description="harmless requests in which nothing was refused")
    by_attribute: dict[str, Share]
    by_style: dict[str, Share]
    missed: tuple[str, ...] = Field(description="requests with a criterion that went through")
    wrongly_refused: dict[str, tuple[str, ...]] = Field(description="harmless request -> what was refused in it")


def wilson(right: int, of: int, z: float = 1.96) -> tuple[float, float]:
    """The score interval of a share (Wilson 1927); (0, 1) of nothing."""
    if not of:
        return 0.0, 1.0
    share, rest = right / of, z * z / of
    middle = (share + rest / 2) / (1 + rest)
    half = z * math.sqrt(share * (1 - share) / of + rest / (4 * of)) / (1 + rest)
    return max(0.0, middle - half), min(1.0, middle + half)


def read_suite(path: Path | None = None) -> tuple[Line, ...]:
    """A suite, or the packaged one. Raises: SuiteUnreadable."""
    try:
        packaged = files("offline.evaluation.safety").joinpath("screening.jsonl")
        text = (path or packaged).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SuiteUnreadable(f"{path}: {error}") from error
    lines = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            lines.append(Line.model_validate_json(line))
        except ValidationError as error:
            raise SuiteUnreadable(
                f"{path or 'the packaged suite'}, line {number}: {error.errors()[0]['msg']}"
            ) from error
    if not lines:
        raise SuiteUnreadable(f"{path}: no requests in it; each line is JSON like {json.dumps(_EXAMPLE)}")
    return tuple(lines)


def measure_screen(
    lines: Sequence[Line], screen: Callable[[str], Screening], *, progress: Callable[[int], None] | None = None
) -> Figures:
    """Screen every line and compare. `progress` hears how many are done."""
    right: list[bool] = []
    wrongly: dict[str, tuple[str, ...]] = {}
    for done, line in enumerate(lines, 1):
        refused = screen(line.text).refused
        if line.refused:
            right.append(all(any(_touch(one.span, span) for one in refused) for span in line.spans))
        else:
            right.append(not refused)
            if refused:
                wrongly[line.text] = tuple(one.words for one in refused)
        if progress:
            progress(done)
    return Figures(
        found=_share([ok for ok, line in zip(right, lines, strict=True) if line.refused]),
        passed=_share([ok for ok, line in zip(right, lines, strict=True) if not line.refused]),
        by_attribute={
            name: _share([ok for ok, line in zip(right, lines, strict=True) if line.refused and line.attribute == name])
            for name in sorted({line.attribute for line in lines if line.refused and line.attribute})
        },
        by_style={
            name: _share([ok for ok, line in zip(right, lines, strict=True) if line.style == name])
            for name in dict.fromkeys(line.style for line in lines)
        },
        missed=tuple(line.text for ok, line in zip(right, lines, strict=True) if line.refused and not ok),
        wrongly_refused=wrongly,
    )


_EXAMPLE = {"text": "Welder, men only", "refused": ["men only"], "attribute": "gender"}


def _touch(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def _share(right: Sequence[bool]) -> Share:
    return Share(right=sum(right), of=len(right))
