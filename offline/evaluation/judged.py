"""Judged requests in a folder: `queries.jsonl` (`qid`, `text`) and `qrels.txt` (TREC: `qid 0 member grade`)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

HIGHEST_GRADE = 4


class JudgedUnreadable(ValueError):
    """A folder of judged requests that cannot be used; the message names the file, the line and the fix."""


class Request(BaseModel):
    """One request of a recruiter, as typed."""

    model_config = ConfigDict(frozen=True)

    qid: str = Field(min_length=1, pattern=r"^\S+$")
    text: str = Field(min_length=1)


@dataclass(frozen=True, kw_only=True)
class Judged:
    """Requests in the order of their file; `grades[qid][member_id]` is 0 to 4, and what is not there was not judged.

    `skipped` are requests that nobody judged; they are not measured.
    """

    requests: tuple[Request, ...]
    grades: dict[str, dict[str, int]]
    skipped: tuple[str, ...] = ()

    @property
    def members(self) -> set[str]:
        """Everyone who was judged for at least one request."""
        return {member for judged in self.grades.values() for member in judged}


def read_judged(folder: Path) -> Judged:
    """Read a folder of judged requests.

    Raises:
        JudgedUnreadable: a file is missing, a line is malformed, an id stands twice, or nothing is judged.
    """
    for name in ("queries.jsonl", "qrels.txt"):
        if not (folder / name).is_file():
            raise JudgedUnreadable(
                f"{folder} has no {name}: a folder of judged requests holds queries.jsonl (one {{qid, text}} a line) "
                "and qrels.txt (lines `qid 0 member grade`)"
            )
    requests = _read_requests(folder / "queries.jsonl")
    grades = _read_grades(folder / "qrels.txt")
    judged = tuple(request for request in requests if request.qid in grades)
    if not judged:
        raise JudgedUnreadable(f"{folder / 'qrels.txt'} judges none of the {len(requests)} requests: do the ids agree?")
    return Judged(
        requests=judged,
        grades={request.qid: grades[request.qid] for request in judged},
        skipped=tuple(request.qid for request in requests if request.qid not in grades),
    )


def _read_requests(path: Path) -> list[Request]:
    requests: dict[str, Request] = {}
    for number, line in enumerate(_lines(path), 1):
        if not line.strip():
            continue
        try:
            request = Request.model_validate_json(line)
        except ValidationError as error:
            problem = error.errors()[0]
            where = ".".join(str(part) for part in problem["loc"]) or "the line"
            raise JudgedUnreadable(
                f'{path}, line {number}: {where}: {problem["msg"]}; expected {{"qid": "q01", "text": "..."}}'
            ) from None
        if request.qid in requests:
            raise JudgedUnreadable(
                f"{path}, line {number}: request {request.qid} stands twice; give it an id of its own"
            )
        requests[request.qid] = request
    if not requests:
        raise JudgedUnreadable(f"{path} holds no request")
    return list(requests.values())


def _read_grades(path: Path) -> dict[str, dict[str, int]]:
    grades: dict[str, dict[str, int]] = {}
    for number, line in enumerate(_lines(path), 1):
        fields = line.split()
        if not fields:
            continue
        if len(fields) != 4 or not fields[3].isascii() or not fields[3].isdigit() or int(fields[3]) > HIGHEST_GRADE:
            raise JudgedUnreadable(f"{path}, line {number}: expected `qid 0 member grade` with a grade from 0 to 4")
        qid, _, member, grade = fields
        earlier = grades.setdefault(qid, {}).setdefault(member, int(grade))
        if earlier != int(grade):
            raise JudgedUnreadable(
                f"{path}, line {number}: {qid} {member} was graded {earlier} before; keep one of them"
            )
    return grades


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise JudgedUnreadable(f"{path} is not UTF-8; save it as UTF-8") from None
