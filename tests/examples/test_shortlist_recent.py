"""The example plug-in, as its author would ship it: built, installed, seen, and held to the rules."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LISTED = """
import json
from dataclasses import asdict
from retrieval import registry
print(json.dumps([asdict(listed) for listed in registry.listing()]))
"""
CHECKED = """
import sys
from pathlib import Path
from retrieval import registry
from retrieval.snapshot import Snapshot
from retrieval.testing import check_retriever
snapshot = Snapshot.open(Path(sys.argv[1]))
assert "recent" in registry.load(snapshot)
print(check_retriever(lambda snapshot: registry.load(snapshot, only=["recent"])["recent"], snapshot))
"""


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the package: building leaves things behind."""
    copy = tmp_path_factory.mktemp("source") / "shortlist-recent"
    shutil.copytree(ROOT / "examples" / "shortlist-recent", copy, ignore=shutil.ignore_patterns("build", "*.egg-info"))
    return copy


@pytest.fixture(scope="module")
def installed(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that pip installed the package into; it needs no network."""
    target = tmp_path_factory.mktemp("installed")
    options = ["--quiet", "--no-deps", "--no-build-isolation", "--no-index", "--disable-pip-version-check"]
    command = [sys.executable, "-m", "pip", "install", *options, "--target", str(target), str(source)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return target


def run(installed: Path, *arguments: str, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join([str(installed), str(ROOT)])
    return subprocess.run(
        [sys.executable, *arguments],
        env={**os.environ, "PYTHONPATH": path},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_is_listed_beside_the_houses_own(installed: Path) -> None:
    done = run(installed, "-c", LISTED)
    assert done.returncode == 0, done.stderr
    listed = {entry["name"]: entry for entry in json.loads(done.stdout)}
    assert listed["recent"] == {
        "name": "recent",
        "distribution": "shortlist-recent",
        "version": "0.1.0",
        "available": True,
        "why_not": None,
    }
    assert {"faceted", "boolean", "semantic", "lookalike", "personalized"} <= set(listed)


def test_it_is_gone_where_it_is_not_installed(tmp_path: Path) -> None:
    done = run(tmp_path, "-c", LISTED)
    assert "recent" not in {entry["name"] for entry in json.loads(done.stdout)}


def test_it_conforms_over_a_population_of_ours(installed: Path, small_workspace: Path) -> None:
    done = run(installed, "-c", CHECKED, str(small_workspace))
    assert (done.stdout.strip(), done.returncode) == ("[]", 0), done.stderr


def test_its_own_tests_pass(installed: Path, source: Path) -> None:
    done = run(installed, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests", folder=source)
    assert done.returncode == 0, done.stdout
    assert "9 passed" in done.stdout
