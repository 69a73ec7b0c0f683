"""The command over the small population, run in this process: the engines are loaded once for all tests."""

from __future__ import annotations

import io
import os
import shutil
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pytest

from assistant import cli


@dataclass(frozen=True, kw_only=True)
class Done:
    """What a command line left behind."""

    returncode: int
    stdout: str
    stderr: str


@dataclass(frozen=True, kw_only=True)
class Shortlist:
    """Runs a command line as the console script does, over one workspace."""

    workspace: Path

    def __call__(self, *arguments: str, stdin: str = "", **environment: str) -> Done:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("SHORTLIST_")}
        out, err = io.StringIO(), io.StringIO()
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
            patch.setattr(os, "environ", {**clean, "SHORTLIST_WORKSPACE": str(self.workspace), **environment})
            patch.setattr(sys, "stdin", io.StringIO(stdin))
            code = cli.run(arguments)
        return Done(returncode=code, stdout=out.getvalue(), stderr=err.getvalue())


@pytest.fixture(scope="session")
def shortlist(small_workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Shortlist:
    """The command over a copy of the small workspace, into which it may write threads and likes."""
    workspace = tmp_path_factory.mktemp("assistant") / "workspace"
    shutil.copytree(small_workspace, workspace)
    return Shortlist(workspace=workspace)


@pytest.fixture
def empty(tmp_path: Path) -> Callable[..., Done]:
    """The command over a workspace without a snapshot."""
    return Shortlist(workspace=tmp_path / "nothing")
