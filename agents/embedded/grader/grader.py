"""Grades one profile for one role, as the experts did whose grades it learned from."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import numpy as np

from agents.embedded.grader.card import GraderCard
from agents.embedded.grader.case import Case
from agents.embedded.grader.features import FEATURES, vector
from agents.embedded.grader.measured import Measured
from agents.embedded.grader.people import People, crowd_of, person_of
from agents.embedded.grader.usual import Usual
from agents.embedded.grader.wish import Wish
from agents.embedded.marks.sheet import Sheet
from ranking.view import Floats
from retrieval.schema import Qualification, Role
from retrieval.snapshot import Snapshot

WEIGHTS = Path(__file__).parent / "weights"
FILE = "grader.onnx"
FEWEST = 100
"""Members from which a population can say what is usual; in a smaller one the marks grade alone."""
KEPT = 32


class GraderMismatch(RuntimeError):
    """The weights were trained on other features than this version computes."""


@dataclass(frozen=True, kw_only=True)
class Graded:
    """`expected` is the grade predicted (0-4), `grade` what it stands for, `probabilities` those of the grades 0-4."""

    expected: float
    grade: int
    probabilities: tuple[float, ...]


class Network:
    """The trees and the card of one folder of weights."""

    def __init__(self, folder: Path = WEIGHTS) -> None:
        """Load them. Raises: GraderMismatch, FileNotFoundError."""
        import onnxruntime  # noqa: PLC0415 - a search that grades nothing should not pay for it

        self.card = GraderCard.model_validate_json((folder / "card.json").read_bytes())
        if self.card.features != tuple(feature.name for feature in FEATURES):
            raise GraderMismatch(
                f"the grader's weights in {folder} were trained on other features; train them again with: "
                "shortlist train grader"
            )
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(
            (folder / FILE).read_bytes(), options, providers=["CPUExecutionProvider"]
        )

    def expect(self, features: Floats) -> Floats:
        """Predicted grades [m] of `features` [m, f]."""
        trees = np.mean([np.asarray(one)[:, 0] for one in self._session.run(None, {"features": features})], axis=0)
        share = self.card.tree_share
        expected: Floats = np.clip(share * trees + (1 - share) * self.card.linear.predict(features), 0, 4)
        return expected

    def graded(self, expected: float) -> Graded:
        """What a prediction says."""
        return Graded(expected=expected, grade=self.card.grade(expected), probabilities=self.card.odds.shares(expected))


class Grader:
    """Grades marked sheets by one snapshot. Thread-safe; what a role needs is computed once and kept a while."""

    def __init__(self, snapshot: Snapshot, network: Network | None = None) -> None:
        self.snapshot = snapshot
        self._network = network
        self._lock = threading.Lock()
        self._roles: OrderedDict[str, Usual] = OrderedDict()

    @cached_property
    def network(self) -> Network:
        """The weights, loaded at first use. Raises: GraderMismatch, FileNotFoundError."""
        return self._network or default()

    @cached_property
    def crowd(self) -> People:
        """Those who stand for the population."""
        return crowd_of(self.snapshot)

    @cached_property
    def able(self) -> bool:
        """Whether it can grade here: enough people, and vectors of the encoder that the weights were trained on."""
        if self.snapshot.count < FEWEST:
            return False
        try:
            return self.snapshot.manifest.encoder == self.network.card.encoder
        except (ImportError, FileNotFoundError, GraderMismatch):
            return False

    def grade(self, sheet: Sheet) -> Graded | None:
        """The grade of one sheet; `None` where the grader cannot grade (see `able`), or there is nothing to read."""
        if not self.able or not sheet.passages.spans:
            return None
        expected = self.network.expect(self.features(sheet)[None])
        return self.network.graded(float(expected[0]))

    def features(self, sheet: Sheet) -> Floats:
        """[f] what the model is given."""
        usual = self.usual(sheet.role, [one.qualification for one in sheet.asked])
        person = Measured(usual.wish, person_of(sheet, self.snapshot))
        return vector(Case(sheet=sheet, person=person, usual=usual))

    def usual(self, role: Role, asked: Sequence[Qualification]) -> Usual:
        """What is usual for a role; concurrent callers with the same role wait for one computation."""
        key = "\n".join((role.model_dump_json(), *(one.model_dump_json(exclude={"span"}) for one in asked)))
        with self._lock:
            if key in self._roles:
                self._roles.move_to_end(key)
                return self._roles[key]
            usual = Usual(Wish.of(role, asked, self.snapshot), self.crowd)
            self._roles[key] = usual
            if len(self._roles) > KEPT:
                self._roles.popitem(last=False)
            return usual


@cache
def default() -> Network:
    """The weights that come with the package."""
    return Network()
