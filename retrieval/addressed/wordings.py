"""How much a line sounds like what is said to a reader: a linear model over its words and pairs of words."""

from __future__ import annotations

import math
import re
from functools import cache
from importlib.resources import files
from itertools import pairwise

_ADDRESS = re.compile(r"\S*(?:@|://|www\.)\S*")  # of a page or a mailbox: words in it tell nothing
_TOKEN = re.compile(r"[a-z0-9]+|[^\w\s]")
FEWEST = 4  # words of a line, below which it says too little to tell

STRETCH, STEP = 20, 10  # words and signs that are weighed at a time, and by how many the next stretch begins later


def tokens(said: str) -> list[str]:
    """Words and signs of plain letters, in order; addresses are left out."""
    return _TOKEN.findall(_ADDRESS.sub(" ", said))


def windows(said: str) -> list[set[str]]:
    """What the model counts in a line: tokens and pairs of neighbours, of a long line stretch by stretch.

    Nothing where it is too short to tell. A stretch is short, so that a list of skills cannot drown what is said.
    """
    found = tokens(said)
    last = max(1, len(found) - STRETCH + STEP)
    stretches = [found[start : start + STRETCH] for start in range(0, last, STEP)]
    return [
        {*stretch, *(f"{one} {other}" for one, other in pairwise(stretch))}
        for stretch in stretches
        if sum(token.isalpha() for token in stretch) >= FEWEST
    ]


def margin(said: str) -> float:
    """From 0 on, a line of plain letters is taken for addressed. The weights come from `training.addressed`."""
    weights, bias, threshold = _model()
    return max(
        (
            sum(weights.get(piece, 0.0) for piece in found) / math.sqrt(len(found)) + bias - threshold
            for found in windows(said)
        ),
        default=-1.0,
    )


@cache
def _model() -> tuple[dict[str, float], float, float]:
    """Weights by piece, and what is added to every line."""
    lines = files("retrieval.addressed").joinpath("wordings.tsv").read_text(encoding="utf-8").splitlines()
    weights = {piece: float(weight) for piece, weight in (line.split("\t") for line in lines)}
    return weights, weights.pop("(bias)"), weights.pop("(threshold)")
