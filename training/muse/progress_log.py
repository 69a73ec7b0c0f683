"""`metrics.jsonl`: a line a step, which fits the checkpoint that a run goes on from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from training.muse.errors import MissingExtra

METRICS = "metrics.jsonl"


class ProgressLog:
    """Figures of steps, appended as they come; use it as a context manager.

    Lines of steps after `done`, from a run that got further than its last checkpoint, are taken out, as those steps
    come again. With `board` the figures also go there, for tensorboard.
    """

    def __init__(self, path: Path, *, done: int, board: Path | None = None) -> None:
        kept = [line for line in _lines(path) if json.loads(line)["step"] <= done]
        scratch = path.with_name(f".{path.name}.new")
        scratch.write_text("".join(f"{line}\n" for line in kept))
        scratch.replace(path)
        self._file = path.open("a", encoding="utf-8")
        self._board = _board(board, done) if board else None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()
        if self._board is not None:
            self._board.close()

    def add(self, step: int, figures: Mapping[str, float]) -> None:
        """Note the figures of a step, which is done."""
        self._file.write(json.dumps({"step": step, **figures}) + "\n")
        self._file.flush()
        if self._board is not None:
            for name, value in figures.items():
                self._board.add_scalar(name, value, step)


def read_metrics(folder: Path) -> list[dict[str, Any]]:
    """The lines of a run's `metrics.jsonl`."""
    return [json.loads(line) for line in _lines(folder / METRICS)]


def _lines(path: Path) -> list[str]:
    """Whole lines: the last one may have been cut by a kill."""
    if not path.exists():
        return []
    return [line for line in path.read_text(encoding="utf-8").split("\n")[:-1] if line]


def _board(folder: Path, done: int) -> Any:
    try:
        from torch.utils.tensorboard import SummaryWriter  # noqa: PLC0415 - only where it is asked for
    except ImportError:
        raise MissingExtra("--tensorboard needs tensorboard; run: pip install 'shortlist[train]'") from None
    return SummaryWriter(str(folder), purge_step=done + 1)
