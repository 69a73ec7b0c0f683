"""A run that is stopped, or killed, goes on to the very weights of one that was not; what it writes can be read."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from transformers import AutoModel

from training.muse.checkpoint import FOLDER
from training.muse.errors import CheckpointMismatch, RunBusy
from training.muse.lists import GradedList, ListsUnreadable, read_lists, write_lists, write_texts
from training.muse.progress_log import METRICS, read_metrics
from training.muse.recipe import Recipe
from training.muse.trainer import train


class Stopped(Exception):
    pass


def stop_at(step: int):
    def progress(stage: str, done: int, total: int) -> None:
        if stage == "training" and done == step:
            raise Stopped

    return progress


def weights(folder: Path) -> dict[str, torch.Tensor]:
    return load_file(folder / "model.safetensors")


def same(one: Path, other: Path) -> bool:
    first, second = weights(one), weights(other)
    return first.keys() == second.keys() and all(torch.equal(first[name], second[name]) for name in first)


@pytest.fixture
def whole(tiny_recipe: Recipe, tiny_data: Path, tmp_path: Path) -> Path:
    return train(tiny_recipe, tiny_data, tmp_path / "whole")


def figures(folder: Path) -> list[tuple[int, float, float]]:
    return [(line["step"], line["loss"], line["norm"]) for line in read_metrics(folder)]


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_a_stopped_run_goes_on_to_the_same_weights(
    precision: str, tiny_recipe: Recipe, tiny_data: Path, tmp_path: Path
) -> None:
    tiny_recipe = tiny_recipe.changed({"precision": precision, "dropout": 0.1, "keep_base": 0.3})
    whole, out = train(tiny_recipe, tiny_data, tmp_path / "whole"), tmp_path / "parts"
    for step in (3, 5):  # checkpoints are at 2 and 4: step 3 is done twice
        with pytest.raises(Stopped):
            train(tiny_recipe, tiny_data, out, progress=stop_at(step))
        assert not (out / "torch").exists()
    torch.manual_seed(99)  # nothing of the process that goes on matters
    assert same(train(tiny_recipe, tiny_data, out), whole)
    assert figures(out) == figures(whole.parent)
    assert [step for step, *_ in figures(out)] == [1, 2, 3, 4, 5, 6]
    assert [path.name for path in (out / FOLDER).iterdir()] == ["step-00000006"]


@pytest.mark.slow
def test_a_killed_process_goes_on_to_the_same_weights(
    tiny_recipe: Recipe, tiny_data: Path, tmp_path: Path, whole: Path
) -> None:
    out = tmp_path / "killed"
    recipe = tmp_path / "recipe.json"
    recipe.write_text(tiny_recipe.model_dump_json())
    code = (
        "import sys, time; from pathlib import Path\n"
        "from training.muse.recipe import Recipe; from training.muse.trainer import train\n"
        "recipe, data, out = map(Path, sys.argv[1:])\n"
        "def slowly(stage, done, total): time.sleep(60 if done == 5 else 0)\n"
        "train(Recipe.model_validate_json(recipe.read_text()), data, out, progress=slowly)\n"
    )
    arguments = [sys.executable, "-W", "ignore", "-c", code, str(recipe), str(tiny_data), str(out)]
    process = subprocess.Popen(arguments, stderr=subprocess.PIPE, env=os.environ | {"TOKENIZERS_PARALLELISM": "false"})
    try:
        deadline = time.monotonic() + 250
        while len(read_metrics(out)) < 5 and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.05)
        assert process.poll() is None, process.stderr and process.stderr.read()
        process.send_signal(signal.SIGKILL)
    finally:
        process.kill()
        process.communicate()
    assert same(train(tiny_recipe, tiny_data, out), whole)


def test_cached_with_adapters_goes_on_too(tiny_recipe: Recipe, tiny_data: Path, tmp_path: Path) -> None:
    recipe = tiny_recipe.changed(
        {"lora": {"rank": 2, "alpha": 4, "dropout": 0.1, "targets": ["query"]}, "graph_tokens": 1, "steps": 4}
    )
    straight = train(recipe, tiny_data, tmp_path / "a")
    with pytest.raises(Stopped):
        train(recipe, tiny_data, tmp_path / "b", progress=stop_at(3))
    assert same(train(recipe, tiny_data, tmp_path / "b"), straight)
    assert not any("lora" in name for name in weights(straight))


def test_a_finished_run_is_not_done_again_and_can_be_done_anew(
    tiny_recipe: Recipe, tiny_data: Path, whole: Path
) -> None:
    lines = (whole.parent / METRICS).read_bytes()
    assert train(tiny_recipe, tiny_data, whole.parent, progress=stop_at(1)) == whole
    assert (whole.parent / METRICS).read_bytes() == lines
    with pytest.raises(Stopped):
        train(tiny_recipe, tiny_data, whole.parent, resume=False, progress=stop_at(1))
    assert len(read_metrics(whole.parent)) == 1


def test_another_recipe_or_other_data_are_refused(
    tiny_recipe: Recipe, tiny_data: Path, tmp_path: Path, whole: Path
) -> None:
    with pytest.raises(CheckpointMismatch, match="another recipe"):
        train(tiny_recipe.changed({"learning_rate": 1e-4}), tiny_data, whole.parent)
    other = tmp_path / "other"
    write_lists(other, read_lists(tiny_data)[:4])
    write_texts(other, {f"task:{number}": "a coin" for number in range(6)})
    with pytest.raises(CheckpointMismatch, match="another data"):
        train(tiny_recipe, other, whole.parent)
    # how often checkpoints are kept does not decide the weights
    assert train(tiny_recipe.changed({"save_steps": 3}), tiny_data, whole.parent) == whole


def test_two_processes_do_not_train_into_one_folder(tiny_recipe: Recipe, tiny_data: Path, tmp_path: Path) -> None:
    def again(stage: str, done: int, total: int) -> None:
        with pytest.raises(RunBusy):
            train(tiny_recipe, tiny_data, tmp_path)
        raise Stopped

    with pytest.raises(Stopped):
        train(tiny_recipe, tiny_data, tmp_path, progress=again)


def test_it_learns_and_what_it_saves_opens(tiny_recipe: Recipe, tiny_data: Path, tmp_path: Path) -> None:
    recipe = tiny_recipe.changed({"steps": 60, "dropout": 0.0, "learning_rate": 5e-3, "save_steps": 0})
    saved = train(recipe, tiny_data, tmp_path)
    lines = read_metrics(tmp_path)
    first, last = (sum(line["loss"] for line in part) for part in (lines[:8], lines[-8:]))
    assert last < 0.6 * first
    assert {"loss_8", "loss_16", "loss_32", "rate", "norm", "texts", "texts_per_second", "padding"} <= lines[0].keys()
    assert max(line["rate"] for line in lines) == pytest.approx(5e-3)
    assert AutoModel.from_pretrained(saved).config.hidden_size == 32
    assert (saved / "tokenizer.json").is_file()


def test_lists_without_texts_are_refused(tiny_recipe: Recipe, tiny_data: Path, tmp_path: Path) -> None:
    lists: list[GradedList] = read_lists(tiny_data)
    write_lists(tmp_path / "data", lists)
    with pytest.raises(ListsUnreadable, match="no text for task:0"):
        train(tiny_recipe, tmp_path / "data", tmp_path / "out")


def test_tensorboard_gets_the_figures(tiny_recipe: Recipe, tiny_data: Path, tmp_path: Path) -> None:
    train(tiny_recipe.changed({"steps": 1}), tiny_data, tmp_path, tensorboard=True)
    (events,) = (tmp_path / "tensorboard").iterdir()
    assert b"loss_8" in events.read_bytes()
