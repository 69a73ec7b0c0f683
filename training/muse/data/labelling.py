"""The teacher's labels of a data folder: those of people who were drawn, and those of people whom encoders found."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from agents.constitution import Prompting
from agents.models import ModelConfig
from agents.sourcing import Sourcing
from training.labels.label import Label
from training.labels.plan import load_plan
from training.labels.reading import LabelsMissing, read_labels
from training.labels.running import Wanted as Labelled
from training.labels.running import run
from training.muse.data.folder import LABELS, MINED, PAIRS, REQUESTS, label_folders, round_of
from training.muse.data.pairs import mined, write_pairs
from training.muse.data.wanted import Wanted


class DataUnfinished(RuntimeError):
    """The teacher stopped before all pairs had a label; what there is is kept."""


@dataclass(frozen=True, kw_only=True)
class Labelling:
    """Labels in the folder `out`. Both methods go on where they were, return remarks, and raise DataUnfinished."""

    out: Path
    wanted: Wanted
    sourcing: Sourcing
    teacher: ModelConfig
    progress: Callable[[str, int, int | None], None]

    def drawn(self) -> list[str]:
        """For each request, people from all strategies and at random."""
        return self._label(self.out / LABELS, self.out / REQUESTS, self.wanted.per_role)

    def mined(self, texts: Mapping[str, str]) -> list[str]:
        """Pairs that encoders found: a new round where that is wanted, and what an interrupted one has left.

        `texts` are the requests that may be trained on.
        """
        own = round_of(self.out, self.sourcing.snapshot.encoder.id)
        plan = load_plan(self.out / LABELS)
        if self.wanted.remine and plan is not None and not own.is_dir():
            known: dict[str, set[str]] = {}
            for label in self._labels():
                known.setdefault(label.request_id, set()).add(label.member_id)
            roles = {qid: role for qid, role in plan.roles.items() if qid in texts}
            pairs = mined(
                roles,
                self.sourcing.snapshot,
                known,
                count=self.wanted.mined,
                progress=lambda done, total: self.progress("mining people", done, total),
            )
            write_pairs(own / PAIRS, pairs, texts)
        remarks = []
        for path in sorted((self.out / MINED).glob(f"*/{PAIRS}")):
            remarks += self._label(path.parent / LABELS, path, None)
            path.unlink()  # the round is over; its labels say who was asked about
        return remarks

    def _label(self, folder: Path, source: Path, per_request: int | None) -> list[str]:
        labelled = Labelled(
            source=source,
            per_request=per_request,
            constitution=self.wanted.constitution,
            prompting=Prompting(),
            duplicates=0.0,
            swaps=0.0,
            seed=self.wanted.seed,
        )
        done = asyncio.run(run(folder, labelled, self.teacher, self.sourcing, progress=self.progress))
        if done.outcome.stopped:
            raise DataUnfinished(
                f"labelling stopped early: {done.outcome.stopped}. What was labelled is kept in {folder}; the same "
                f"command goes on with the {done.outcome.left:,} pairs that are left."
            )
        failed = f"{done.outcome.failed:,} pairs got no label; the same command asks them again"
        return [*([failed] if done.outcome.failed else []), *done.notes]

    def _labels(self) -> Iterator[Label]:
        for folder in label_folders(self.out):
            try:
                yield from read_labels(folder)
            except LabelsMissing:
                continue
