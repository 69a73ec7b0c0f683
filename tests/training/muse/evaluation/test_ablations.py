"""Every run is one setting away from the recipe; what is finished is not trained again; one table says it all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

from training.muse.evaluation import Report, Task, evaluate
from training.muse.evaluation.ablation_table import table
from training.muse.evaluation.ablations import BASES, MINILM, RECIPE, SETTINGS, SMOLLM2, Ablation, Trained, run
from training.muse.evaluation.system import trained
from training.muse.lists import Candidate, GradedList, write_lists, write_texts
from training.muse.recipe import Recipe, read_recipe

WORDS = "[PAD] [UNK] someone good at welding payroll nursing python every day years of work other things role : profile"

SMALL = {"hard_negatives": 2, "batch": 2}


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """Two random layers, 32 wide, that know a few words."""
    tokenizer = Tokenizer(models.WordLevel({word: at for at, word in enumerate(WORDS.split())}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    folder = tmp_path / "base"
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, pad_token="[PAD]", unk_token="[UNK]").save_pretrained(folder)
    torch.manual_seed(0)
    shape = BertConfig(
        vocab_size=len(WORDS.split()),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=48,
        max_position_embeddings=40,
    )
    BertModel(shape).save_pretrained(folder)
    return folder


@pytest.fixture
def data(tmp_path: Path, trades: Task) -> Path:
    folder = tmp_path / "data"
    write_texts(folder, {f"task:{key}": text for key, text in trades.documents.items()})
    write_lists(
        folder,
        [
            GradedList(
                qid=qid,
                source="activities",
                query=text,
                candidates=tuple(
                    Candidate(id=f"task:{key}", grade=4.0 * (key in trades.qrels[qid])) for key in trades.documents
                ),
            )
            for qid, text in trades.queries.items()
        ],
    )
    return folder


def go(base: Path, data: Path, trades: Task, out: Path, *ablations: Ablation, steps: int = 2) -> tuple[Report, Any]:
    return run(
        ablations,
        recipe=Recipe(base=str(base), levels=(8, 16, 32), max_tokens_serving=32, max_tokens=32, **SMALL),
        budget={"steps": steps, "threads": 1},
        data=data,
        lists=10,
        tasks=[trades],
        out=out,
    )


def test_finished_runs_are_kept_and_compared_with_the_first(
    tmp_path: Path, base: Path, data: Path, trades: Task
) -> None:
    asked = (Ablation(name=RECIPE), Ablation(name="bce", changes={"loss": "bce"}))
    report, done = go(base, data, trades, tmp_path / "out", *asked)
    rows = {row.label: row for row in report.tasks[0].rows}
    assert set(rows) == {f"{name}@{level}" for name in (RECIPE, "bce") for level in (8, 16, 32)}
    assert rows["bce@16"].differences[0].over == f"{RECIPE}@16"
    steps = {one.name: (tmp_path / "out" / "runs" / one.name / "metrics.jsonl").read_bytes() for one in done}

    again, same = go(base, data, trades, tmp_path / "out", *asked)
    assert (again.tasks, same) == (report.tasks, done)
    assert steps == {one.name: (tmp_path / "out" / "runs" / one.name / "metrics.jsonl").read_bytes() for one in done}
    said = table(report, done)
    assert len(said.splitlines()) == 4
    assert f"| bce | {done[1].seconds / 60:.1f} | {rows['bce@16'].measures['ndcg'].mean:.3f} |" in said
    assert said.splitlines()[2].endswith("|  |")  # the first has nothing to be compared with


def test_a_run_that_is_the_recipe_itself_is_not_trained_twice(
    tmp_path: Path, base: Path, data: Path, trades: Task
) -> None:
    twice = (Ablation(name=RECIPE), Ablation(name="hard-negatives-2", changes={"hard_negatives": 2}))
    _, done = go(base, data, trades, tmp_path / "out", *twice, steps=1)
    assert [one.name for one in done] == [RECIPE]


def test_a_base_as_it_comes_is_evaluated_beside_what_it_became(
    tmp_path: Path, base: Path, data: Path, trades: Task
) -> None:
    asked = (Ablation(name=RECIPE), Ablation(name="untrained", untrained=True))
    report, done = go(base, data, trades, tmp_path / "out", *asked)
    assert not (tmp_path / "out" / "runs" / "untrained").exists()
    assert [one.data == "untrained" for one in done] == [False, True]

    recipe = Recipe(base=str(base), levels=(8, 16, 32), max_tokens_serving=32)
    alone = evaluate([trades], [trained("plain", base, recipe, id="plain")], tmp_path / "alone", bm25=False)
    rows = {row.label: row.measures for row in report.tasks[0].rows}
    for row in alone.tasks[0].rows:
        assert rows[row.label.replace("plain", "untrained")] == row.measures


def test_each_run_changes_one_field_of_the_recipe() -> None:
    recipe = read_recipe("default")
    said = recipe.model_dump()
    for ablation in SETTINGS:
        changed = {name for name, value in ablation.of(recipe, {}).model_dump().items() if said[name] != value}
        assert len(changed - {"name"}) <= 1, ablation.name
    negatives = {f"hard-negatives-{number}" for number in range(4)}
    others = {"bce", "no-matryoshka", "hard-labels", "base-not-kept", "prompts", "all-sources-contrast"}
    assert {ablation.name for ablation in SETTINGS} == {"recipe", *others, *negatives}


def test_the_generative_base_comes_with_its_own_pooling_and_adapters() -> None:
    recipes = {ablation.name: ablation.of(read_recipe("default"), {"steps": 3}) for ablation in BASES}
    small, large = recipes[MINILM], recipes[SMOLLM2]
    assert (small.base, large.base, large.pooling, large.steps) == ("minilm", "smollm2", "mean", 3)
    assert large.lora
    assert small.lora is None
    for name in (MINILM, SMOLLM2):  # untrained, a base is read as the trained one is
        assert recipes[f"{name}-untrained"].changed({"name": name}) == recipes[name]


def test_weights_are_named_by_recipe_and_data() -> None:
    one = Trained(name="a", recipe="r", data="d", seconds=1, changes={})
    assert one.id == one.model_copy(update={"name": "b", "seconds": 2.0}).id
    assert one.id != one.model_copy(update={"data": "e"}).id
