"""The recipe for the big base, run whole on a tiny random model of the same architecture: lists, one epoch, evaluation,
weights that are served. Only what a small model and one processor need is changed.
"""

from __future__ import annotations

import json
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import torch
from transformers import AutoModel, AutoTokenizer

from retrieval.encoder import Encoder, EncoderManifest, TorchEncoder, WidthRefused
from training.muse.evaluation import Report, Task, evaluate
from training.muse.evaluation.system import System, from_folder
from training.muse.lists import Candidate, GradedList, write_lists, write_texts
from training.muse.recipe import Recipe, read_recipe
from training.muse.trainer import train
from training.muse.weights import pack_run

DEEDS = ["cares for", "repairs", "sells", "teaches", "inspects", "designs", "cleans", "paints", "moves", "counts"]
THINGS = ["newborns", "engines", "houses", "algebra", "bridges", "gardens", "carpets", "fences", "freight", "coins"]
LEVELS = (8, 16, 32, 64)
SMALL = {
    "levels": LEVELS,
    "batch": 5,
    "epochs": 1,
    "learning_rate": 3e-3,
    "micro_tokens": 100,
    "graph_tokens": 100,
    "threads": 1,
    "save_minutes": 0,
}


def lists() -> tuple[list[GradedList], dict[str, str]]:
    """A query for every deed and thing; the task that says the same is right, the same deed to another thing is not."""
    texts = {f"task:{d}-{t}": f"{deed} {thing}" for d, deed in enumerate(DEEDS) for t, thing in enumerate(THINGS)}
    found = []
    for d, deed in enumerate(DEEDS):
        for t, thing in enumerate(THINGS):
            wrong = f"task:{d}-{(t + 5) % len(THINGS)}"
            candidates = (Candidate(id=f"task:{d}-{t}", grade=4), Candidate(id=wrong, grade=1))
            found.append(
                GradedList(qid=f"q{d}-{t}", source="activities", query=f"{thing}: {deed}", candidates=candidates)
            )
    return found, texts


@pytest.fixture(scope="module")
def base(tiny_qwen3: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("big") / "tiny-qwen3"
    tiny_qwen3.make(folder, [*lists()[1].values(), *[read_recipe("qwen3-8b").templates.role] * 20])
    return folder


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("big-data")
    made, texts = lists()
    write_lists(folder, made)
    write_texts(folder, texts)
    return folder


@pytest.fixture(scope="module")
def recipe(base: Path) -> Recipe:
    return read_recipe("qwen3-8b").changed({"base": str(base), **SMALL})


@pytest.fixture(scope="module")
def trained(recipe: Recipe, data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return train(recipe, data, tmp_path_factory.mktemp("big-out"))


@pytest.fixture(scope="module")
def weights(trained: Path, recipe: Recipe, data: Path) -> Path:
    folder = trained.parent / "weights"
    pack_run(recipe, trained.parent, data, folder, onnx=False, torch=True)
    return folder


def test_the_recipe_is_the_big_ones(recipe: Recipe) -> None:
    real = read_recipe("qwen3-8b")
    assert (real.levels, real.width // 2) == ((512, 1024, 2048, 4096), 2048)
    assert (real.base, real.pooling, real.precision) == ("Qwen/Qwen3-Embedding-8B", "last", "bfloat16")
    assert real.templates.role.startswith("Instruct: ")
    assert real.templates.role.endswith("\nQuery:")
    assert not real.templates.profile
    changed = {"base", *SMALL}
    assert recipe.model_dump(exclude=changed) == real.model_dump(exclude=changed)


def test_one_epoch_brings_what_was_asked_for_to_the_top(
    base: Path, weights: Path, recipe: Recipe, tmp_path: Path
) -> None:
    made, texts = lists()
    task = Task(
        name="deeds",
        queries={one.qid: one.query for one in made},
        documents=texts,
        qrels={one.qid: {one.candidates[0].id: 1} for one in made},
    )
    untrained = TorchEncoder(
        base, id="untrained", levels=LEVELS, templates=recipe.templates, pooling="last", device="cpu"
    )
    systems = [System(name="untrained", open=lambda: untrained), from_folder(weights, name="trained")]
    report: Report = evaluate([task], systems, tmp_path, baseline="untrained", bm25=False)
    (measured,) = report.tasks
    for level in LEVELS:
        before, after = measured.row(f"untrained@{level}"), measured.row(f"trained@{level}")
        assert after.measures["ndcg"].mean > before.measures["ndcg"].mean + 0.1
    assert {row.level for row in measured.rows} == set(LEVELS)
    assert len(list((tmp_path / "runs" / "deeds").iterdir())) == 2 * len(LEVELS)


def test_every_step_was_cached_and_logged(trained: Path, recipe: Recipe) -> None:
    lines = [json.loads(line) for line in (trained.parent / "metrics.jsonl").read_text().splitlines()]
    assert len(lines) == len(lists()[0]) / recipe.batch
    assert min(line["tokens"] for line in lines) > recipe.graph_tokens
    assert {f"loss_{level}" for level in LEVELS} <= lines[0].keys()


def test_what_is_saved_is_a_plain_qwen3_without_adapters(trained: Path, base: Path) -> None:
    config = json.loads((trained / "config.json").read_text())
    assert config["architectures"] == ["Qwen3Model"]
    saved, before = AutoModel.from_pretrained(trained).state_dict(), AutoModel.from_pretrained(base).state_dict()
    assert saved.keys() == before.keys()
    assert any(not torch.equal(saved[name].float(), before[name]) for name in saved if "q_proj" in name)


def test_vectors_are_the_last_tokens_whatever_stands_beside_a_text(weights: Path, recipe: Recipe) -> None:
    encoder = TorchEncoder.open(weights, device="cpu")
    texts = ["cares for newborns", "paints", "moves freight and " * 20]
    together = encoder.encode(texts, side="role")
    assert np.abs(np.linalg.norm(together, axis=1) - 1).max() < 1e-5
    tokenizer = AutoTokenizer.from_pretrained(weights / "torch")
    model = AutoModel.from_pretrained(weights / "torch", dtype=torch.float32).eval()
    for text, vector in zip(texts, together, strict=True):
        ids = tokenizer(recipe.templates.role + text, return_tensors="pt")["input_ids"]
        assert int(ids[0, -1]) == tokenizer.eos_token_id
        with torch.inference_mode():
            state = model(input_ids=ids).last_hidden_state[0, -1].numpy()
        assert vector == pytest.approx(state / np.linalg.norm(state), abs=1e-5)
    narrow = encoder.encode(texts, side="role", width=16)
    assert narrow == pytest.approx(together[:, :16] / np.linalg.norm(together[:, :16], axis=1, keepdims=True))
    with pytest.raises(WidthRefused, match="8, 16, 32, 64"):
        encoder.encode(texts, side="role", width=48)


def test_the_manifest_and_vllms_files_say_how_it_was_trained(weights: Path, recipe: Recipe) -> None:
    manifest = EncoderManifest.read(weights)
    assert (manifest.levels, manifest.pooling, manifest.templates) == (LEVELS, "last", recipe.templates)
    assert (manifest.base, manifest.max_tokens) == ("tiny-qwen3", 512)
    assert Recipe.model_validate(manifest.recipe) == recipe
    config = json.loads((weights / "torch" / "config.json").read_text())
    assert config["matryoshka_dimensions"] == list(LEVELS)
    assert json.loads((weights / "torch" / "1_Pooling" / "config.json").read_text())["pooling_mode_lasttoken"] is True


def test_all_weights_learn_without_adapters(recipe: Recipe, data: Path, base: Path, tmp_path: Path) -> None:
    whole = recipe.changed({"lora": None, "learning_rate": 1e-3, "steps": 2})
    saved = AutoModel.from_pretrained(train(whole, data, tmp_path)).state_dict()
    before = AutoModel.from_pretrained(base).state_dict()
    moved = {name for name in saved if not torch.equal(saved[name].float(), before[name])}
    assert moved == saved.keys()


@pytest.mark.slow
def test_a_decoder_is_exported_for_onnx_runtime_too(
    trained: Path, recipe: Recipe, data: Path, weights: Path, tmp_path: Path
) -> None:
    pack_run(recipe, trained.parent, data, tmp_path / "weights")
    texts = ["cares for newborns", "paints fences", "moves freight and " * 20]
    small = Encoder.open(tmp_path / "weights").encode(texts, side="role")
    full = TorchEncoder.open(weights, device="cpu").encode(texts, side="role")
    assert (small * full).sum(axis=1).min() > 0.99
