"""The README's commands are run: the same words, over populations small enough for a test."""

from __future__ import annotations

import gzip
import io
import json
import re
import shlex
import shutil
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import pytest

from assistant import cli

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = [
    line.partition("#")[0].strip()
    for block in re.findall(r"^```sh\n(.*?)^```", README, flags=re.DOTALL | re.MULTILINE)
    for line in block.splitlines()
    if line.partition("#")[0].strip()
]
FEW = 25


@dataclass(frozen=True, kw_only=True)
class Done:
    """What a command line left behind."""

    returncode: int
    stdout: str
    stderr: str


def run(command: str, folder: Path) -> Done:
    """Run a command of the README in `folder`, in this process."""
    words = shlex.split(command)
    assert words[0] == "shortlist"
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.chdir(folder)
        patch.setenv("SHORTLIST_WORKSPACE", str(folder / "workspace"))
        patch.setattr(sys, "stdin", io.StringIO("senior accountant\n/quit\n"))
        code = cli.run(words[1:])
    return Done(returncode=code, stdout=out.getvalue(), stderr=err.getvalue())


def test_the_readme_has_the_two_commands_first_and_real_output() -> None:
    assert COMMANDS[:2] == ["make demo", "make test"]
    assert all(shlex.split(command)[0] in {"make", "shortlist"} for command in COMMANDS)


@pytest.mark.parametrize("command", [command for command in COMMANDS if command.startswith("make")])
def test_what_is_made_is_a_target(command: str) -> None:
    done = subprocess.run(["make", "-C", str(ROOT), "-n", *shlex.split(command)[1:]], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_demo_runs_without_a_terminal(tmp_path: Path) -> None:
    done = run("shortlist demo --size 40", tmp_path)
    assert done.returncode == 0, done.stderr
    assert "invented" in done.stdout
    assert (tmp_path / "demo-workspace" / "current").is_file()
    again = run("shortlist demo --size 40 --json", tmp_path)
    assert json.loads(again.stdout)["synthetic"]
    assert "inventing" not in again.stderr


def test_the_commands_on_own_people_and_judged_requests(tmp_path: Path, shared_data: Path) -> None:
    """`../shared/data` is a copy with the first few resumes only; the judged requests are all there."""
    here = tmp_path / "main"
    (here / "resumes").mkdir(parents=True)
    data = tmp_path / "shared" / "data"
    (data / "resumes").mkdir(parents=True)
    shutil.copytree(shared_data / "judged", data / "judged")
    with gzip.open(shared_data / "resumes" / "resumes.jsonl.gz", "rt", encoding="utf-8") as source:
        lines = list(islice(source, FEW))
    with gzip.open(data / "resumes" / "resumes.jsonl.gz", "wt", encoding="utf-8") as target:
        target.writelines(lines)
    for line in lines[:8]:
        record = json.loads(line)
        (here / "resumes" / f"{record['id']}.txt").write_text(record["text"], encoding="utf-8")

    for command in COMMANDS:
        if command.startswith("shortlist"):
            done = run(command, here)
            assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
            assert done.stdout.strip(), command
    assert (here / "runs" / "final.run").is_file()
