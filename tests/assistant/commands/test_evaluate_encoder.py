"""`shortlist evaluate-encoder` on a task of one's own, with the real untrained encoder."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.cli import run
from retrieval.encoder import load_encoder


@pytest.fixture
def task(tmp_path: Path) -> Path:
    folder = tmp_path / "trades"
    folder.mkdir()
    (folder / "queries.tsv").write_text("q1\tcares for newborns\nq2\tlays bricks\n")
    (folder / "corpus.tsv").write_text("a\tneonatal nurse\nb\tmason, builds walls\nc\tsells insurance\n")
    (folder / "qrels").write_text("q1 0 a 1\nq2 0 b 1\n")
    return folder


def test_json_holds_every_width_and_the_files_lie_there(
    task: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert run(["evaluate-encoder", "--task", str(task), "--no-packaged", "--out", str(out), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    (measured,) = report["tasks"]
    assert [(row["system"], row["level"]) for row in measured["rows"]] == [
        ("bm25", None),
        *(("minilm", level) for level in (48, 96, 192, 384)),
    ]
    # no word is shared: only meaning finds them
    assert measured["rows"][0]["measures"]["ndcg"]["mean"] == 0
    assert measured["rows"][-1]["measures"]["ndcg"]["mean"] == 1
    assert {path.name for path in out.iterdir()} == {"report.json", "runs", "vectors", "quality.png", "quality.svg"}
    assert json.loads((out / "report.json").read_text()) == report


def test_a_server_of_the_packaged_weights_finds_what_they_find(
    task: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], serve, model_servers
) -> None:
    here = load_encoder()

    def answer(body):
        rows = here.encode(body["input"], side="role", width=body["dimensions"])
        data = [{"object": "embedding", "index": at, "embedding": row.tolist()} for at, row in enumerate(rows)]
        return model_servers.Act(raw=json.dumps({"object": "list", "model": "far", "data": data}))

    server = serve(models=("far",), reply=answer)
    asked = ["--task", str(task), "--no-baselines", "--endpoint", f"far@{server.url}", "--out", str(tmp_path / "out")]
    assert run(["evaluate-encoder", *asked, "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    rows = {(row["system"], row["level"]): row["measures"] for row in report["tasks"][0]["rows"]}
    for level in here.levels:
        assert rows["far-served", level] == rows["muse", level]
    # asked, though the same weights were measured here before
    assert sum(len(body["input"]) for body in server.requests) == 5


def test_the_table_says_what_was_measured(task: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["evaluate-encoder", "--task", str(task), "--no-packaged", "--out", str(tmp_path / "out")]) == 0
    said = capsys.readouterr().out
    assert "trades: 2 queries, 3 documents" in said
    assert "minilm@192" in said


def test_nothing_to_do_is_an_error_with_the_options(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["evaluate-encoder", "--out", str(tmp_path)]) == 2
    assert "--onet" in capsys.readouterr().err


def test_a_folder_that_is_no_task_says_what_it_should_hold(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["evaluate-encoder", "--task", str(tmp_path), "--out", str(tmp_path / "out")]) == 1
    assert "queries.tsv" in capsys.readouterr().err
