"""What a trainer learns from: queries, each with its candidates and their grades, one JSON object a line.

A data folder holds `lists.jsonl`, `texts.jsonl` (`{"id", "text"}` of candidates that are no members) and `data.json`
(where they come from). Of members it holds ids and numbers of passages, never a word.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from retrieval.encoder.protocol import Side

LISTS, TEXTS, DATA = "lists.jsonl", "texts.jsonl", "data.json"
MEMBER = "member:"
"""What the id of a candidate that is a person begins with; the member id follows."""
WHOLE = -1
"""As the number of a passage: the profile as one text."""
GRADES = 5
Grade = Annotated[float, Field(ge=0, le=4)]


class ListsUnreadable(ValueError):
    """A file of the data folder is missing or makes no sense; the message says where."""


class Candidate(BaseModel):
    """What a query may be answered with."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    """`task:ID`, `title:SHA`, `member:ID`."""
    grade: Grade
    soft: tuple[Annotated[float, Field(ge=0, le=1)], ...] | None = None
    """Probabilities of the grades 0 to 4, where a teacher gave them."""
    passages: tuple[Annotated[int, Field(ge=WHOLE)], ...] = (0,)
    """Numbers of a person's passages (-1: the profile as one text); 0 for what is one text."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.soft is not None and (len(self.soft) != GRADES or not 0.98 <= sum(self.soft) <= 1.02):
            raise ValueError(f"soft labels are {GRADES} numbers that sum to 1")
        if not self.passages or len(set(self.passages)) != len(self.passages):
            raise ValueError("passages are one or more numbers, each once")
        return self

    @property
    def expected(self) -> float:
        """The grade that the soft labels expect, where there are any, else the grade."""
        if self.soft is None:
            return self.grade
        return sum(grade * share for grade, share in enumerate(self.soft)) / sum(self.soft)


class GradedList(BaseModel):
    """A query with its candidates."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    qid: str
    source: str
    """Where the list comes from: `activities`, `titles`, `roles`, `judged` ..."""
    query: str
    side: Side = "role"
    group: str = ""
    """Lists of one group never stand on two sides of a split."""
    candidates: tuple[Candidate, ...]

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if len({candidate.id for candidate in self.candidates}) != len(self.candidates):
            raise ValueError("a candidate stands twice in a list")
        return self


def read_lists(folder: Path) -> list[GradedList]:
    """The lists of a data folder, in its order. Raises: ListsUnreadable."""
    found = []
    for number, line in enumerate(_lines(folder / LISTS), 1):
        try:
            found.append(GradedList.model_validate_json(line))
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"]))
            raise ListsUnreadable(f"{folder / LISTS}, line {number}: {where}: {first['msg']}") from error
    if not found:
        raise ListsUnreadable(f"{folder / LISTS} is empty; make it with: shortlist train muse-data")
    return found


def write_lists(folder: Path, lists: Iterable[GradedList]) -> None:
    """Write `lists.jsonl`, whole or not at all."""
    _replace(folder / LISTS, (one.model_dump_json(exclude_none=True) for one in lists))


def read_texts(folder: Path) -> dict[str, str]:
    """Candidate id -> text, of candidates that are no members. Raises: ListsUnreadable."""
    if not (folder / TEXTS).exists():
        return {}
    found = {}
    for number, line in enumerate(_lines(folder / TEXTS), 1):
        try:
            said = json.loads(line)
            found[str(said["id"])] = str(said["text"])
        except (ValueError, KeyError, TypeError) as error:
            raise ListsUnreadable(f"{folder / TEXTS}, line {number}: no id with a text") from error
    return found


def write_texts(folder: Path, texts: dict[str, str]) -> None:
    """Write `texts.jsonl`, whole or not at all."""
    lines = (json.dumps({"id": key, "text": text}, ensure_ascii=False) for key, text in texts.items())
    _replace(folder / TEXTS, lines)


def read_data(folder: Path) -> dict[str, Any]:
    """`data.json`: what the data was made from; empty where there is none. Raises: ListsUnreadable."""
    path = folder / DATA
    try:
        said = json.loads(path.read_bytes())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise ListsUnreadable(f"{path} cannot be read") from error
    if not isinstance(said, dict):
        raise ListsUnreadable(f"{path} is no JSON object")
    return said


def fingerprint(folder: Path) -> str:
    """Hash of lists and texts. Raises: ListsUnreadable."""
    digest = blake2b(digest_size=8)
    for path in (folder / LISTS, folder / TEXTS):
        for line in _lines(path) if path.exists() else ():
            digest.update(line.encode() + b"\n")
        digest.update(b"\0")
    return digest.hexdigest()


def _lines(path: Path) -> Iterator[str]:
    try:
        with path.open(encoding="utf-8") as file:
            yield from (line for line in file if line.strip())
    except FileNotFoundError:
        raise ListsUnreadable(f"{path} is missing; make it with: shortlist train muse-data") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ListsUnreadable(f"{path} cannot be read: {error}") from error


def _replace(path: Path, lines: Iterable[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_name(f".{path.name}.new")
    with scratch.open("w", encoding="utf-8") as file:
        file.writelines(line + "\n" for line in lines)
    scratch.replace(path)
