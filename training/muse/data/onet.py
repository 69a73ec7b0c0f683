"""O*NET as a folder of tables: activities, tasks, occupations, their titles and technologies."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path

from offline.synthetic.sources import occupation_tasks
from training.muse.data.splits import held_out

TABLES = ("activities", "tasks", "activity_tasks", "occupations", "alternate_titles", "technologies")


class OnetUnreadable(ValueError):
    """A table of O*NET is missing or lacks a column; the message names it."""


@dataclass(frozen=True, kw_only=True)
class Occupation:
    """One occupation. `id` is its O*NET-SOC code, or its name where no codes are known."""

    id: str
    title: str
    description: str = ""
    titles: tuple[str, ...] = ()
    """What people also call it."""
    tasks: tuple[str, ...] = ()
    """Ids."""
    technologies: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Onet:
    """What is read of O*NET, held-out activities included: who trains asks `trained` and `unseen_tasks`."""

    occupations: tuple[Occupation, ...]
    tasks: dict[str, str]
    """Task id -> text."""
    activities: dict[str, str] = field(default_factory=dict)
    """Activity id -> text."""
    of_activity: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Activity id -> ids of its tasks."""

    @property
    def trained(self) -> dict[str, str]:
        """The activities that may be trained on, by id."""
        return {key: text for key, text in self.activities.items() if not held_out(key)}

    @property
    def evaluated(self) -> dict[str, str]:
        """The activities that are held out, by id."""
        return {key: text for key, text in self.activities.items() if held_out(key)}

    @property
    def unseen_tasks(self) -> frozenset[str]:
        """Tasks that belong to held-out activities alone: never seen in training, not even as what is wrong."""
        seen = {task for key in self.trained for task in self.of_activity.get(key, ())}
        return frozenset(task for key in self.evaluated for task in self.of_activity.get(key, ())) - seen


def read_onet(folder: Path) -> Onet:
    """Read the tables `TABLES`, each `.tsv` or `.tsv.gz` with a line of headings. Raises: OnetUnreadable."""
    tasks: dict[str, str] = {}
    by_occupation: dict[str, list[str]] = {}
    for soc, key, text in _rows(folder, "tasks", "soc", "task_id", "task"):
        tasks[key] = text
        by_occupation.setdefault(soc, []).append(key)
    titles = _grouped(folder, "alternate_titles", "soc", "title")
    technologies = _grouped(folder, "technologies", "soc", "technology")
    activities = {row[0]: row[1] for row in _rows(folder, "activities", "activity_id", "activity")}
    joined = _grouped(folder, "activity_tasks", "activity_id", "task_id")
    return Onet(
        occupations=tuple(
            Occupation(
                id=soc,
                title=title,
                description=description,
                titles=tuple(dict.fromkeys(titles.get(soc, ()))),
                tasks=tuple(by_occupation.get(soc, ())),
                technologies=tuple(dict.fromkeys(technologies.get(soc, ()))),
            )
            for soc, title, description in _rows(folder, "occupations", "soc", "title", "description")
        ),
        tasks=tasks,
        activities=activities,
        of_activity={
            key: tuple(dict.fromkeys(task for task in joined.get(key, ()) if task in tasks)) for key in activities
        },
    )


def packaged_onet() -> Onet:
    """The occupations and tasks that the `laiser` package brings: no codes, activities, other titles or descriptions.

    Raises: SourceMissing where it is not installed.
    """
    tasks: dict[str, str] = {}
    occupations = []
    for name, texts in occupation_tasks().items():
        ids = tuple(blake2b(f"{name}\0{text}".encode(), digest_size=6).hexdigest() for text in texts)
        tasks |= dict(zip(ids, texts, strict=True))
        occupations.append(Occupation(id=name, title=name, tasks=ids))
    return Onet(occupations=tuple(occupations), tasks=tasks)


def files_of(folder: Path) -> list[Path]:
    """The files that `read_onet` reads. Raises: OnetUnreadable."""
    return [_file(folder, name) for name in TABLES]


def _grouped(folder: Path, name: str, key: str, value: str) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for one, other in _rows(folder, name, key, value):
        grouped.setdefault(one, []).append(other)
    return grouped


def _rows(folder: Path, name: str, *columns: str) -> Iterator[tuple[str, ...]]:
    path = _file(folder, name)
    opened = gzip.open if path.suffix == ".gz" else open
    try:
        with opened(path, "rt", encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
                yield tuple(row[column].strip() for column in columns)
    except (KeyError, AttributeError):
        raise OnetUnreadable(f"{path} needs the columns {', '.join(columns)}, separated by tabs") from None
    except (OSError, UnicodeDecodeError, EOFError) as error:
        raise OnetUnreadable(f"{path} cannot be read: {error}") from None


def _file(folder: Path, name: str) -> Path:
    for ending in (".tsv.gz", ".tsv"):
        if (path := folder / f"{name}{ending}").is_file():
            return path
    raise OnetUnreadable(f"{folder} has no {name}.tsv or {name}.tsv.gz; an O*NET folder holds {', '.join(TABLES)}")
