"""The rules of the screen, read from `rules.toml`. Expressions are compiled when a text first needs them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import Any


class Lazy:
    """An expression that is compiled at its first use: most requests need few of them, and all would cost half a
    second."""

    def __init__(self, source: str) -> None:
        self.source = source

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Where an expression has a space outside a character class, the text may break the line. Groups repeat four
        times at most, which keeps the time linear in the text."""
        bounded = re.sub(r"\)\*(?!\?)", "){0,4}", self.source)
        return re.compile(
            re.sub(r"\[[^\]]*\]|( )", lambda match: r"[ \n]" if match.group(1) else match.group(), bounded)
        )


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One expression of one attribute. The words refused are its group `words`, or all of the match without one."""

    expression: Lazy
    attribute: str
    cue: Lazy
    """Cheap words without which the expression cannot match."""
    harmless_after: tuple[Lazy, ...] = ()
    """Words before a match that make it a subject of work, or a language."""
    harmless: Lazy | None = None
    """Expressions of this attribute that are no criterion whatever stands around them."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a recruiter hears of a refused attribute."""

    clause: str
    """Id in the constitution."""
    reason: str


@dataclass(frozen=True, kw_only=True)
class Rules:
    """All rules, what is answered for each attribute, and the words that say nothing once a criterion is gone."""

    rules: tuple[Rule, ...]
    answers: Mapping[str, Answer]
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
    for name in ("without", "after"):
        grammar[name] = _filled(grammar[name], grammar)
    made: list[Rule] = []
    for name, attribute in data["attributes"].items():
        made += _attribute(name, attribute, data, grammar)
    answers = {
        name: Answer(clause=attribute.get("clause", f"protected.{name}"), reason=data["reasons"][name])
        for name, attribute in data["attributes"].items()
    }
    return Rules(rules=tuple(made), answers=answers, filler=filler)


def _attribute(name: str, attribute: dict[str, Any], data: dict[str, Any], grammar: dict[str, str]) -> list[Rule]:
    """Every way in which words of one attribute become a criterion on the person."""
    harmless = Lazy(rf"\b(?:{attribute['harmless']})\b") if "harmless" in attribute else None
    phrases = _filled("|".join(f"(?:{phrase})" for phrase in attribute["phrases"]), grammar)
    made = [
        Rule(
            expression=Lazy(rf"(?<![\w'])(?:{phrases})(?!\w)"),
            attribute=name,
            cue=Lazy(rf"\b(?:{attribute['cue']})"),
            harmless=harmless,
        )
    ]
    term = attribute["term"]
    joined = rf"(?: ?, ?(?:(?:and|or) )?| ?/ ?| (?:and|or|&) )(?:{term})\b"
    words = {
        "people": attribute["people"],
        "alone_people": attribute.get("alone_people", ""),
        "condition": attribute.get("condition", ""),
    }
    parts = {
        **grammar,
        **words,
        "listed": rf"(?:{term})(?:{joined})*",
        "subject": rf"(?! ?(?:{attribute['subjects']})\b)",
    }
    # What a shape needs must be somewhere in the text before it is worth compiling and trying.
    cues = {need: Lazy(rf"\b(?:{words.get(need, term)})(?!\w)") for need in (*words, "term", "alone")}
    own = (Lazy(rf"\b(?:{attribute['before']}) $"),) if "before" in attribute else ()
    work = (Lazy(rf"(?:{grammar['work']}) $"),)
    made.extend(
        Rule(
            expression=Lazy(rf"(?<![\w'])(?:{_filled(shape['expression'], parts)})"),
            attribute=name,
            cue=cues[shape["needs"]],
            harmless_after=own + work if shape.get("worked_on") else own,
            harmless=harmless,
        )
        for shape in data["shapes"]
        if attribute.get(shape["needs"])
    )
    return made


def _filled(expression: str, parts: Mapping[str, str]) -> str:
    """The expression with each `{name}` replaced by that part."""
    return re.sub(r"\{([a-z_]+)\}", lambda match: parts[match.group(1)], expression)
