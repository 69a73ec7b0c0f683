"""Learns to tell what is said to a reader of profiles from what tells of a person: `python -m training.addressed`."""

from __future__ import annotations

import argparse
import random
import sys
import tomllib
from collections import Counter
from collections.abc import Iterable, Sequence
from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.svm import LinearSVC

from offline.evaluation.judged import read_judged
from offline.evaluation.safety.injection_payloads import read_payloads
from retrieval.addressed.finding import signed
from retrieval.addressed.letters import letters
from retrieval.addressed.wordings import windows
from retrieval.ingest import read

FOLDS = 5
FILLINGS = 12  # roles that each text is filled in from, so that words of roles tell nothing
SHARE = (
    0.0002  # of the honest lines learned from that may lie above the threshold; about four times as many of others do
)
SOUND_ALIKE = 40  # times that an honest line which sounds alike counts
IN_PROFILES, IN_TEXTS = 30, 2  # how many honest lines or addressed texts say a piece that is learned from
SMALLEST = 0.03  # weights below are left out
UNWORDED = frozenset({"stuffing", "languages", "long"})
"""Families whose wording is no English sign of anything."""


def learn(resumes: Path, requests: Path, target: Path, *, seed: int = 0) -> dict[str, float]:
    """Write the weights to `target`. Returns recall on texts not trained on (alone, and with the signs), and the
    share of honest lines flagged.

    `resumes` is anything that can be indexed, `requests` a folder of judged requests, whose words fill the texts in.
    """
    draw = random.Random(seed)  # noqa: S311 - no secret
    roles = [_parts(request.text) for request in read_judged(requests).requests]
    data = tomllib.loads(files("training").joinpath("addressed_lines.toml").read_text(encoding="utf-8"))
    suite = [one.text for one in read_payloads().all if one.family not in UNWORDED and not one.disguise]
    honest = sorted({letters(line).text.strip() for one in read(resumes) for line in one.text.splitlines()})
    honest = [line for line in honest if windows(line)]
    alike = [letters(line).text for line in data["honest"]] * SOUND_ALIKE
    draw.shuffle(honest)
    texts = [*suite, *data["addressed"]]
    order = list(range(len(suite)))
    draw.shuffle(order)
    caught = by_both = flagged = kept = 0
    for fold in range(FOLDS):
        held, seen = set(order[fold::FOLDS]), honest[: len(honest) * 2 // 3]
        model = _Model([text for i, text in enumerate(texts) if i not in held], [*seen, *alike], roles, draw)
        unseen = model.margins(honest[len(seen) :])
        flagged, kept = flagged + int((unseen >= 0).sum()), kept + len(unseen)
        for index in held:
            role = draw.choice(roles)
            lines = _lines(suite[index], role)
            heard = bool(lines) and bool((model.margins(lines) >= 0).any())
            caught, by_both = caught + heard, by_both + (heard or signed(_filled(suite[index], role)))
    _Model(texts, [*honest, *alike], roles, draw).write(target)
    found = {"recall": caught / len(suite), "recall_with_signs": by_both / len(suite)}
    return {**found, "false_alarms": flagged / kept, "texts": len(texts), "lines": len(honest)}


class _Model:
    def __init__(
        self, texts: Sequence[str], honest: Sequence[str], roles: Sequence[Sequence[str]], draw: random.Random
    ) -> None:
        addressed = [line for text in texts for role in draw.sample(roles, FILLINGS) for line in _lines(text, role)]
        common = Counter(piece for line in honest for piece in _whole(line))
        telling = Counter(piece for text in texts for piece in {p for line in _lines(text, ()) for p in _whole(line)})
        known = {piece for piece, count in common.items() if count >= IN_PROFILES}
        known |= {piece for piece, count in telling.items() if count >= IN_TEXTS}
        self.columns = {piece: column for column, piece in enumerate(sorted(known))}
        # What an addressed line says to its reader stands at its beginning, before any list.
        rows = [windows(line)[0] for line in addressed]
        y = np.r_[np.ones(len(rows)), np.zeros(sum(len(windows(line)) for line in honest))]
        x = self._matrix([*rows, *(found for line in honest for found in windows(line))])
        fitted = LinearSVC(C=1.0).fit(x, y)
        self.weights = np.where(np.abs(fitted.coef_[0]) < SMALLEST, 0.0, fitted.coef_[0])
        self.bias, self.threshold = float(fitted.intercept_[0]), 0.0
        margins = np.sort(self.margins(honest))
        self.threshold = float(margins[-max(1, int(len(honest) * SHARE))])

    def _matrix(self, rows: Sequence[set[str]]) -> csr_matrix:
        """[n, pieces], each row divided by the root of how many pieces it has, known or not."""
        values: list[float] = []
        columns: list[int] = []
        starts = [0]
        for found in rows:
            known = [self.columns[piece] for piece in found if piece in self.columns]
            columns += known
            values += [len(found) ** -0.5] * len(known)
            starts.append(len(columns))
        return csr_matrix((values, columns, starts), shape=(len(rows), len(self.columns)))

    def margins(self, lines: Sequence[str]) -> NDArray[np.float64]:
        """[n] of each line its best stretch."""
        each = [windows(line) for line in lines]
        starts = np.cumsum([0, *(len(one) for one in each[:-1])])
        scored = self._matrix([found for one in each for found in one]) @ self.weights
        best: NDArray[np.float64] = np.maximum.reduceat(scored, starts) + self.bias - self.threshold
        return best

    def write(self, target: Path) -> None:
        kept = [f"(bias)\t{self.bias:.3f}", f"(threshold)\t{self.threshold:.3f}"]
        kept += [f"{piece}\t{weight:.3f}" for piece, weight in zip(self.columns, self.weights, strict=True) if weight]
        target.write_text("\n".join(kept) + "\n", encoding="utf-8")


def _whole(line: str) -> set[str]:
    return {piece for found in windows(line) for piece in found}


def _filled(text: str, role: Sequence[str]) -> str:
    """A text with words of a role."""
    title, *others = role or ("",)
    others = others or [title]
    words = {"{title}": title, "{requirement}": others[0], "{x}": others[0], "{requirements}": ", ".join(others)}
    for name, value in (*words.items(), ("{lines}", "")):
        text = text.replace(name, value)
    return text


def _lines(text: str, role: Sequence[str]) -> list[str]:
    """The lines of a text filled in; one that is broken into short lines as one."""
    lines = [line for line in letters(_filled(text, role)).text.split("\n") if line.strip()]
    if len(lines) > 2 and max(map(len, lines)) < 40:
        lines = [" ".join(lines)]
    return [line for line in lines if windows(line)]


def _parts(request: str) -> list[str]:
    return [part.strip() for part in request.replace(";", ",").replace(":", ",").split(",") if part.strip()][:5]


def main(arguments: Iterable[str] | None = None) -> None:
    """Learn from a folder of resumes and one of judged requests."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("resumes", type=Path)
    parser.add_argument("requests", type=Path)
    target = Path(__file__).parents[1] / "retrieval" / "addressed" / "wordings.tsv"
    parser.add_argument("--target", type=Path, default=target)
    given = parser.parse_args(None if arguments is None else list(arguments))
    figures = learn(given.resumes, given.requests, given.target)
    sys.stdout.write("".join(f"{name} {value:.5g}\n" for name, value in figures.items()))


if __name__ == "__main__":
    main()
