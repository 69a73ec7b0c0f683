"""A small language for word tables: phrases with alternatives and gaps, compiled to one pattern."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

# A gap takes at most two words and stays on its line, so that matching is linear in the text.
_GAP = r"(?:[\w&./'-]{1,24}[^\S\n]){0,2}"


@cache
def table(name: str) -> tuple[tuple[str, ...], ...]:
    """Rows of a packaged table, split at tabs; lines that start with `#` are remarks."""
    text = (files("retrieval.lexicon") / "data" / f"{name}.tsv").read_text(encoding="utf-8")
    return tuple(tuple(line.split("\t")) for line in text.splitlines() if line.strip() and not line.startswith("#"))


def pattern(phrase: str) -> str:
    """The regular expression of a phrase: `*` is up to two words, `(a|b)` alternatives, the last word may be plural."""
    parts: list[str] = []
    for piece in re.findall(r"\([^)]*\)|\S+", phrase):
        if piece == "*":
            parts.append(_GAP)
            continue
        words = piece[1:-1].split("|") if piece.startswith("(") else [piece]
        # Longest first: alternation takes the first that fits.
        words.sort(key=len, reverse=True)
        parts.append("(?:" + "|".join(_word(word) for word in words) + ")" + r"[^\S\n]{1,3}")
    joined = "".join(parts).removesuffix(r"[^\S\n]{1,3}")
    return joined + r"(?:'?s)?(?!\w)"


def _word(word: str) -> str:
    return re.escape(word).replace(r"\ ", r"[^\S\n]{1,3}").replace(r"\*", _GAP)
