"""Trains an encoder by a recipe, from a folder of graded lists."""

from __future__ import annotations

import math
import shutil
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

import torch
from filelock import FileLock, Timeout

from training.muse.allocation import keep_memory
from training.muse.batches import Batch, Batches
from training.muse.checkpoint import FOLDER, Checkpoints, State
from training.muse.errors import CheckpointMismatch, RunBusy, TrainingDiverged
from training.muse.gradient_cache import backward
from training.muse.interpolation import keep_base
from training.muse.lists import fingerprint, read_lists
from training.muse.loss import loss
from training.muse.model import Muse, open_model
from training.muse.optimizer import make_optimizer, set_rate
from training.muse.parts import full
from training.muse.processes import Processes
from training.muse.progress_log import METRICS, ProgressLog
from training.muse.recipe import Recipe
from training.muse.schedule import rate
from training.muse.sharding import shard
from training.muse.texts import Texts, gather_texts, with_texts
from training.muse.tokens import micro_batches

Advance = Callable[[str, int, int], None]
TORCH, RECIPE, BOARD = "torch", "recipe.json", "tensorboard"


def train(
    recipe: Recipe,
    data: Path,
    out: Path,
    *,
    workspace: Path | None = None,
    texts: Texts | None = None,
    resume: bool = True,
    tensorboard: bool = False,
    progress: Advance = lambda *_: None,
) -> Path:
    """Train into `out` and return `out/torch`, a Hugging Face folder; called again it goes on where it was.

    `out/metrics.jsonl` holds a line a step, `out/checkpoint` what is needed to go on. Texts of members come from the
    snapshot in `workspace`, or `texts` brings all texts of candidates. Without `resume` a run
    that is there begins anew.

    Raises:
        ListsUnreadable: of the data folder.
        CheckpointMismatch: `out` holds a run of another recipe or of other data, and `resume` is set.
        RunBusy: another process trains into `out`.
        TrainingDiverged: the loss is no number any more.
        BaseUnavailable, ModelMismatch, MissingExtra: see there.
    """
    processes = Processes()
    if processes.device.type == "cpu":
        keep_memory()
    out.mkdir(parents=True, exist_ok=True)
    with _held(out) if processes.first else nullcontext(), _threads(recipe), torch.random.fork_rng():
        checkpoints = Checkpoints(folder=out / FOLDER)
        known = fingerprint(data)
        before = _before(checkpoints, recipe, known) if resume else None
        if before is not None and before.done and (out / TORCH).is_dir():
            return out / TORCH
        processes.wait()  # all have read the state before one changes it
        if before is None and processes.first:
            for path in (out / FOLDER, out / TORCH, out / BOARD):
                shutil.rmtree(path, ignore_errors=True)
        lists = read_lists(data)
        words = gather_texts(lists, data, workspace) if texts is None else texts
        batches = Batches(with_texts(lists, words), words, recipe)
        model = open_model(recipe).to(processes.device)
        if recipe.sharded:
            shard(model, processes)
        run = _Run(recipe=recipe, data=known, model=model, batches=batches, processes=processes, out=out)
        run.go(checkpoints, before, tensorboard=tensorboard, progress=progress)
        processes.wait()
    return out / TORCH


@dataclass(frozen=True, kw_only=True)
class _Run:
    recipe: Recipe
    data: str
    model: Muse
    batches: Batches
    processes: Processes
    out: Path

    def go(
        self,
        checkpoints: Checkpoints,
        before: State | None,
        *,
        tensorboard: bool,
        progress: Advance,
    ) -> None:
        """From the state before to the end."""
        recipe, steps = self.recipe, self.batches.steps
        optimizer = make_optimizer(self.model, recipe)
        if before is not None:
            checkpoints.load(self.model, optimizer)
        done, spent = (before.step, before.seconds) if before else (0, 0.0)
        (self.out / RECIPE).write_text(recipe.model_dump_json(indent=1) + "\n")
        self.model.train()
        began = saved = time.monotonic()

        def state(step: int, *, finished: bool = False) -> State:
            seconds = spent + time.monotonic() - began
            return State(
                step=step, steps=steps, recipe=recipe.fingerprint, data=self.data, seconds=seconds, done=finished
            )

        board = self.out / BOARD if tensorboard else None
        log = ProgressLog(self.out / METRICS, done=done, board=board) if self.processes.first else None
        with log or nullcontext(), ThreadPoolExecutor(1) as ahead:
            coming = ahead.submit(self.batches.__getitem__, done)
            for step in range(done, steps):
                batch = coming.result()
                if step + 1 < steps:
                    coming = ahead.submit(self.batches.__getitem__, step + 1)
                figures = self._step(step, steps, batch, optimizer)
                if log is not None:
                    log.add(step + 1, figures | {"elapsed": round(spent + time.monotonic() - began, 2)})
                    progress("training", step + 1, steps)
                due = bool(recipe.save_steps) and (step + 1) % recipe.save_steps == 0
                late = bool(recipe.save_minutes) and time.monotonic() - saved > 60 * recipe.save_minutes
                if self.processes.agreed(first=due or late):
                    checkpoints.save(self.model, optimizer, state(step + 1), write=self.processes.first)
                    saved = time.monotonic()
        self.model.save(self.out / TORCH, write=self.processes.first)
        if recipe.keep_base and self.processes.first:
            keep_base(self.out / TORCH, recipe)
        checkpoints.save(self.model, optimizer, state(steps, finished=True), write=self.processes.first)

    def _step(self, step: int, steps: int, batch: Batch, optimizer: torch.optim.Optimizer) -> dict[str, float]:
        """One step of the optimiser, and its figures."""
        began, recipe = time.monotonic(), self.recipe
        ids = self.model.tokens(batch.texts)
        groups = micro_batches(ids, tokens=recipe.micro_tokens)
        tokens, run = sum(map(len, ids)), sum(len(group) * len(ids[group[0]]) for group in groups)
        layout = batch.layout.to(self.processes.device)
        optimizer.zero_grad(set_to_none=True)
        descent = backward(
            self.model,
            ids,
            lambda vectors: loss(vectors, layout, recipe),
            groups=groups,
            cached=0 < recipe.graph_tokens < run,
            seed=(recipe.seed, 3, step),
            processes=self.processes,
        )
        norm = float(full(torch.nn.utils.clip_grad_norm_(self.model.trained().values(), recipe.clip or math.inf)))
        if not (math.isfinite(descent.loss) and math.isfinite(norm)):
            raise TrainingDiverged(f"the loss is no number any more at step {step + 1}; try a lower learning_rate")
        set_rate(optimizer, rate(step, steps, recipe))
        optimizer.step()
        seconds = time.monotonic() - began
        return {
            "loss": descent.loss,
            **{f"loss_{width}": value for width, value in descent.levels.items()},
            "rate": rate(step, steps, recipe),
            "norm": norm,
            "texts": len(ids),
            "tokens": tokens,
            "padding": round(1 - tokens / run, 4),
            "texts_per_second": round(len(ids) / seconds, 1),
            "seconds": round(seconds, 3),
        }


def _before(checkpoints: Checkpoints, recipe: Recipe, data: str) -> State | None:
    """Where the run in the folder stands. Raises: CheckpointMismatch."""
    state = checkpoints.state()
    if state is None:
        return None
    for what, there, asked in (("recipe", state.recipe, recipe.fingerprint), ("data", state.data, data)):
        if there != asked:
            raise CheckpointMismatch(
                f"{checkpoints.folder.parent} holds a run with another {what}; take another folder, or --restart there"
            )
    return state


@contextmanager
def _held(out: Path) -> Iterator[None]:
    lock = FileLock(out / "train.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise RunBusy(f"another process trains into {out}; wait for it, or take another folder") from None
    try:
        yield
    finally:
        lock.release()


@contextmanager
def _threads(recipe: Recipe) -> Iterator[None]:
    """torch's threads as the recipe says for as long as this lasts: sums in another order are other sums."""
    before = torch.get_num_threads()
    if recipe.threads:
        torch.set_num_threads(recipe.threads)
    try:
        yield
    finally:
        torch.set_num_threads(before)
