"""Mining blends two rankings, and keeps what it encoded through a kill."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from retrieval.encoder import Progress, Side, TextEncoder, load_encoder
from training.muse.data.mining import AT_ONCE, Miner
from training.muse.evaluation.bm25 import Bm25

TEXTS = {
    "a": "Care for newborn babies in hospital.",
    "b": "Write software in Python.",
    "c": "Close the monthly books.",
    "d": "Look after infants on a ward.",
    "e": "Write letters to customers.",
}


class Breaking:
    """The real encoder, with a count of what it encodes, until it has had enough."""

    def __init__(self, enough: int | None = None) -> None:
        self.encoder: TextEncoder = load_encoder()
        self.id, self.width, self.levels = self.encoder.id, self.encoder.width, self.encoder.levels
        self.enough = enough
        self.texts: list[str] = []

    def encode(
        self, texts: Sequence[str], *, side: Side, width: int | None = None, progress: Progress | None = None
    ) -> NDArray[np.float32]:
        if side == "profile":
            if self.enough is not None and len(self.texts) + len(texts) > self.enough:
                raise KeyboardInterrupt
            self.texts += texts
        return self.encoder.encode(texts, side=side, width=width, progress=progress)


def test_both_rankings_count(tmp_path: Path) -> None:
    queries = ["nurse for infants and newborn babies", "write Python"]
    found = Miner(load_encoder(), tmp_path)(queries, TEXTS)
    encoder = load_encoder()
    near = encoder.encode(queries, side="role") @ encoder.encode(list(TEXTS.values()), side="profile").T
    for at, query in enumerate(queries):
        ranked = sorted(TEXTS, key=lambda key: -near[at][list(TEXTS).index(key)])
        worded = Bm25(TEXTS).search([query], depth=100)[0]
        score = {
            key: 1 / (61 + ranked.index(key)) + (1 / (61 + worded.index(key)) if key in worded else 0) for key in TEXTS
        }
        assert found[at] == sorted(TEXTS, key=lambda key: (-score[key], key))
    assert {found[0][0], found[0][1]} == {"a", "d"}
    assert found[1][0] == "b"


def test_a_kill_loses_nothing_that_was_encoded(tmp_path: Path) -> None:
    texts = {f"t{n}": f"task number {n}" for n in range(2 * AT_ONCE + 10)}
    first = Breaking(enough=AT_ONCE + 50)
    with pytest.raises(KeyboardInterrupt):
        Miner(first, tmp_path)(["task"], texts)
    (journal,) = tmp_path.glob("*.journal")
    with journal.open("ab") as file:
        file.write(b"a torn record")
    second = Breaking()
    told: list[tuple[int, int]] = []
    miner = Miner(second, tmp_path, progress=lambda *at: told.append(at))
    found = miner(["task"], texts)
    assert (len(first.texts), len(second.texts)) == (AT_ONCE, AT_ONCE + 10)
    assert told[-1] == (len(texts), len(texts))
    assert found == Miner(load_encoder(), tmp_path / "clean")(["task"], texts)
    miner.done()
    assert not list(tmp_path.glob("*.journal"))


def test_nothing_to_mine(tmp_path: Path) -> None:
    assert Miner(load_encoder(), tmp_path)([], TEXTS) == []
    assert Miner(load_encoder(), tmp_path)(["x"], {}) == [[]]
