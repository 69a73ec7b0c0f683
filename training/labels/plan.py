"""What is asked: which pairs, in which order, and which of them twice. Made once for a folder, then kept."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from retrieval.schema import Role
from training.labels.label import Ask, Task
from training.labels.store import PLAN, REQUESTS, LabelsDamaged, replace_lines


class PlannedRequest(BaseModel):
    """A request with the role that was understood, so that whoever trains reads the same requirements."""

    model_config = ConfigDict(frozen=True)

    request_id: str = Field(min_length=1)
    role: Role


class Plan(BaseModel):
    """Requests by id, and the questions in their order: request by request, so that a server can reuse a prompt's
    beginning, the repeats last."""

    model_config = ConfigDict(frozen=True)

    requests: tuple[PlannedRequest, ...]
    tasks: tuple[Task, ...]

    @property
    def roles(self) -> dict[str, Role]:
        """Roles by request id."""
        return {one.request_id: one.role for one in self.requests}


def repeated(firsts: Sequence[Task], *, duplicates: float, swaps: float, seed: int = 0) -> list[Task]:
    """The tasks with shares of them asked again and asked with the order swapped, after the others of their request.

    Who is asked twice is drawn by the pair's id, so that it does not depend on the order of the pairs.
    """
    twice: dict[str, list[Task]] = {}
    for ask, share in ((Ask.AGAIN, duplicates), (Ask.SWAPPED, swaps)):
        drawn = sorted(firsts, key=lambda task: (_lot(task, ask, seed), task.id))[: round(share * len(firsts))]
        for task in drawn:
            twice.setdefault(task.request_id, []).append(task.model_copy(update={"ask": ask}))
    ordered: list[Task] = []
    by_request: dict[str, list[Task]] = {}
    for task in firsts:
        by_request.setdefault(task.request_id, []).append(task)
    for request_id, tasks in by_request.items():
        ordered += [*tasks, *twice.get(request_id, ())]
    return ordered


def _lot(task: Task, ask: Ask, seed: int) -> bytes:
    return blake2b(f"{seed}\0{ask.value}\0{task.id}".encode(), digest_size=8).digest()


def save_plan(folder: Path, plan: Plan) -> None:
    """Write the plan; `plan.jsonl` comes last, so that a plan that is there is whole."""
    folder.mkdir(parents=True, exist_ok=True)
    replace_lines(folder / REQUESTS, (one.model_dump_json(exclude_defaults=True) for one in plan.requests))
    replace_lines(folder / PLAN, (task.model_dump_json() for task in plan.tasks))


def load_plan(folder: Path) -> Plan | None:
    """The plan of a folder; `None` where there is none yet.

    Raises:
        LabelsDamaged: a line of it cannot be read.
    """
    if not (folder / PLAN).is_file():
        return None
    try:
        return Plan(
            requests=tuple(
                PlannedRequest.model_validate_json(line) for line in (folder / REQUESTS).read_text("utf-8").splitlines()
            ),
            tasks=tuple(Task.model_validate_json(line) for line in (folder / PLAN).read_text("utf-8").splitlines()),
        )
    except (ValidationError, OSError):
        raise LabelsDamaged(f"the plan in {folder} cannot be read; label into another folder") from None
