"""The manual says everything the command line has, and nothing it has not."""

from __future__ import annotations

import re
import shlex
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import pytest
import typer

from agents.limits import Limits
from agents.models import ModelConfig
from assistant.cli import app
from assistant.commands import COMMANDS
from assistant.settings import PREFIX, Settings

ROOT = Path(__file__).parents[2]
MANUAL = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
ROOT_COMMAND: Any = typer.main.get_command(app)


def found(name: str) -> Any:
    """The command of a name such as "search", or "judge compare" in a group."""
    command = ROOT_COMMAND
    for part in name.split():
        command = command.commands[part]
    return command


def section(name: str) -> str:
    match = re.search(rf"^## shortlist {name}$(.*?)(?=^## |\Z)", MANUAL, flags=re.DOTALL | re.MULTILINE)
    assert match, f"docs/commands.md has no section for {name}"
    return match[1]


def options(command: Any) -> set[str]:
    return {option for parameter in command.params for option in parameter.opts if option.startswith("--")}


@pytest.mark.parametrize("name", [command.name for command in COMMANDS])
def test_every_option_of_every_command_is_documented_and_exists(name: str) -> None:
    there = options(found(name)) - {"--help"}
    said = set(re.findall(r"--[a-z][a-z-]+", section(name)))
    assert there - said == set(), "not documented"
    everywhere = set().union(*(options(found(command.name)) for command in COMMANDS)) | options(ROOT_COMMAND)
    assert said - everywhere == set(), "documented, but no command has it"


def test_every_section_is_a_command() -> None:
    assert re.findall(r"^## shortlist ([\w-]+(?: [\w-]+)?)$", MANUAL, flags=re.MULTILINE) == [
        command.name for command in COMMANDS
    ]


def test_every_option_of_the_root_is_documented() -> None:
    for option in options(ROOT_COMMAND) - {"--help"}:
        assert f"`{option}`" in MANUAL


def test_every_command_has_json_and_an_example_that_parses() -> None:
    for command in COMMANDS:
        assert "--json" in options(found(command.name)), command.name
        words = shlex.split(command.example.rpartition("|")[2])
        names = command.name.split()
        assert words[: 1 + len(names)] == ["shortlist", *names]
        # Parses without running: unknown options and missing arguments raise here.
        found(command.name).make_context(command.name, words[1 + len(names) :])


def test_every_setting_is_documented_with_its_default() -> None:
    manual = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    said = dict(re.findall(r"^\| `(SHORTLIST_\w+)` \| (.*?) \|", manual, re.MULTILINE))
    there = {PREFIX + name.upper() for name in Settings.model_fields if name != "limits"}
    there |= {f"{PREFIX}LIMITS__{name.upper()}" for name in Limits.model_fields}
    assert set(said) == there
    for name, field in Limits.model_fields.items():
        default = field.get_default(call_default_factory=True)
        assert said[f"{PREFIX}LIMITS__{name.upper()}"] == f"`{default}`", name


def test_every_entry_point_group_is_documented() -> None:
    groups = {entry.group for entry in distribution("shortlist").entry_points}
    manual = "".join(path.read_text(encoding="utf-8") for path in (*ROOT.glob("docs/*.md"), ROOT / "CONTRIBUTING.md"))
    for group in groups - {"console_scripts"}:
        assert f"`{group}`" in manual, group
    assert "shortlist.retrievers" in groups


def test_every_field_of_a_model_is_documented_with_its_default() -> None:
    manual = (ROOT / "docs" / "models.md").read_text(encoding="utf-8")
    said = dict(re.findall(r"^\| `SHORTLIST_MODELS__GUARD__(\w+)` \| (.*?) \|", manual, re.MULTILINE))
    assert set(said) == {name.upper() for name in ModelConfig.model_fields}
    for name, field in ModelConfig.model_fields.items():
        default = field.get_default(call_default_factory=True)
        assert said[name.upper()] == ("none" if default is None else f"`{default}`"), name
