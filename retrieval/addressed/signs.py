"""The signs of text that speaks to its reader, from `signs.toml`; expressions are compiled at their first use."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

_NAME = re.compile(r"\{([a-z_]+)\}")
_SPACE = re.compile(r"\[[^\]]*\]|( )([?*]?)")


@dataclass(frozen=True)
class Sign:
    """One kind of wording. Signs on one line add up by `weight`; from 1 on, the line is addressed."""

    name: str
    weight: float
    source: str
    reaches: str = ""
    """`heading`: a short line or one with a colon opens a paragraph that belongs to it; `always`: any line does."""

    @cached_property
    def expression(self) -> re.Pattern[str]:
        """To search plain letters with; a space stands for any white space, so that wrapped lines are read through."""
        return re.compile(_any_space(self.source))


@dataclass(frozen=True, kw_only=True)
class Signs:
    """All signs; `cues` are words without one of which no line has a sign that is made of words."""

    worded: tuple[Sign, ...]
    marked: tuple[Sign, ...]
    cues: frozenset[str]
    enclosed: tuple[tuple[re.Pattern[str], str], ...]
    """Opening and closing marks; `(?P=tag)` in a closing one stands for the opening's group `tag`."""


@cache
def signs() -> Signs:
    """The packaged signs."""
    data = tomllib.loads(files("retrieval.addressed").joinpath("signs.toml").read_text(encoding="utf-8"))
    parts: dict[str, str] = {}
    for name, source in data["parts"].items():
        parts[name] = _filled(source, parts)
    return Signs(
        worded=_signs(data["worded"], parts),
        marked=_signs(data["marked"], parts),
        cues=frozenset(data["cues"].split()),
        enclosed=tuple((re.compile(_any_space(one["open"])), _any_space(one["close"])) for one in data["enclosed"]),
    )


def _signs(given: dict[str, dict[str, Any]], parts: dict[str, str]) -> tuple[Sign, ...]:
    return tuple(
        Sign(name, one["weight"], _filled(one["says"], parts), one.get("reaches", "")) for name, one in given.items()
    )


def _filled(source: str, parts: dict[str, str]) -> str:
    """An expression on one line, each `{name}` replaced by that part."""
    return _NAME.sub(lambda one: f"(?:{parts[one[1]]})", source.replace("\n", ""))


def _any_space(source: str) -> str:
    """An expression in which a space stands for any white space."""
    return _SPACE.sub(_spaced, source)


def _spaced(found: re.Match[str]) -> str:
    if not found[1]:
        return found[0]
    return r"\s*" if found[2] else r"\s+"
