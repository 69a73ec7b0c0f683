"""The rules of the screen, read from `rules.toml` and compiled once."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One expression of one attribute. The words refused are its group `words`, or all of the match without one."""

    expression: re.Pattern[str]
    clause: str
    reason: str
    harmless_after: tuple[re.Pattern[str], ...] = ()
    """Words before a match that make it a subject of work, or a language."""
    harmless: re.Pattern[str] | None = None
    """Expressions of this attribute that are no criterion whatever stands around them."""


@dataclass(frozen=True, kw_only=True)
class Rules:
    """All rules, and the words that say nothing once a criterion is gone."""

    rules: tuple[Rule, ...]
    filler: frozenset[str]


@cache
def rules() -> Rules:
    """The packaged rules."""
    data = tomllib.loads(files("agents.policy").joinpath("rules.toml").read_text(encoding="utf-8"))
    grammar: dict[str, str] = dict(data["grammar"])
    filler = frozenset(grammar["filler"].split())
    grammar["lead"] = f"(?:{grammar['want']}|{grammar['no']}) (?:(?:{grammar['article']}) )*"
    terms = "|".join(attribute["term"] for attribute in data["attributes"].values() if attribute["term"])
    grammar["between"] = f"(?:(?:{grammar['between']}|{terms}) ){{0,3}}"
    compiled: list[Rule] = []
    for name, attribute in data["attributes"].items():
        compiled += _attribute(name, attribute, data, grammar)
    return Rules(rules=tuple(compiled), filler=filler)


def _attribute(name: str, attribute: dict[str, Any], data: dict[str, Any], grammar: dict[str, str]) -> list[Rule]:
    """Every way in which words of one attribute become a criterion on the person."""
    clause, reason = attribute.get("clause", f"protected.{name}"), data["reasons"][name]
    phrases = "|".join(f"(?:{phrase})" for phrase in attribute["phrases"])
    harmless = _compile(rf"\b(?:{attribute['harmless']})\b") if "harmless" in attribute else None
    made = [
        Rule(expression=_compile(rf"(?<![\w'])(?:{phrases})(?!\w)"), clause=clause, reason=reason, harmless=harmless)
    ]
    term = attribute["term"]
    joined = rf"(?: ?, ?(?:(?:and|or) )?| ?/ ?| (?:and|or|&) )(?:{term})\b"
    parts = {
        **grammar,
        "listed": rf"(?:{term})(?:{joined})*",
        "people": attribute["people"],
        "subject": rf"(?! ?(?:{attribute['subjects']})\b)",
        "tails": attribute.get("tails", ""),
        "alone_people": attribute.get("alone_people", ""),
    }
    own = (_compile(rf"\b(?:{attribute['before']}) $"),) if "before" in attribute else ()
    work = (_compile(rf"(?:{grammar['work']}) $"),)
    for shape in data["shapes"]:
        if attribute.get(shape["needs"]):
            expression = re.sub(r"\{([a-z_]+)\}", lambda match: parts[match.group(1)], shape["expression"])
            after = own + work if shape.get("worked_on") else own
            compiled = _compile(rf"(?<![\w'])(?:{expression})")
            made.append(
                Rule(expression=compiled, clause=clause, reason=reason, harmless_after=after, harmless=harmless)
            )
    return made


def _compile(expression: str) -> re.Pattern[str]:
    """Where an expression has a space outside a character class, the text may break the line. Groups repeat four
    times at most, which keeps the time linear in the text."""
    bounded = re.sub(r"\)\*(?!\?)", "){0,4}", expression)
    return re.compile(re.sub(r"\[[^\]]*\]|( )", lambda match: r"[ \n]" if match.group(1) else match.group(), bounded))
