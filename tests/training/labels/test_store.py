"""Labels on disk: the schema, every way a run can end, and people taken out again."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from training.labels import Ask, Label, LabelsBusy, LabelsDamaged, LabelsMissing, LabelStore, Task, forget, read_labels
from training.labels.parts import SCHEMA, parts, read_part, write_part
from training.labels.plan import Plan, load_plan, save_plan
from training.labels.store import JOURNAL, Failure

Make = Callable[..., Label]


def test_what_is_written_comes_back_in_the_documented_schema(label: Make, tmp_path: Path) -> None:
    labels = [label("q1", "m1", 3), label("q1", "m1", 2, Ask.SWAPPED), label("q2", "m2", 0, dimensions=())]
    write_part(tmp_path / "part-00000.parquet", labels)
    assert read_part(tmp_path / "part-00000.parquet") == labels
    table = pq.read_table(tmp_path / "part-00000.parquet")
    assert table.schema.equals(SCHEMA)
    assert table.schema.field("soft").type == pa.list_(pa.field("element", pa.float64(), nullable=False), 5)
    assert str(table.schema.field("labelled_at").type) == "timestamp[us, tz=UTC]"
    assert not {"text", "quote", "quotes", "reasoning", "note", "evidence"} & set(table.schema.names)
    assert not list(tmp_path.glob("*.unfinished"))


def test_every_field_of_a_label_is_a_column() -> None:
    assert list(Label.model_fields) == SCHEMA.names


def test_a_label_is_there_the_moment_it_was_added(label: Make, tmp_path: Path) -> None:
    with LabelStore(tmp_path, part=3) as store:
        for number in range(5):
            store.add(label("q1", f"m{number}", number))
        assert len(parts(tmp_path)) == 1
        assert [one.member_id for one in read_labels(tmp_path)] == ["m0", "m1", "m2", "m3", "m4"]


def test_what_a_kill_leaves_is_gone_on_with(label: Make, tmp_path: Path) -> None:
    """The label stands in a part and still in the journal, and the journal's last line is torn."""
    first, second, third = (label("q1", f"m{number}", 2) for number in range(3))
    write_part(tmp_path / "part-00000.parquet", [first])
    torn = third.model_dump_json()[:40]
    (tmp_path / JOURNAL).write_text(f"{first.model_dump_json()}\n{second.model_dump_json()}\n{torn}", encoding="utf-8")
    (tmp_path / "part-00001.unfinished").write_bytes(b"half")
    assert read_labels(tmp_path) == [first, second]
    with LabelStore(tmp_path) as store:
        assert store.done == {first.label_id, second.label_id}
        store.add(third)
    assert [label for path in parts(tmp_path) for label in read_part(path)] == [first, second, third]
    assert (tmp_path / JOURNAL).read_text(encoding="utf-8") == ""
    assert not list(tmp_path.glob("*.unfinished"))


def test_a_damaged_line_in_the_middle_is_named(label: Make, tmp_path: Path) -> None:
    (tmp_path / JOURNAL).write_text(f"half a line\n{label('q', 'm', 1).model_dump_json()}\n", encoding="utf-8")
    with pytest.raises(LabelsDamaged, match=r"journal\.jsonl, line 1"), LabelStore(tmp_path):
        pass
    # and the folder is free again
    (tmp_path / JOURNAL).unlink()
    with LabelStore(tmp_path):
        pass


def test_one_process_at_a_time(tmp_path: Path) -> None:
    with LabelStore(tmp_path), pytest.raises(LabelsBusy, match="another process"), LabelStore(tmp_path):
        pass


def test_nothing_labelled_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(LabelsMissing, match="shortlist label"):
        read_labels(tmp_path)


def test_repeats_are_no_examples(label: Make, tmp_path: Path) -> None:
    with LabelStore(tmp_path) as store:
        for ask in Ask:
            store.add(label("q1", "m1", 3, ask))
    assert [one.is_duplicate_of for one in read_labels(tmp_path)] == [None]
    assert len(read_labels(tmp_path, repeats=True)) == 3


def test_a_person_is_taken_out_of_every_file(label: Make, tmp_path: Path) -> None:
    tasks = tuple(Task(request_id="q1", member_id=f"m{number}") for number in range(6))
    save_plan(tmp_path, Plan(requests=(), tasks=tasks))
    with LabelStore(tmp_path, part=2) as store:
        for number in range(4):
            store.add(label("q1", f"m{number}", number))
        store.add(label("q2", "m1", 4))
        store.add(label("q1", "m1", 4, Ask.AGAIN))
        store.fail(Failure(task=tasks[1], reason="too long"))
    (tmp_path / JOURNAL).write_text(label("q3", "m1", 0).model_dump_json() + "\n", encoding="utf-8")
    with LabelStore(tmp_path) as held:
        with pytest.raises(LabelsBusy):
            forget(tmp_path, "m1")
        held.fail(Failure(task=tasks[1], reason="too long"))

    assert forget(tmp_path, "m1") == 4
    assert {one.member_id for one in read_labels(tmp_path, repeats=True)} == {"m0", "m2", "m3"}
    for path in tmp_path.iterdir():
        assert b"m1" not in path.read_bytes(), path.name
    assert [task.member_id for task in load_plan(tmp_path).tasks] == ["m0", "m2", "m3", "m4", "m5"]
    assert forget(tmp_path, "m1") == 0


def test_failures_are_those_of_the_last_run(tmp_path: Path) -> None:
    for reason in ("first", "second"):
        with LabelStore(tmp_path) as store:
            store.fail(Failure(task=Task(request_id="q", member_id="m"), reason=reason))
    (line,) = (tmp_path / "failures.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(line)["reason"] == "second"
