"""What people scored: (request, member) pairs with the score, who gave it, and for what."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from offline.evaluation.agreement.scales import GRADES, Scale
from offline.evaluation.agreement.tag_roles import role_of_tags
from offline.evaluation.judged import Request, read_judged
from retrieval.schema import Role

HUMAN_SCALE = Scale(low=1, high=7)
JOBS, SCORES, QUERIES, QRELS = "jobs.jsonl", "scores.csv", "queries.jsonl", "qrels.txt"


class PairsUnreadable(ValueError):
    """Scored pairs that cannot be used; the message names the file, the line and the fix."""


class Job(BaseModel):
    """One request of a scored set: as typed, or only its tags."""

    model_config = ConfigDict(frozen=True)

    job_id: str = Field(min_length=1)
    text: str = ""
    tags: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _says_something(self) -> Job:
        if not self.text.strip() and not any(tag.strip() for tag in self.tags):
            raise ValueError("a job needs a text or tags")
        return self


@dataclass(frozen=True, kw_only=True)
class Score:
    """What one person said of one pair; `dimension` is the constitution's id (`hard-skills`), empty for the whole."""

    qid: str
    member_id: str
    score: float
    rater: str = ""
    dimension: str = ""


@dataclass(frozen=True, kw_only=True)
class ScoredPairs:
    """A set of scores on one scale. `roles` hold the requests that came structured; the others are to be understood."""

    name: str
    scale: Scale
    texts: Mapping[str, str]
    """Request id -> the request as typed, or its tags."""
    scores: tuple[Score, ...]
    roles: Mapping[str, Role] = field(default_factory=dict)

    @property
    def cases(self) -> tuple[tuple[str, str], ...]:
        """What a judge has to be asked: (request id, member id), each once, in the order of the file."""
        return tuple(dict.fromkeys((one.qid, one.member_id) for one in self.scores))

    def only(self, qids: set[str]) -> ScoredPairs:
        """The scores of some requests."""
        return ScoredPairs(
            name=self.name,
            scale=self.scale,
            texts={qid: text for qid, text in self.texts.items() if qid in qids},
            roles={qid: role for qid, role in self.roles.items() if qid in qids},
            scores=tuple(one for one in self.scores if one.qid in qids),
        )


def read_pairs(path: Path, *, scale: Scale | None = None) -> ScoredPairs:
    """Read a set of scored pairs.

    `path` is a folder of judged requests (`queries.jsonl`, `qrels.txt`; grades 0-4), a folder of scored jobs
    (`jobs.jsonl`, `scores.csv`), or one of those score files. `scale` says what a csv was scored on, 1-7 where not
    given.

    Raises:
        PairsUnreadable, JudgedUnreadable: a file is missing or a line is malformed.
    """
    if not path.exists():
        raise PairsUnreadable(f"{path} is not there")
    folder, scores = (path, path / SCORES) if path.is_dir() else (path.parent, path)
    if path.suffix == ".csv" or (path.is_dir() and scores.is_file()):
        return _read_scored(folder, scores, scale or HUMAN_SCALE)
    if path.is_dir() or path.name == QRELS:
        judged = read_judged(folder)
        return ScoredPairs(
            name=folder.resolve().name,
            scale=GRADES,
            texts={request.qid: request.text for request in judged.requests},
            scores=tuple(
                Score(qid=qid, member_id=member, score=grade)
                for qid, graded in judged.grades.items()
                for member, grade in graded.items()
            ),
        )
    raise PairsUnreadable(
        f"{path} is no set of scored pairs: give a folder with {QUERIES} and {QRELS}, one with {JOBS} and {SCORES}, or "
        "such a score file"
    )


def sampled(pairs: ScoredPairs, count: int | None, *, seed: int = 0) -> ScoredPairs:
    """The scores of `count` requests drawn at random, each with everybody scored for it; all without a count."""
    qids = sorted({one.qid for one in pairs.scores})
    if count is None or count >= len(qids):
        return pairs
    return pairs.only(set(random.Random(seed).sample(qids, count)))  # noqa: S311 - no secret


def _read_scored(folder: Path, path: Path, scale: Scale) -> ScoredPairs:
    jobs = {job.job_id: job for job in _read_jobs(folder)}
    scores: dict[tuple[str, str, str, str], Score] = {}
    for number, one in _read_scores(path, scale):
        if one.qid not in jobs:
            raise PairsUnreadable(f"{path}, line {number}: {folder / JOBS} has no job {one.qid}")
        earlier = scores.setdefault((one.qid, one.member_id, one.rater, one.dimension), one)
        if earlier.score != one.score:
            raise PairsUnreadable(
                f"{path}, line {number}: this rater gave {one.qid} {one.member_id} {earlier.score:g} before; keep one"
            )
    if not scores:
        raise PairsUnreadable(f"{path} holds no scores")
    asked = {one.qid for one in scores.values()}
    return ScoredPairs(
        name=folder.resolve().name if path.name == SCORES else path.stem,
        scale=scale,
        texts={qid: job.text or ", ".join(job.tags) for qid, job in jobs.items() if qid in asked},
        roles={qid: role_of_tags(job.tags) for qid, job in jobs.items() if qid in asked and not job.text},
        scores=tuple(scores.values()),
    )


def _read_jobs(folder: Path) -> Iterator[Job]:
    """Jobs of `jobs.jsonl`, else the requests of `queries.jsonl`."""
    path = folder / JOBS if (folder / JOBS).is_file() else folder / QUERIES
    for number, line in enumerate(_text(path).splitlines(), 1):
        if not line.strip():
            continue
        try:
            if path.name == JOBS:
                yield Job.model_validate_json(line)
            else:
                request = Request.model_validate_json(line)
                yield Job(job_id=request.qid, text=request.text)
        except ValidationError as error:
            problem = error.errors()[0]
            expected = '{"job_id": "j1", "tags": ["accountant", "sap"]}' if path.name == JOBS else '{"qid", "text"}'
            raise PairsUnreadable(f"{path}, line {number}: {problem['msg']}; expected {expected}") from None


def _read_scores(path: Path, scale: Scale) -> Iterator[tuple[int, Score]]:
    rows = csv.DictReader(_text(path).splitlines())
    columns = {name.strip(): name for name in rows.fieldnames or ()}
    job, member, score = (_column(path, columns, *names) for names in (("job_id", "qid"), MEMBER, ("score", "grade")))
    rater, dimension = columns.get("rater"), columns.get("dimension")
    for number, row in enumerate(rows, 2):
        try:
            value = float(row[score])
        except (TypeError, ValueError):
            raise PairsUnreadable(f"{path}, line {number}: {row[score]!r} is no score") from None
        if not scale.holds(value):
            raise PairsUnreadable(
                f"{path}, line {number}: {value:g} lies outside the scale {scale}; name the scale with --scale LOW-HIGH"
            )
        yield (
            number,
            Score(
                qid=(row[job] or "").strip(),
                member_id=(row[member] or "").strip(),
                score=value,
                rater=(row[rater] or "").strip() if rater else "",
                dimension=(row[dimension] or "").strip() if dimension else "",
            ),
        )


MEMBER = ("resume_id", "member_id")


def _column(path: Path, columns: Mapping[str, str], *names: str) -> str:
    for name in names:
        if name in columns:
            return columns[name]
    raise PairsUnreadable(
        f"{path} has no column {' or '.join(names)}: its first line names the columns job_id, resume_id, score and, "
        "if you have them, rater and dimension"
    )


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise PairsUnreadable(f"{path} is not there") from None
    except UnicodeDecodeError:
        raise PairsUnreadable(f"{path} is not UTF-8; save it as UTF-8") from None
