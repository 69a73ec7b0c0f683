"""Makes a folder of training data: stage by stage, each kept, so that the same command goes on after a kill."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from agents.models import ModelConfig
from agents.sourcing import Sourcing
from retrieval import serialisation
from retrieval.encoder import TextEncoder, load_encoder
from retrieval.snapshot import Snapshot
from training.labels.sources import read_requests
from training.muse.data import people
from training.muse.data.activities import activities
from training.muse.data.card import DataCard, count
from training.muse.data.folder import (
    HELD_OUT,
    MINED_BY,
    REQUESTS,
    STAGES,
    held,
    label_folders,
)
from training.muse.data.labelling import Labelling
from training.muse.data.made import Made
from training.muse.data.mining import Miner
from training.muse.data.onet import Onet, packaged_onet, read_onet
from training.muse.data.roles import Requests
from training.muse.data.splits import SALT, SHARE, held_out
from training.muse.data.stages import kept, replace_lines, stage
from training.muse.data.titles import occupations, titles
from training.muse.data.unseen import Unseen, read_queries
from training.muse.data.wanted import Wanted, inputs_of
from training.muse.lists import DATA, MEMBER, GradedList, write_lists, write_texts

Advance = Callable[[str, int, int | None], None]
PEOPLE = ("roles", "judged")
"""Sources whose candidates are people."""


@dataclass(kw_only=True)
class _Log:
    """What a run took and had to say."""

    seconds: dict[str, float] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        started = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = round(self.seconds.get(name, 0.0) + time.perf_counter() - started, 2)


def build(
    out: Path,
    wanted: Wanted,
    *,
    open_sourcing: Callable[[], Sourcing],
    teacher: ModelConfig,
    progress: Advance = lambda *_: None,
) -> DataCard:
    """Make the data in `out`, or go on there. The workspace is opened only where people are wanted.

    Raises:
        DataBusy: another process is at it.
        DataUnfinished: the teacher stopped early; the same call goes on.
        LabelsMismatch: the folder's labels were asked for in another way.
        OnetUnreadable, UnseenUnreadable, JudgedUnreadable, SnapshotError: an input cannot be read.
    """
    with held(out):
        log = _Log()
        with log.timed("reading"):
            onet = read_onet(wanted.onet) if wanted.onet else packaged_onet()
            asked_elsewhere = [text for path in wanted.unseen for text in read_queries(path)]
            unseen = Unseen([*asked_elsewhere, *onet.evaluated.values()])
            inputs = inputs_of(wanted)
        sourcing = open_sourcing() if wanted.roles or wanted.judged else None
        making = _Making(out=out, wanted=wanted, inputs=inputs, log=log, progress=progress)
        found = making.words(onet, unseen, sourcing.snapshot.encoder if sourcing else None)
        if sourcing is not None:
            found |= making.people(sourcing, onet, unseen, teacher)
        return making.finish(found, sourcing.snapshot if sourcing else None, len(unseen), teacher)


@dataclass(kw_only=True)
class _Making:
    """One run of `build`."""

    out: Path
    wanted: Wanted
    inputs: dict[str, str]
    log: _Log
    progress: Advance

    def words(self, onet: Onet, unseen: Unseen, encoder: TextEncoder | None) -> dict[str, Made]:
        """The sources without people."""
        wanted, stages = self.wanted, self.out / STAGES
        base: dict[str, Any] = {"salt": SALT, "seed": wanted.seed}
        base |= {name: self.inputs.get(name) for name in ("onet", "unseen")}
        found: dict[str, Made] = {}
        with self.log.timed("titles"):
            found["titles"] = stage(stages / "titles.json", base, lambda: titles(onet, unseen, seed=wanted.seed))
        with self.log.timed("occupations"):
            found["occupations"] = stage(
                stages / "occupations.json", base, lambda: occupations(onet, unseen, seed=wanted.seed)
            )
        if onet.trained:
            with self.log.timed("activities"):
                asked = {**base, "negatives": wanted.negatives}
                found["activities"] = self._activities(onet, unseen, asked, encoder or load_encoder())
        return found

    def _activities(self, onet: Onet, unseen: Unseen, asked: dict[str, Any], encoder: TextEncoder) -> Made:
        """Mined once, by the encoder of that time, until it is wanted anew."""
        path, note = self.out / STAGES / "activities.json", self.out / MINED_BY
        if note.is_file() and not self.wanted.remine:
            there = kept(path, {**asked, "mined_by": note.read_text("utf-8").strip()})
            if there is not None:
                return there
        replace_lines(note, [encoder.id])
        miner = Miner(
            encoder, self.out / STAGES, progress=lambda done, total: self.progress("mining tasks", done, total)
        )
        made = stage(
            path,
            {**asked, "mined_by": encoder.id},
            lambda: activities(onet, unseen, negatives=self.wanted.negatives, mine=miner),
        )
        miner.done()
        return made

    def people(self, sourcing: Sourcing, onet: Onet, unseen: Unseen, teacher: ModelConfig) -> dict[str, Made]:
        """The sources whose candidates are people."""
        wanted = self.wanted
        found: dict[str, Made] = {}
        if wanted.roles:
            with self.log.timed("requests"):
                texts = self._requests(sourcing.snapshot, onet, unseen)
            with self.log.timed("labelling"):
                labelling = Labelling(
                    out=self.out, wanted=wanted, sourcing=sourcing, teacher=teacher, progress=self.progress
                )
                self.log.notes += labelling.drawn()
                self.log.notes += labelling.mined(texts)
            with self.log.timed("lists"):
                found["roles"] = people.roles(
                    texts, label_folders(self.out), sourcing.snapshot, passages=wanted.passages
                )
        if wanted.judged:
            with self.log.timed("lists"):
                found["judged"] = people.judged(wanted.judged, unseen, sourcing.snapshot, passages=wanted.passages)
        return found

    def _requests(self, snapshot: Snapshot, onet: Onet, unseen: Unseen) -> dict[str, str]:
        """The requests of the folder; made up where there are none. Those that are there stay, whatever the snapshot:
        labels belong to them."""
        path = self.out / REQUESTS
        if not path.is_file():
            made = Requests(snapshot, onet, unseen, seed=self.wanted.seed).make(
                self.wanted.roles, progress=lambda done, total: self.progress("making up requests", done, total)
            )
            replace_lines(path, (one.model_dump_json() for one in made))
        texts = read_requests(path)
        allowed = {qid: text for qid, text in texts.items() if not unseen.meets(text)}
        if len(texts) < self.wanted.roles:
            self.log.notes.append(f"{len(texts):,} requests could be made up, {self.wanted.roles:,} were wanted")
        return allowed

    def finish(self, found: dict[str, Made], snapshot: Snapshot | None, unseen: int, teacher: ModelConfig) -> DataCard:
        """Divide, write what trainers read, and vouch for it."""
        wanted, out = self.wanted, self.out
        trained: list[GradedList] = []
        kept_back: list[GradedList] = []
        for one in (each for made in found.values() for each in made.lists):
            share = {"roles": wanted.hold_out_roles, "judged": wanted.hold_out_judged}.get(one.source, 0.0)
            if held_out(one.group, share=share):
                kept_back.append(one)
            else:
                trained.append(self._without_held_out_people(one))
        trained = [one for one in trained if one.candidates]
        mined_by = out / MINED_BY
        card = DataCard(
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            salt=SALT,
            held_out={
                "activities": SHARE,
                "occupations": SHARE,
                "roles": wanted.hold_out_roles,
                "judged": wanted.hold_out_judged,
                "people": wanted.hold_out_people,
            },
            seed=wanted.seed,
            snapshot=snapshot.id if snapshot else None,
            serialisation=serialisation.VERSION,
            encoder=snapshot.encoder.id if snapshot else None,
            mined_by=(mined_by.read_text("utf-8").strip(),) if mined_by.is_file() else (),
            constitution=wanted.constitution if "roles" in found else None,
            teacher=teacher.id if "roles" in found else None,
            inputs=self.inputs,
            unseen=unseen,
            sources=count(trained, kept_back, {name: made.dropped for name, made in found.items()}),
            seconds=self.log.seconds,
            notes=tuple(self.log.notes),
        )
        (out / DATA).unlink(missing_ok=True)  # vouches for nothing while it is being replaced
        replace_lines(out / HELD_OUT, (one.model_dump_json(exclude_none=True) for one in kept_back))
        write_texts(out, {key: text for made in found.values() for key, text in made.texts.items()})
        write_lists(out, trained)
        replace_lines(out / DATA, [json.dumps(card.model_dump(mode="json"), indent=1)])
        return card

    def _without_held_out_people(self, one: GradedList) -> GradedList:
        if one.source not in PEOPLE or not self.wanted.hold_out_people:
            return one
        trained = tuple(
            each
            for each in one.candidates
            if not people.held_out_person(each.id.removeprefix(MEMBER), self.wanted.hold_out_people)
        )
        return one.model_copy(update={"candidates": trained})
