"""`shortlist judge compare` over the small population: the model in this process, and a real server."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from assistant.commands.judge import compare

Compare = Callable[..., Result]


@pytest.fixture
def run(shortlist: Any) -> Compare:
    """The command itself, over the small workspace."""
    app = typer.Typer()
    app.command()(compare.command)

    def call(*arguments: str) -> Result:
        return CliRunner().invoke(app, [*arguments, "--workspace", str(shortlist.workspace)])

    return call


@pytest.fixture
def judged(tmp_path: Path) -> Path:
    """Two requests; nurses are m000, m006, ..., engineers m001, m007, ..."""
    folder = tmp_path / "judged"
    folder.mkdir()
    queries = {"q1": "Registered nurse, triage experience", "q2": "Software engineer with Python and Kubernetes"}
    lines = [json.dumps({"qid": qid, "text": text}) + "\n" for qid, text in queries.items()]
    (folder / "queries.jsonl").write_text("".join(lines), encoding="utf-8")
    rows = [
        f"q{1 + trade} 0 m{number:03} {4 if number % 6 == trade else 0}\n" for trade in (0, 1) for number in range(12)
    ]
    (folder / "qrels.txt").write_text("".join(rows), encoding="utf-8")
    return folder


@pytest.fixture
def people(tmp_path: Path) -> Path:
    """Scores 1-7 by two raters, some of them of a single dimension."""
    folder = tmp_path / "people"
    folder.mkdir()
    job = {"job_id": "j1", "tags": ["registered nurse", "triage", "patient care"]}
    (folder / "jobs.jsonl").write_text(json.dumps(job) + "\n", encoding="utf-8")
    rows = [f"j1,m{number:03},{number % 2},{7 if number % 6 == 0 else 1}," for number in range(24)]
    rows += [f"j1,m{number:03},1,{6 if number % 6 == 0 else 2},title" for number in range(12)]
    text = "\n".join(["job_id,resume_id,rater,score,dimension", *rows])
    (folder / "scores.csv").write_text(text + "\n", encoding="utf-8")
    return folder


def test_both_kinds_of_scores_are_measured(run: Compare, judged: Path, people: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    done = run("--pairs", str(judged), "--pairs", str(people), "--json", "--html", str(page), "--disagreements", "2")
    assert done.exit_code == 0, done.output
    document = json.loads(done.stdout)
    assert [(one["name"], one["scale"], one["scores"]) for one in document["sets"]] == [
        ("judged", "0-4", 24),
        ("people", "1-7", 36),
    ]
    (system,) = document["systems"]
    of_judged, of_people = (result["figures"] for result in system["results"])
    assert of_judged["kappa"]["value"] > 0.5  # nurses and engineers are easily told apart
    assert of_people["pairs"] == 24
    assert {one["rater"] for one in of_people["raters"]} == {"0", "1"}
    assert [one["dimension"] for one in of_people["dimensions"]] == ["title"]
    assert "Personal data" in page.read_text(encoding="utf-8")
    assert str(page) in done.stderr


def test_ablations_are_one_flag_away(run: Compare, people: Path) -> None:
    done = run("--pairs", str(people), "--ablate", "--constitution", "1", "--constitution", "2", "--json")
    assert done.exit_code == 0, done.output
    document = json.loads(done.stdout)
    assert len(document["systems"]) == 8
    assert len({one["name"] for one in document["systems"]}) == 8
    assert [one["name"] for one in document["systems"][:4]] == [
        "embedded · constitution 1",
        "embedded · constitution 1 · no scratchpad",
        "embedded · constitution 1 · no role details",
        "embedded · constitution 1 · no examples",
    ]
    assert len(document["differences"]) == 7


def test_a_person_reads_tables_and_disagreements(run: Compare, people: Path) -> None:
    done = run("--pairs", str(people), "--sample", "1", "--constitution", "1", "--constitution", "2")
    assert done.exit_code == 0, done.output
    for words in (
        "people: 1 requests, 36 scores on 1-7 by 2 raters",
        "people down and judge across",
        "kappa of 2 less",
    ):
        assert words in done.stdout
    assert "\x1b" not in done.stdout


def test_a_server_is_asked_once_for_each_pair(run: Compare, judged: Path, serve: Any) -> None:
    def reply(body: dict[str, Any]) -> str:
        document = json.loads(body["messages"][-1]["content"])
        words = document["profile"]["text"].split("\n")[0]
        found = [
            {"requirement": one["id"], "grade": 3, "quotes": [{"quote": words}]} for one in document["requirements"]
        ]
        return json.dumps({"reasoning": "", "dimensions": found, "fit": "right", "grade": 3, "confidence": 0.7})

    server = serve(reply=reply)
    model = json.dumps({"name": "tiny", "url": server.url, "price_in": 1.0, "price_out": 2.0})
    for asked in (24, 0):
        done = run("--pairs", str(judged), "--model", "embedded", "--model", model, "--json")
        assert done.exit_code == 0, done.output
        assert len(server.requests) == asked
        server.requests.clear()
        ours, theirs = json.loads(done.stdout)["systems"]
        (result,) = theirs["results"]
        assert (result["answered"], result["kept"]) == (24, 24 - asked)
        assert result["spending"]["money"] == pytest.approx((24 * 100 + 24 * 20 * 2) / 1e6)
        assert result["spending"]["seconds_median"] > 0
        assert result["figures"]["kappa"]["value"] == pytest.approx(0)  # who always says 3 knows nothing
        assert ours["results"][0]["figures"]["kappa"]["value"] > 0.5


def test_a_server_that_is_down_is_said_and_the_others_are_measured(run: Compare, judged: Path) -> None:
    model = json.dumps({"name": "tiny", "url": "http://127.0.0.1:9/v1", "attempts": 1, "pause": 0})
    done = run("--pairs", str(judged), "--model", "embedded", "--model", model, "--json")
    assert done.exit_code == 0, done.output
    ours, theirs = json.loads(done.stdout)["systems"]
    assert ours["results"][0]["answered"] == 24
    assert theirs["results"][0]["figures"] is None
    assert "10 pairs in a row failed" in theirs["results"][0]["stopped"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--pairs", "nosuch"], "nosuch is not there"),
        (["--model", "gpt"], "names no model"),
        (["--model", "{}}"], "names no model"),
        (["--constitution", "99"], "there is no constitution '99'"),
        (["--scale", "7"], "LOW-HIGH"),
    ],
)
def test_what_is_wrong_is_said(run: Compare, people: Path, arguments: list[str], message: str) -> None:
    given = arguments if "--pairs" in arguments else ["--pairs", str(people), *arguments]
    done = run(*given)
    assert done.exit_code == 1
    assert message in str(done.exception)
