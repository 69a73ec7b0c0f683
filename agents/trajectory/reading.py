"""Trajectories read back, each with the likes and passes that came later."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from agents.trajectory.log import PATTERN
from agents.trajectory.schema import Liking, Record, Trajectory

_RECORD: TypeAdapter[Trajectory | Liking] = TypeAdapter(Record)

log = logging.getLogger(__name__)


class TrajectoryUnreadable(ValueError):
    """A line is not of a form that this version reads; the message names file and line."""


def read_trajectories(path: Path) -> Iterator[Trajectory]:
    """Every search in a file or a folder of them, oldest first, validated.

    A line that a crash cut short is passed over. Raises: TrajectoryUnreadable for any other that is not understood.
    """
    files = sorted(path.glob(PATTERN)) if path.is_dir() else [path]
    likings: dict[str, dict[str, Liking]] = {}
    for file in files:
        for record in _records(file):
            if isinstance(record, Liking):
                likings.setdefault(record.run, {})[record.member_id] = record  # the latest opinion counts
    for file in files:
        for record in _records(file):
            if isinstance(record, Trajectory):
                thought = tuple(likings.get(record.run, {}).values())
                yield record.model_copy(update={"likings": thought}) if thought else record


def _records(file: Path) -> Iterator[Trajectory | Liking]:
    with file.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                yield _RECORD.validate_json(line)
            except ValidationError as error:
                if error.errors()[0]["type"] == "json_invalid":
                    log.warning("%s, line %d was cut short; passed over", file, number)
                    continue
                where = ".".join(str(part) for part in error.errors()[0]["loc"])
                raise TrajectoryUnreadable(
                    f"{file}, line {number}: {where}: {error.errors()[0]['msg']}; another version may have written it"
                ) from None
