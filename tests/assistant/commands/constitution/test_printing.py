"""The policy can be read, the prompts that it makes too, and two versions side by side."""

from __future__ import annotations

import json

import pytest
import typer
from typer.testing import CliRunner

from agents.constitution import Constitution, ConstitutionDiff, Prompting, diff, load
from assistant.commands.constitution import diff as diff_command
from assistant.commands.constitution import show as show_command

APP = typer.Typer()
APP.command("show")(show_command.command)
APP.command("diff")(diff_command.command)


def run(*words: str) -> str:
    done = CliRunner().invoke(APP, words, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.mark.parametrize("version", ["1", "2"])
def test_all_that_binds_is_printed(version: str) -> None:
    printed = run("show", "--version", version)
    constitution = load(version)
    assert all(f"[{clause.id}] {clause.text}" in printed for clause in constitution.clause)
    assert all(dimension.meaning in printed for dimension in constitution.dimension)
    assert all(example.why in printed for example in constitution.example)
    assert constitution.name in printed


def test_without_examples_the_policy_has_none() -> None:
    assert "Example " not in run("show", "--no-examples")


def test_the_json_is_the_whole_constitution() -> None:
    assert Constitution.model_validate_json(run("show", "--json")) == load()


@pytest.mark.parametrize("audience", ["guard", "judge", "teacher"])
@pytest.mark.parametrize("flag", ["scratchpad", "role_details", "examples", ""])
def test_the_prompt_is_what_a_model_is_told(audience: str, flag: str) -> None:
    flags = [f"--no-{flag.replace('_', '-')}"] if flag else []
    prompting = Prompting(**({flag: False} if flag else {}))
    assert run("show", "--audience", audience, *flags) == load().render(audience, prompting)  # type: ignore[arg-type]
    told = json.loads(run("show", "--audience", audience, *flags, "--json"))
    assert told["text"] == load().render(audience, prompting)  # type: ignore[arg-type]
    assert told["prompting"] == prompting.model_dump()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["show", "--audience", "everybody"], "teacher"),
        (["show", "--no-scratchpad"], "--audience"),
        (["diff", "1"], "NEW"),
    ],
)
def test_a_wrong_command_line_says_what_is_right(words: list[str], said: str) -> None:
    done = CliRunner().invoke(APP, words)
    assert done.exit_code == 2
    assert said in done.output


def test_a_diff_shows_the_words_that_changed() -> None:
    printed = run("diff", "1", "2")
    assert printed.startswith("Version 1 to version 2: ")
    assert "colour{+, caste+} or ancestry" in printed
    assert "+ clause fair.prestige: A famous employer" in printed
    assert len(printed.splitlines()) > 100


def test_the_json_of_a_diff_is_the_diff() -> None:
    assert ConstitutionDiff.model_validate_json(run("diff", "1", "2", "--json")) == diff(load("1"), load("2"))


def test_versions_that_are_the_same_have_no_difference() -> None:
    assert run("diff", "2", "2").strip() == "Version 2 to version 2: no difference."
