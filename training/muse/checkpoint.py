"""What a run needs to go on where it was: weights, optimiser and step, written whole or not at all.

Nothing random is in it: batches and dropout are functions of the seed and the step.
"""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from pydantic import BaseModel, ConfigDict
from safetensors.torch import load_file, save_file
from torch.optim import Optimizer

from training.muse.model import Muse
from training.muse.parts import full, full_state, part, parted_state

FOLDER = "checkpoint"
_WEIGHTS, _OPTIMIZER, _STATE = "weights.safetensors", "optimizer.pt", "state.json"
_NAME = re.compile(r"step-(\d+)")


class State(BaseModel):
    """How far a run is, and what it is a run of."""

    model_config = ConfigDict(frozen=True)

    step: int
    """Steps done."""
    steps: int
    recipe: str
    """Fingerprint of the recipe."""
    data: str
    """Fingerprint of the lists."""
    seconds: float
    """Spent so far, over all processes that went on with the run."""
    done: bool = False


@dataclass(frozen=True, kw_only=True)
class Checkpoints:
    """The checkpoints of a run; the latest is kept."""

    folder: Path

    def save(self, model: Muse, optimizer: Optimizer, state: State, *, write: bool = True) -> None:
        """Keep learned weights, optimiser and state; when this returns, a crash of the machine does not lose them.

        Where the model is shared out all processes call it, one of them to `write`.
        """
        weights = {name: full(each.detach()).cpu().contiguous() for name, each in model.trained().items()}
        learned = full_state(optimizer)
        if not write:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        scratch = self.folder / f".new-{os.getpid()}"
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir()
        save_file(weights, scratch / _WEIGHTS)
        torch.save(learned, scratch / _OPTIMIZER)
        (scratch / _STATE).write_text(state.model_dump_json(indent=1) + "\n")
        for path in (*scratch.iterdir(), scratch):
            _flush(path)
        target = self.folder / f"step-{state.step:08}"
        shutil.rmtree(target, ignore_errors=True)
        scratch.rename(target)
        _flush(self.folder)
        for path in self.folder.iterdir():
            if path != target:
                shutil.rmtree(path)

    def state(self) -> State | None:
        """The state of the latest checkpoint; None where there is none."""
        latest = self._latest()
        return State.model_validate_json((latest / _STATE).read_text()) if latest else None

    def load(self, model: Muse, optimizer: Optimizer) -> None:
        """Put the latest checkpoint into model and optimiser."""
        latest = self._latest()
        if latest is None:
            raise FileNotFoundError(self.folder)
        weights = load_file(latest / _WEIGHTS)
        trained = model.trained()
        if weights.keys() != trained.keys():
            raise ValueError("the checkpoint is of another model")
        with torch.no_grad():
            for name, parameter in trained.items():
                parameter.copy_(part(weights[name], parameter))
        device = next(iter(trained.values())).device
        kept: Any = torch.load(latest / _OPTIMIZER, weights_only=True, map_location=device)
        optimizer.load_state_dict(parted_state(kept, optimizer))

    def _latest(self) -> Path | None:
        there = [path for path in self.folder.glob("step-*") if _NAME.fullmatch(path.name)]
        return max(there, default=None)


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
