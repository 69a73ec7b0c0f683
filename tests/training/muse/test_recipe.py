"""Recipes are read whole or refused with what is wrong; changes on the command line reach every field."""

from __future__ import annotations

from pathlib import Path

import pytest

from training.muse.recipe import Lora, Recipe, RecipeError, names, parse_changes, read_recipe


@pytest.mark.parametrize("name", names())
def test_every_packaged_recipe_is_one(name: str) -> None:
    assert read_recipe(name).levels


def test_a_file_is_a_recipe_too_and_says_its_name(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text("batch = 5\n[lora]\nrank = 4\n")
    recipe = read_recipe(str(tmp_path / "mine.toml"))
    assert (recipe.name, recipe.batch, recipe.lora) == ("mine", 5, Lora(rank=4))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("bach = 5", "bach"),
        ("batch = 0", "batch"),
        ("levels = [8, 4]", "levels ascend"),
        ("level_weights = [1.0]", "1 numbers for 4 levels"),
        ("loss = 'triplet'", "loss"),
        ("batch = ", "cannot be read"),
    ],
)
def test_what_makes_no_sense_is_refused_with_what_it_is(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "bad.toml").write_text(text)
    with pytest.raises(RecipeError, match=said):
        read_recipe(str(tmp_path / "bad.toml"))


def test_an_unknown_recipe_names_those_there_are() -> None:
    with pytest.raises(RecipeError, match="default"):
        read_recipe("nonesuch")


def test_changes() -> None:
    changes = parse_changes(
        ["batch=7", "loss=bce", "lora.rank=3", "mixture={activities=1, roles=2}", "dropout=none", "levels=[2,4]"]
    )
    recipe = Recipe(dropout=0.3).changed(changes)
    assert (recipe.batch, recipe.loss, recipe.dropout, recipe.levels) == (7, "bce", None, (2, 4))
    assert recipe.lora == Lora(rank=3)
    assert recipe.mixture == {"activities": 1, "roles": 2}
    assert recipe.changed({"lora": None}).lora is None
    with pytest.raises(RecipeError, match="write NAME=VALUE"):
        parse_changes(["batch"])
    with pytest.raises(RecipeError, match="bacth"):
        recipe.changed({"bacth": 1})
    with pytest.raises(RecipeError, match="no fields within"):
        recipe.changed({"batch.size": 1})


def test_the_fingerprint_is_of_what_decides_the_weights() -> None:
    assert Recipe().fingerprint == Recipe(save_minutes=9, save_steps=4).fingerprint
    assert Recipe().fingerprint != Recipe(batch=65).fingerprint


def test_levels_weigh_what_they_say_and_sum_to_one() -> None:
    recipe = Recipe(levels=(2, 4), level_weights=(1.0, 3.0))
    assert recipe.trained_levels == {2: 0.25, 4: 0.75}
    assert recipe.changed({"matryoshka": False}).trained_levels == {4: 1.0}
