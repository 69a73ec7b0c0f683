"""One command makes the data: the same again, on after a kill, with nobody's words, and people can be taken out."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from agents.models import ModelConfig
from agents.opening import open_sourcing
from agents.sourcing import Sourcing
from retrieval.schema import Profile
from training.labels import read_labels
from training.muse.data.build import build
from training.muse.data.card import DataCard
from training.muse.data.erasure import forget
from training.muse.data.folder import DataBusy, held, is_data
from training.muse.data.people import held_out_person
from training.muse.data.splits import held_out
from training.muse.data.wanted import Wanted
from training.muse.lists import MEMBER, GradedList, read_data, read_lists, read_texts

ROOT = Path(__file__).parents[4]
TEACHER = ModelConfig.parse("embedded")
WANTED = {
    "roles": 6,
    "per_role": 6,
    "mined": 2,
    "passages": 2,
    "negatives": 3,
    "hold_out_roles": 0.3,
    "hold_out_people": 0.3,
}


@pytest.fixture(scope="module")
def sourcing(small_workspace: Path) -> Sourcing:
    return open_sourcing(small_workspace)


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("judged")
    (folder / "queries.jsonl").write_text('{"qid": "j1", "text": "Registered nurse in Boston, charts in Epic"}\n')
    (folder / "qrels.txt").write_text("".join(f"j1 0 m{number:03} {number % 5}\n" for number in range(10)))
    return folder


def wanted(onet_folder: Path, judged: Path, **other: object) -> Wanted:
    return Wanted.model_validate({**WANTED, "onet": onet_folder, "judged": judged, **other})


@pytest.fixture(scope="module")
def data(sourcing: Sourcing, onet_folder: Path, judged: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made once; tests that change it copy it."""
    out = tmp_path_factory.mktemp("data")
    build(out, wanted(onet_folder, judged), open_sourcing=lambda: sourcing, teacher=TEACHER)
    return out


def whole(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in ("lists.jsonl", "held_out.jsonl", "texts.jsonl")}


def kept_back(folder: Path) -> list[GradedList]:
    return [GradedList.model_validate_json(line) for line in (folder / "held_out.jsonl").read_text().splitlines()]


def test_the_card_says_what_is_there(data: Path, sourcing: Sourcing) -> None:
    card = DataCard.model_validate(read_data(data))
    lists = read_lists(data)
    assert card.sources.keys() == {"titles", "occupations", "activities", "roles", "judged"}
    for name, one in card.sources.items():
        there = [each for each in lists if each.source == name]
        assert (one.lists, one.candidates) == (len(there), sum(len(each.candidates) for each in there))
        assert sum(one.grades) == one.candidates
        assert one.held_out == sum(each.source == name for each in kept_back(data))
    assert card.sources["roles"].lists + card.sources["roles"].held_out == 6
    assert card.sources["judged"].people == len({e.id for o in lists if o.source == "judged" for e in o.candidates})
    assert (card.snapshot, card.encoder) == (sourcing.snapshot.id, sourcing.snapshot.encoder.id)
    assert (card.mined_by, card.teacher) == ((sourcing.snapshot.encoder.id,), TEACHER.id)
    assert card.inputs.keys() == {"onet", "judged"}
    assert card.constitution


def test_every_candidate_can_be_read(data: Path, sourcing: Sourcing) -> None:
    texts = read_texts(data)
    for one in (*read_lists(data), *kept_back(data)):
        for each in one.candidates:
            if each.id.startswith(MEMBER):
                spans, _ = sourcing.snapshot.vectors.passages(sourcing.snapshot.row(each.id.removeprefix(MEMBER)))
                assert 1 <= len(each.passages) <= 2
                assert max(each.passages) < len(spans)
            else:
                assert texts[each.id]


def test_requests_and_people_are_held_out_by_hash(data: Path) -> None:
    assert {one.group for one in kept_back(data)} == {
        f"request:g{number:05}" for number in range(1, 7) if held_out(f"request:g{number:05}", share=0.3)
    }
    trained = {each.id.removeprefix(MEMBER) for one in read_lists(data) for each in one.candidates if MEMBER in each.id}
    assert trained
    assert not [member for member in trained if held_out_person(member, 0.3)]
    labelled = {label.member_id for label in read_labels(data / "labels")}
    assert [member for member in labelled if held_out_person(member, 0.3)], "some were labelled, or this tests nothing"


def test_grades_are_the_teachers(data: Path) -> None:
    told = {(one.request_id, one.member_id): one.grade for one in read_labels(data / "labels")}
    for one in (*read_lists(data), *kept_back(data)):
        for each in one.candidates if one.source == "roles" else ():
            assert told[one.qid.removeprefix("roles:"), each.id.removeprefix(MEMBER)] == each.grade
            assert each.soft is not None
            assert sum(each.soft) == pytest.approx(1, abs=1e-3)


def test_no_words_of_anybody_lie_in_the_folder(data: Path, small_population: list[Profile]) -> None:
    said = (
        b"\n".join(path.read_bytes() for path in data.rglob("*") if path.is_file()).decode("utf-8", "replace").lower()
    )
    for person in small_population:
        words = person.text.lower().split()
        for start in range(len(words) - 5):
            assert " ".join(words[start : start + 6]) not in said
        for job in person.positions:
            assert str(job.company).lower() not in said


def test_the_same_again_takes_what_is_there(data: Path, sourcing: Sourcing, onet_folder: Path, judged: Path) -> None:
    before = whole(data)
    stages = {path.name: path.stat().st_mtime_ns for path in (data / "stages").iterdir()}
    labels = sorted(path.name for path in (data / "labels").glob("part-*"))
    build(data, wanted(onet_folder, judged), open_sourcing=lambda: sourcing, teacher=TEACHER)
    assert whole(data) == before
    assert {path.name: path.stat().st_mtime_ns for path in (data / "stages").iterdir()} == stages
    assert sorted(path.name for path in (data / "labels").glob("part-*")) == labels


def test_a_killed_build_goes_on(
    data: Path, sourcing: Sourcing, small_workspace: Path, onet_folder: Path, judged: Path, tmp_path: Path
) -> None:
    asked = wanted(onet_folder, judged)
    code = f"""
from pathlib import Path
from agents.models import ModelConfig
from agents.opening import open_sourcing
from training.muse.data.build import build
from training.muse.data.wanted import Wanted
build(Path({str(tmp_path)!r}), Wanted.model_validate_json({asked.model_dump_json()!r}),
      open_sourcing=lambda: open_sourcing(Path({str(small_workspace)!r})), teacher=ModelConfig.parse("embedded"))
"""
    journal = tmp_path / "labels" / "journal.jsonl"
    with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stderr=subprocess.PIPE) as process:
        waited = time.monotonic() + 250
        while not (journal.exists() and journal.read_bytes().count(b"\n") >= 3) and time.monotonic() < waited:
            assert process.poll() is None, process.stderr.read().decode() if process.stderr else ""
            time.sleep(0.005)
        with pytest.raises(DataBusy, match="another process"):
            build(tmp_path, asked, open_sourcing=lambda: sourcing, teacher=TEACHER)
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert is_data(tmp_path)
    assert not (tmp_path / "data.json").exists()
    build(tmp_path, asked, open_sourcing=lambda: sourcing, teacher=TEACHER)
    assert whole(tmp_path) == whole(data)


def test_mining_again_adds_who_is_near_and_not_yet_graded(
    data: Path, sourcing: Sourcing, onet_folder: Path, judged: Path, tmp_path: Path
) -> None:
    out = Path(shutil.copytree(data, tmp_path / "data"))
    first = {(one.request_id, one.member_id) for one in read_labels(out / "labels")}
    asked = wanted(onet_folder, judged, remine=True)
    card = build(out, asked, open_sourcing=lambda: sourcing, teacher=TEACHER)
    (again,) = (out / "mined").iterdir()
    more = {(one.request_id, one.member_id) for one in read_labels(again / "labels")}
    assert len(more) == 12
    assert not more & first
    assert not (again / "pairs.jsonl").exists()
    assert card.sources["roles"].candidates > DataCard.model_validate(read_data(data)).sources["roles"].candidates
    assert build(out, asked, open_sourcing=lambda: sourcing, teacher=TEACHER).sources == card.sources
    assert {(one.request_id, one.member_id) for one in read_labels(again / "labels")} == more


def test_a_forgotten_person_is_in_no_file(data: Path, tmp_path: Path) -> None:
    out = Path(shutil.copytree(data, tmp_path / "data"))
    (out / "mined" / "x").mkdir(parents=True)
    (out / "mined" / "x" / "pairs.jsonl").write_text('{"qid": "g00001", "text": "a nurse", "member_id": "m003"}\n')
    graded = [each for one in read_lists(out) for each in one.candidates if each.id.startswith(MEMBER)]
    gone = max(graded, key=lambda each: sum(one.id == each.id for one in graded)).id
    labelled = sum(one.member_id == gone.removeprefix(MEMBER) for one in read_labels(out / "labels"))
    listed = sum(each.id == gone for one in (*read_lists(out), *kept_back(out)) for each in one.candidates)
    assert forget(out, gone.removeprefix(MEMBER)) == labelled + listed > 0
    files = [path for path in out.rglob("*") if path.is_file() and path.suffix != ".parquet"]
    assert not [path for path in files if json.dumps(gone.removeprefix(MEMBER)).encode() in path.read_bytes()]
    assert not [path for path in files if f'"{gone}"'.encode() in path.read_bytes()]
    assert gone.removeprefix(MEMBER) not in {one.member_id for one in read_labels(out / "labels")}
    rest = {each.id for one in read_lists(data) for each in one.candidates} - {gone}
    assert {each.id for one in read_lists(out) for each in one.candidates} == rest
    assert forget(out, gone.removeprefix(MEMBER)) == 0
    with held(out), pytest.raises(DataBusy):
        forget(out, "m001")


def test_without_people_no_workspace_is_opened(onet_folder: Path, tmp_path: Path) -> None:
    def never() -> Sourcing:
        raise AssertionError

    card = build(tmp_path, Wanted(onet=onet_folder, roles=0), open_sourcing=never, teacher=TEACHER)
    assert card.sources.keys() == {"titles", "occupations", "activities"}
    assert (card.snapshot, card.teacher) == (None, None)


def test_only_what_is_given_is_read_again(onet_folder: Path, tmp_path: Path, write_table: Callable[..., None]) -> None:
    folder = Path(shutil.copytree(onet_folder, tmp_path / "onet"))
    build(tmp_path / "out", Wanted(onet=folder, roles=0), open_sourcing=lambda: None, teacher=TEACHER)
    before = whole(tmp_path / "out")
    asked = tmp_path / "queries.jsonl"
    asked.write_text('{"text": "programs: verify that they work"}')
    given = Wanted(onet=folder, roles=0, unseen=(asked,))
    card = build(tmp_path / "out", given, open_sourcing=lambda: None, teacher=TEACHER)
    assert card.sources["activities"].dropped == 1
    assert b"Verify that programs work." in before["lists.jsonl"]
    assert b"Verify that programs work." not in whole(tmp_path / "out")["lists.jsonl"]
    write_table(folder, "alternate_titles", "soc title", [])
    assert build(tmp_path / "out", given, open_sourcing=lambda: None, teacher=TEACHER).sources["titles"].lists == 0
