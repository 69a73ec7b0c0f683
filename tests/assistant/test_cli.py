"""The command line as a user meets it: codes, streams, JSON, and errors without tracebacks."""

from __future__ import annotations

import json
import os
import pty
import re
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from assistant import cli
from assistant.commands import COMMANDS
from retrieval.snapshot import Snapshot

ROOT = Path(cli.__file__).parents[1]
SCRIPT = str(Path(sys.executable).with_name("shortlist"))
NAMES = [command.name for command in COMMANDS]


def test_help_is_instant_and_loads_none_of_the_engines() -> None:
    heavy = "{'torch', 'langgraph', 'pydantic', 'numpy', 'tantivy', 'onnxruntime'}"
    code = f"import sys; from assistant.cli import run; run(['-h']); sys.exit(str({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr.strip() == "set()"


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_every_command_has_help_with_an_example(name: str, flag: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run([*name.split(), flag]) == 0
    said = capsys.readouterr().out
    assert "Example:" in said
    assert f"shortlist {name}" in said


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["--version"]) == 0
    assert capsys.readouterr().out.startswith("shortlist ")


@pytest.mark.parametrize(
    "arguments",
    [
        ["nosuch"],
        ["search"],
        ["search", "x", "--limit", "0"],
        ["search", "x", "--limit", "many"],
        ["search", "x", "--nosuch"],
        ["index", "x", "--map", "id"],
        ["index", "x", "--map", "nosuch=y"],
        ["evaluate"],
    ],
)
def test_a_wrong_command_line_is_2_and_points_at_help(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(arguments) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("error: ")
    assert "-h`" in said.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["search", "a nurse"], "there is no snapshot"),
        (["chat"], "there is no snapshot"),
        (["index", "nosuch-folder"], "nosuch-folder"),
        (["evaluate", "--judged", "nosuch-folder"], "queries.jsonl"),
    ],
)
def test_what_cannot_be_done_is_1_with_the_fix_and_no_traceback(empty: Any, arguments: list[str], message: str) -> None:
    done = empty(*arguments, COLUMNS="200")
    assert done.returncode == 1
    assert done.stdout == ""
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    with pytest.raises(Exception, match=re.escape(message)):
        empty("--debug", *arguments)


def test_a_wrong_setting_is_named(empty: Any) -> None:
    done = empty("search", "a nurse", SHORTLIST_LIMITS__POOL="many")
    assert done.returncode == 1
    assert "SHORTLIST_LIMITS__POOL" in done.stderr


def test_a_setting_that_is_no_json_is_named(empty: Any) -> None:
    done = empty("search", "a nurse", SHORTLIST_LIMITS="many")
    assert done.returncode == 1
    assert "limits" in done.stderr
    assert "unexpected" not in done.stderr


@pytest.mark.parametrize("command", ["search", "index"])
def test_a_workspace_that_is_a_file_is_called_one(empty: Any, tmp_path: Path, command: str) -> None:
    (tmp_path / "cv.txt").write_text("Nurse in Austin, Texas.")
    done = empty(command, str(tmp_path / "cv.txt"), "--workspace", str(tmp_path / "cv.txt"))
    assert done.returncode == 1
    assert "is a file" in done.stderr
    assert (tmp_path / "cv.txt").read_text() == "Nurse in Austin, Texas."


def test_where_nothing_could_be_indexed_each_file_and_its_reason_are_listed(empty: Any, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "cv.txt").write_bytes(b"\x7fELF\x00\x01" * 99)
    done = empty("index", str(tmp_path / "in"), "--workspace", str(tmp_path / "w"))
    assert done.returncode == 1
    assert "cv.txt" in done.stderr
    assert "it is binary" in done.stderr


def test_retrievers_are_listed(empty: Any) -> None:
    listed = {each["name"]: each for each in json.loads(empty("retrievers", "--json").stdout)}
    assert {"faceted", "boolean", "semantic", "lookalike", "personalized"} <= set(listed)
    assert listed["semantic"] == {**listed["semantic"], "distribution": "shortlist", "available": True}
    assert "semantic" in empty("retrievers").stdout


def test_search_prints_cards_and_documented_json(shortlist: Any) -> None:
    request = "Registered nurse, at least 2 years, Spanish is a plus"
    cards = shortlist("search", request, "--limit", "3", "--waterfall")
    assert cards.returncode == 0, cards.stderr
    assert "invented" in cards.stdout
    assert "found by" in cards.stdout
    assert "Waterfall" in cards.stdout
    assert "\x1b" not in cards.stdout

    found = shortlist("search", request, "--limit", "3", "--json")
    document = json.loads(found.stdout)
    assert found.stderr == ""
    assert document["synthetic"] is True
    assert 1 <= len(document["candidates"]) <= 3
    assert [candidate["rank"] for candidate in document["candidates"]] == list(
        range(1, len(document["candidates"]) + 1)
    )


def test_quotes_stand_in_the_profile_at_their_span(shortlist: Any) -> None:
    snapshot = Snapshot.open(shortlist.workspace)
    document = json.loads(shortlist("search", "software engineer, Kubernetes and PostgreSQL", "--json").stdout)
    quotes = 0
    for candidate in document["candidates"]:
        text = snapshot.profile(snapshot.row(candidate["member_id"])).text
        for mark in candidate["marks"]:
            for evidence in mark["evidence"]:
                assert text[evidence["span"]["start"] : evidence["span"]["end"]] == evidence["quote"]
                quotes += 1
    assert quotes


def test_search_by_strategy_string_and_likeness(shortlist: Any) -> None:
    one = json.loads(shortlist("search", "nurse", "--json", "--strategies", "semantic").stdout)
    assert {name for candidate in one["candidates"] for name in candidate["strategies"]} == {"semantic"}
    unknown = shortlist("search", "nurse", "--strategies", "nosuch")
    assert unknown.returncode == 1
    assert "semantic" in unknown.stderr

    member = one["candidates"][0]["member_id"]
    alike = json.loads(shortlist("search", "nurse", "--json", "--like", member, "--strategies", "lookalike").stdout)
    assert alike["candidates"]
    assert member not in [candidate["member_id"] for candidate in alike["candidates"]]
    stranger = shortlist("search", "nurse", "--like", "nobody")
    assert stranger.returncode == 1
    assert "nobody" in stranger.stderr

    assert shortlist("search", "nurse", "--boolean", 'title:nurse OR "patient care"', "--json").returncode == 0
    broken = shortlist("search", "nurse", "--boolean", "(nurse AND", "--json")
    assert (broken.returncode, broken.stdout) == (2, "")
    assert "--boolean" in broken.stderr
    assert "nothing follows AND" in broken.stderr
    assert "Traceback" not in broken.stderr


@pytest.mark.parametrize("text", ["", "   ", "nurse " * 5000])
def test_requests_that_cannot_be_served_say_so(shortlist: Any, text: str) -> None:
    done = shortlist("search", text)
    assert done.returncode == 1
    assert done.stderr.startswith("error: ")
    assert "unexpected" not in done.stderr


def test_a_thread_remembers_its_role(shortlist: Any) -> None:
    shortlist("search", "nurse with at least 2 years", "--thread", "t1", "--json")
    edited = json.loads(shortlist("search", "make it 7 years", "--thread", "t1", "--json").stdout)
    assert edited["role"]["years"]["minimum"] == 7
    assert edited["role"]["titles"]


def test_the_request_can_come_from_stdin(shortlist: Any) -> None:
    assert json.loads(shortlist("search", "-", "--json", stdin="a nurse\n").stdout)["candidates"]


def test_invented_people_are_written_and_indexed_without_the_truth_about_them(shortlist: Any, tmp_path: Path) -> None:
    people = tmp_path / "people"
    written = json.loads(shortlist("synth", "--size", "12", "--seed", "3", "--out", str(people), "--json").stdout)
    assert (written["size"], written["synthetic"]) == (12, True)
    assert all(Path(path).is_file() for path in (*written["profiles"], *written["truth"]))
    done = shortlist("index", str(people), "--workspace", str(tmp_path / "w"), "--json")
    report = json.loads(done.stdout)
    assert (report["profiles"], report["synthetic"], report["problems"]) == (12, 12, [])


def test_indexing_again_encodes_nothing_and_lists_problems(shortlist: Any, tmp_path: Path) -> None:
    mixed = tmp_path / "mixed"
    mixed.mkdir()
    (mixed / "people.jsonl").write_text('{"no": "a1", "cv": "Nurse in Austin, Texas. BLS."}\n{"no": "a2"}\n')
    (mixed / "broken.pdf").write_bytes(b"%PDF-1.4 broken")
    arguments = (
        "index",
        str(mixed),
        "--workspace",
        str(tmp_path / "w"),
        "--map",
        "id=no",
        "--map",
        "text=cv",
        "--json",
    )
    first = json.loads(shortlist(*arguments).stdout)
    assert (first["profiles"], first["new"]) == (1, 1)
    assert {Path(problem["file"]).name for problem in first["problems"]} == {"people.jsonl", "broken.pdf"}
    again = json.loads(shortlist(*arguments).stdout)
    assert (again["unchanged"], again["new"], again["encoded"]) == (1, 0, 0)
    said = shortlist(*arguments[:-1])
    assert "broken.pdf" in said.stderr
    assert "1 unchanged" in said.stdout


def test_doctor_finds_nothing_wrong_here(shortlist: Any) -> None:
    done = shortlist("doctor", "--deep", "--json")
    findings = {finding["check"]: finding for finding in json.loads(done.stdout)}
    assert done.returncode == 0, done.stdout
    assert findings["snapshot"]["status"] == "ok"
    assert findings["names"]["status"] == "ok"
    assert "checksums agree" in findings["snapshot"]["detail"]


def test_doctor_sees_a_damaged_snapshot_and_a_shadowed_name(shortlist: Any, tmp_path: Path) -> None:
    workspace = tmp_path / "w"
    shutil.copytree(shortlist.workspace, workspace)
    (vectors,) = (workspace / "snapshots").glob("*/vectors/vectors.npy")
    damaged = bytearray(vectors.read_bytes())
    damaged[-1] ^= 1
    vectors.write_bytes(damaged)
    done = shortlist("doctor", "--deep", "--workspace", str(workspace))
    assert done.returncode == 1
    assert "fail snapshot" in done.stdout

    (tmp_path / "path" / "agents").mkdir(parents=True)
    (tmp_path / "path" / "agents" / "__init__.py").touch()
    code = "from assistant.health import shadowing; print(shadowing().model_dump_json())"
    path = os.pathsep.join([str(tmp_path / "path"), str(ROOT)])
    said = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": path}, cwd=tmp_path, capture_output=True, check=True
    )
    names = json.loads(said.stdout)
    assert names["status"] == "fail"
    assert "agents comes from" in names["detail"]


def test_the_demo_never_replaces_real_people(shortlist: Any, tmp_path: Path) -> None:
    (tmp_path / "cv.txt").write_text("Nurse in Austin, Texas. Basic life support certified.")
    workspace = str(tmp_path / "w")
    assert shortlist("index", str(tmp_path / "cv.txt"), "--workspace", workspace).returncode == 0
    done = shortlist("demo", "--size", "10", "--workspace", workspace)
    assert done.returncode == 1
    assert "real people" in done.stderr


def test_ctrl_c_is_clean(shortlist: Any, tmp_path: Path) -> None:
    command = [SCRIPT, "chat", "--workspace", str(shortlist.workspace)]
    # a shell starts what it puts into the background with Ctrl-C ignored, which children inherit
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        signal.signal(signal.SIGINT, before)
        assert process.stdout is not None
        assert "Who do you need" in process.stdout.readline()
        process.send_signal(signal.SIGINT)
        try:
            process.wait(timeout=60)  # communicate() would close its input, which is another way to end a chat
        finally:
            process.kill()
        _, said = process.communicate()
    assert process.returncode == 130
    assert said.strip() == "stopped; what was saved before is kept"


def test_nothing_but_the_answer_is_shown_on_a_terminal(shortlist: Any) -> None:
    ours, theirs = pty.openpty()
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "CI"))}
    command = [SCRIPT, "search", "nurse", "--limit", "1", "--workspace", str(shortlist.workspace)]
    said = b""
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment):
        os.close(theirs)
        with suppress(OSError):  # how the terminal says that the other side has gone
            while part := os.read(ours, 4096):
                said += part
    os.close(ours)
    assert b"found by" in said
    assert b"pydantic" not in said


def test_a_reader_that_leaves_early_is_no_error(shortlist: Any) -> None:
    command = f"'{SCRIPT}' retrievers --json | head -c 1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("[", "")


def test_a_reader_that_left_before_the_answer_came_is_no_error(shortlist: Any) -> None:
    command = f"'{SCRIPT}' search nurse --json --workspace '{shortlist.workspace}' | true; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_closed_output_is_no_error(shortlist: Any) -> None:
    command = f"'{SCRIPT}' search nurse --workspace '{shortlist.workspace}' >&-"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
