"""Nothing that an evaluation asks is asked in training, nor anything near it. Compared here in a way of its own."""

from __future__ import annotations

import csv
import gzip
import json
import re
from pathlib import Path

import pytest

from retrieval.snapshot import Snapshot
from training.muse.data.activities import activities
from training.muse.data.onet import Onet, read_onet
from training.muse.data.roles import Requests
from training.muse.data.splits import held_out
from training.muse.data.titles import occupations, titles
from training.muse.data.unseen import Unseen, read_queries

EVALUATIONS = ("titles", "judged", "human_scores", "scifact", "requests")


def plain(text: str) -> frozenset[str]:
    """Lower-case words without a plural's s."""
    return frozenset(word.rstrip("s") for word in re.findall(r"[a-z0-9+#]+", text.lower()))


def near(one: frozenset[str], other: frozenset[str]) -> bool:
    return len(one & other) > 0.85 * len(one | other)


@pytest.fixture(scope="module")
def onet(shared_data: Path) -> Onet:
    return read_onet(shared_data / "onet")


@pytest.fixture(scope="module")
def asked(shared_data: Path) -> list[str]:
    """All queries of all evaluations, read here."""
    found = []
    for name in ("judged", "scifact", "requests"):
        (path,) = (shared_data / name).glob("[qr]*s.jsonl")
        found += [json.loads(line)["text"] for line in path.read_text(encoding="utf-8").splitlines()]
    for line in (shared_data / "human_scores" / "jobs.jsonl").read_text(encoding="utf-8").splitlines():
        found.append(" ".join(json.loads(line)["tags"]))
    found += [line.split("\t")[1] for line in (shared_data / "titles" / "queries.tsv").read_text().splitlines()[1:]]
    with gzip.open(shared_data / "onet" / "activities.tsv.gz", "rt") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    hidden = [row["activity"] for row in rows if held_out(row["activity_id"])]
    assert 0.15 * len(rows) < len(hidden) < 0.25 * len(rows)
    return found + hidden


@pytest.fixture(scope="module")
def unseen(shared_data: Path, onet: Onet) -> Unseen:
    """As a build makes it of the folders."""
    queries = [text for name in EVALUATIONS for text in read_queries(shared_data / name)]
    return Unseen([*queries, *onet.evaluated.values()])


@pytest.fixture(scope="module")
def trained(onet: Onet, unseen: Unseen, small_snapshot: Snapshot) -> dict[str, set[str]]:
    """Training queries by source."""
    made = {
        "titles": titles(onet, unseen),
        "occupations": occupations(onet, unseen),
        "activities": activities(onet, unseen, negatives=0, mine=lambda queries, _: [[] for _ in queries]),
    }
    found = {name: {one.query for one in each.lists} for name, each in made.items()}
    # a title of a list asks for the others when the list is turned
    found["titles"] |= set(made["titles"].texts.values())
    found["roles"] = {one.text for one in Requests(small_snapshot, onet, unseen).make(40)}
    return found


def test_there_is_something_to_train_on(trained: dict[str, set[str]], shared_data: Path) -> None:
    counts = {name: len(queries) for name, queries in trained.items()}
    assert counts["titles"] > 20_000
    assert counts["occupations"] > 1_000
    assert counts["activities"] > 1_000
    assert counts["roles"] == 40


def test_no_evaluation_query_is_a_training_query(trained: dict[str, set[str]], asked: list[str]) -> None:
    forbidden = {plain(text) for text in asked}
    assert len(forbidden) > 700
    for name, queries in trained.items():
        assert not {text for text in queries if plain(text) in forbidden}, name


def test_nothing_near_an_evaluation_query_is_one(trained: dict[str, set[str]], asked: list[str]) -> None:
    longer = [words for text in asked if len(words := plain(text)) > 2]
    having: dict[str, set[int]] = {}
    for at, words in enumerate(longer):
        for word in words:
            having.setdefault(word, set()).add(at)
    for name, queries in trained.items():
        for text in queries:
            said = plain(text)
            places = set().union(*(having.get(word, set()) for word in said)) if len(said) > 2 else set()
            assert not any(near(said, longer[at]) for at in places), (name, text)


def test_held_out_activities_do_not_stand_in_made_up_requests(trained: dict[str, set[str]], onet: Onet) -> None:
    hidden = [text.lower().rstrip(".") for text in onet.evaluated.values()]
    for text in trained["roles"]:
        assert not any(one in text.lower() for one in hidden)


def test_judged_train_shares_no_request_with_the_evaluation(shared_data: Path, unseen: Unseen) -> None:
    lines = (shared_data / "judged_train" / "queries.jsonl").read_text(encoding="utf-8").splitlines()
    assert not [line for line in lines if unseen.meets(json.loads(line)["text"])]
