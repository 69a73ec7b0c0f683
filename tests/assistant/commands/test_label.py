"""`shortlist label` over the small population: drawn, labelled, gone on with, and refused where it cannot be."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from assistant.commands import label
from training.labels import read_labels

Label = Callable[..., Result]


@pytest.fixture
def run(shortlist: Any) -> Label:
    """The command itself, over the small workspace."""
    app = typer.Typer()
    app.command()(label.command)

    def call(*arguments: str) -> Result:
        return CliRunner().invoke(app, [*arguments, "--workspace", str(shortlist.workspace)])

    return call


@pytest.fixture
def requests(tmp_path: Path) -> Path:
    path = tmp_path / "queries.jsonl"
    texts = ("Registered nurse, triage experience", "Software engineer with Python and Kubernetes")
    path.write_text("".join(json.dumps({"qid": f"q{n}", "text": text}) + "\n" for n, text in enumerate(texts)))
    return path


def test_people_are_drawn_and_labelled_and_the_teacher_measured(run: Label, requests: Path, tmp_path: Path) -> None:
    out = tmp_path / "labels"
    wanted = ("--requests", str(requests), "--per-request", "12", "--out", str(out))
    repeats = ("--duplicates", "0.25", "--swaps", "0.25")
    done = run(*wanted, *repeats, "--limit", "10", "--json")
    assert done.exit_code == 0, done.output
    card = json.loads(done.stdout)
    assert card["left"] == 26
    done = run(*wanted, *repeats, "--json")
    card = json.loads(done.stdout)
    assert (card["pairs"], card["repeats"], card["left"], card["requests"]) == (24, 12, 0, 2)
    assert sum(card["grades"]) == 24
    assert card["grades"][0] > 0
    assert sum(card["grades"][2:]) > 0
    for asked in (card["again"], card["swapped"]):
        assert asked["pairs"] == 6
        assert asked["exact"]["value"] == 1  # the model in this process says the same however it is asked
        assert asked["dimension_flips"] == 0
    assert json.loads((out / "card.json").read_text()) == card
    labels = read_labels(out)
    assert len(labels) == 24
    # everybody of so few people is found by some strategy, so nobody is left to be drawn at random
    assert {one.drawn for one in labels} == {"top", "lower"}
    requests_kept = [json.loads(line) for line in (out / "requests.jsonl").read_text().splitlines()]
    assert [one["request_id"] for one in requests_kept] == ["q0", "q1"]
    again = run(*wanted, *repeats)
    assert "Labelled 0 pairs" in again.stdout
    assert "Asked with the order swapped: 6 pairs, 100% the same grade" in again.stdout


def test_pairs_of_a_file_and_a_rate(run: Label, tmp_path: Path) -> None:
    pairs = tmp_path / "pairs.jsonl"
    lines = [{"qid": "q", "text": "registered nurse", "member_id": member} for member in ("m000", "m001", "nobody")]
    pairs.write_text("".join(json.dumps(line) + "\n" for line in lines))
    done = run(
        "--pairs", str(pairs), "--out", str(tmp_path / "out"), "--rate", "6000", "--duplicates", "0", "--swaps", "0"
    )
    assert done.exit_code == 0, done.output
    assert {one.member_id for one in read_labels(tmp_path / "out")} == {"m000", "m001"}
    assert "1 of the people are not in the snapshot" in done.stderr


def test_a_spent_budget_is_said_and_the_same_command_goes_on(
    run: Label, requests: Path, tmp_path: Path, serve: Any
) -> None:
    def reply(body: dict[str, Any]) -> str:
        document = json.loads(body["messages"][-1]["content"])
        words = document["profile"]["text"].split("\n")[0]
        found = [
            {"requirement": one["id"], "grade": 2, "quotes": [{"quote": words}]} for one in document["requirements"]
        ]
        return json.dumps({"reasoning": "", "dimensions": found, "fit": "right", "grade": 2, "confidence": 0.7})

    server = serve(reply=reply, usage=(5000, 500))
    model = json.dumps({"name": "tiny", "url": server.url, "concurrency": 2})
    wanted = ("--requests", str(requests), "--per-request", "4", "--out", str(tmp_path / "out"), "--model", model)
    done = run(*wanted, "--tokens", "30000")
    assert done.exit_code == 1
    assert "stopped early: the teacher may use 30,000 tokens a run" in str(done.exception)
    assert "is kept in" in str(done.exception)
    kept = read_labels(tmp_path / "out")
    assert 1 <= len(kept) <= 6
    done = run(*wanted)
    assert done.exit_code == 0, done.output
    labels = read_labels(tmp_path / "out")
    assert len(labels) == 8
    assert labels[: len(kept)] == kept
    assert {one.model for one in labels} == {"tiny"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "either --pairs or --requests"),
        (["--requests", "{requests}", "--pairs", "{requests}"], "either --pairs or --requests"),
        (["--requests", "{requests}", "--model", "gpt"], "names no model"),
        (["--requests", "{requests}", "--constitution", "99"], "no constitution"),
        (["--requests", "{requests}", "--money", "3"], "price_in"),
        (["--pairs", "{requests}"], "line 1: a pair is"),
        (["--requests", "{folder}"], "is a folder"),
    ],
)
def test_what_is_wrong_is_said(run: Label, requests: Path, tmp_path: Path, arguments: list[str], message: str) -> None:
    given = [one.format(requests=requests, folder=tmp_path) for one in arguments]
    done = run(*given, "--out", str(tmp_path / "out"))
    assert done.exit_code != 0
    assert message in " ".join((done.stderr + str(done.exception)).split())


def test_another_question_wants_another_folder(run: Label, requests: Path, tmp_path: Path) -> None:
    wanted = ("--requests", str(requests), "--out", str(tmp_path / "out"), "--limit", "1")
    assert run(*wanted).exit_code == 0
    done = run(*wanted, "--constitution", "1")
    assert done.exit_code == 1
    assert "constitution was '2', now '1'" in str(done.exception)
    assert "another --out" in str(done.exception)
