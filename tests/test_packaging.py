"""The distribution: what it ships, what it pins, and that the layers are the ones of the design."""

from __future__ import annotations

import re
import subprocess
import tomllib
from importlib.metadata import entry_points, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PACKAGES = ["retrieval", "ranking", "agents", "offline", "training", "assistant"]


def pins(name: str) -> dict[str, str]:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    found = dict(line.split("==") for line in lines)
    assert len(found) == len(lines)
    return found


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_holds_exact_pins_and_nothing_else(name: str) -> None:
    """No index, no link, no hash, no local version: the same lines work with any index."""
    for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
        assert re.fullmatch(r"[a-z0-9][a-z0-9._-]*==[0-9][0-9a-z.]*", line), line


def test_every_dependency_is_pinned_to_a_version_it_accepts() -> None:
    run, develop = pins("requirements.lock"), pins("requirements-dev.lock")
    assert not set(run) & set(develop)
    for line in PROJECT["project"]["dependencies"]:
        requirement = Requirement(line)
        assert requirement.specifier.contains(run[canonicalize_name(requirement.name)]), line
    for line in PROJECT["project"]["optional-dependencies"]["dev"]:
        requirement = Requirement(line)
        assert requirement.specifier.contains((run | develop)[canonicalize_name(requirement.name)]), line


def test_the_rooms_are_layered_as_the_design_says() -> None:
    (contract,) = PROJECT["tool"]["importlinter"]["contracts"]
    assert contract["layers"] == list(reversed(PACKAGES))
    assert PROJECT["tool"]["mypy"]["packages"] == PACKAGES
    for name in PACKAGES:
        assert (ROOT / name / "py.typed").is_file(), name
        assert f"{name}*" in PROJECT["tool"]["setuptools"]["packages"]["find"]["include"]


def test_the_extras_are_there() -> None:
    assert {"gpu", "spark", "dev"} <= set(PROJECT["project"]["optional-dependencies"])


def test_what_pyproject_registers_is_what_is_installed() -> None:
    """Catches a checkout whose editable install is out of date."""
    assert version("shortlist") == PROJECT["project"]["version"]
    for group, names in PROJECT["project"]["entry-points"].items():
        ours = {
            entry.name: entry.value
            for entry in entry_points(group=group)
            if entry.dist and entry.dist.name == "shortlist"
        }
        assert ours == names


def test_the_licence_is_apaches_whole() -> None:
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Apache License\n                           Version 2.0, January 2004" in text
    assert "END OF TERMS AND CONDITIONS" in text
    assert len(text) > 11_000


@pytest.mark.parametrize("owner", ["O*NET", "ESCO", "laiser", "GeoNames", "all-MiniLM-L6-v2"])
def test_notice_names_whose_data_is_used(owner: str) -> None:
    assert owner in (ROOT / "NOTICE").read_text(encoding="utf-8")


def test_make_help_names_every_target() -> None:
    said = subprocess.run(["make", "-s", "-C", str(ROOT), "help"], capture_output=True, text=True, check=True).stdout
    for target in ("help", "demo", "test", "check", "bench", "clean"):
        assert re.search(rf"make {target}\s", said), target
