"""The English of requests, read from `grammar.toml`: expressions compiled once, and sets of words."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files


@cache
def _tables() -> dict[str, dict[str, str]]:
    return tomllib.loads(files("agents.embedded").joinpath("grammar.toml").read_text(encoding="utf-8"))


def _entry(name: str) -> str:
    table, _, key = name.partition(".")
    return _tables()[table][key]


def expression(name: str, *, any_case: bool = True) -> re.Pattern[str]:
    """The expression `table.key`; its lines are joined, so that white space counts only within a line."""
    joined = "".join(line.lstrip() for line in _entry(name).splitlines())
    return re.compile(joined, re.IGNORECASE if any_case else re.NOFLAG)


def words(name: str) -> frozenset[str]:
    """The words of the list `table.key`."""
    return frozenset(_entry(name).split())
