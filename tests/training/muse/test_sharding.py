"""Two processes train to the weights of one: each with the whole model, and with the model shared out between them."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from training.muse.batches import Batches
from training.muse.errors import ModelMismatch
from training.muse.lists import read_lists
from training.muse.model import open_model
from training.muse.processes import Processes
from training.muse.recipe import Recipe
from training.muse.sharding import shard
from training.muse.texts import gather_texts
from training.muse.tokens import micro_batches
from training.muse.trainer import train

STOPPED = 9
PROCESS = """
import os, sys
from pathlib import Path
from training.muse.recipe import Recipe
from training.muse.trainer import train

recipe, data, out = Recipe.model_validate_json(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3])
stop = int(sys.argv[4])
def advance(stage, done, total):
    if done == stop:
        os._exit(9)
train(recipe, data, out, progress=advance)
"""


def together(recipe: Recipe, data: Path, out: Path, *, stop: int = 0) -> list[int]:
    """Exit statuses of two processes that train into `out`; the first leaves all of a sudden after step `stop`."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    arguments = [sys.executable, "-c", PROCESS, recipe.model_dump_json(), str(data), str(out), str(stop)]
    apart = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port, "WORLD_SIZE": "2", "ACCELERATE_USE_CPU": "true"}
    running = [
        subprocess.Popen(arguments, env=os.environ | apart | {"RANK": str(rank), "LOCAL_RANK": str(rank)})
        for rank in range(2)
    ]
    try:
        first = running[0].wait(240)
        if first:
            running[1].kill()
        return [first, running[1].wait(240)]
    finally:
        for process in running:
            process.kill()
            process.wait()


def furthest(one: Path, other: Path) -> float:
    """The greatest difference between weights of two folders."""
    ours, theirs = (load_file(folder / "torch" / "model.safetensors") for folder in (one, other))
    assert ours.keys() == theirs.keys()
    return max(float(np.abs(ours[name] - theirs[name]).max()) for name in ours)


@pytest.fixture
def uneven(tiny_recipe: Recipe) -> Recipe:
    """Micro-batches of a few texts: now and then one process has one more than the other."""
    return tiny_recipe.changed({"graph_tokens": 1, "micro_tokens": 64})


def test_some_steps_leave_one_of_two_processes_idle_and_some_do_not(uneven: Recipe, tiny_data: Path) -> None:
    lists = read_lists(tiny_data)
    batches, model = Batches(lists, gather_texts(lists, tiny_data, None), uneven), open_model(uneven)
    counts = [
        len(micro_batches(model.tokens(batches[step].texts), tokens=uneven.micro_tokens))
        for step in range(batches.steps)
    ]
    assert {count % 2 for count in counts} == {0, 1}


@pytest.mark.slow
@pytest.mark.parametrize("sharded", [False, True])
def test_two_processes_come_to_the_weights_of_one(
    uneven: Recipe, tiny_data: Path, tmp_path: Path, *, sharded: bool
) -> None:
    train(uneven, tiny_data, tmp_path / "one")
    assert together(uneven.changed({"sharded": sharded}), tiny_data, tmp_path / "two") == [0, 0]
    assert furthest(tmp_path / "one", tmp_path / "two") < 1e-4
    untrained = open_model(uneven)
    untrained.save(tmp_path / "untrained" / "torch")
    assert furthest(tmp_path / "one", tmp_path / "untrained") > 1e-3


@pytest.mark.slow
def test_a_shared_out_run_goes_on_where_it_was(uneven: Recipe, tiny_data: Path, tmp_path: Path) -> None:
    recipe = uneven.changed({"sharded": True})
    together(recipe, tiny_data, tmp_path / "through")
    first, _ = together(recipe, tiny_data, tmp_path / "stopped", stop=3)
    assert first == STOPPED
    assert not (tmp_path / "stopped" / "torch").exists()
    assert together(recipe, tiny_data, tmp_path / "stopped") == [0, 0]
    assert furthest(tmp_path / "through", tmp_path / "stopped") < 1e-6


def test_one_process_has_nothing_to_share_out(tiny_recipe: Recipe) -> None:
    model = open_model(tiny_recipe.changed({"sharded": True}))
    before = {name: parameter.shape for name, parameter in model.named_parameters()}
    shard(model, Processes())
    assert {name: parameter.shape for name, parameter in model.named_parameters()} == before


def test_adapters_are_not_shared_out(tiny_recipe: Recipe) -> None:
    model = open_model(tiny_recipe.changed({"sharded": True, "lora.rank": 2}))
    with pytest.raises(ModelMismatch, match="lora=none"):
        shard(model, Processes())
