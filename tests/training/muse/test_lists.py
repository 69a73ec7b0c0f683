"""Lists come back as they were written, what makes no sense is refused with its line, people who left are left out."""

from __future__ import annotations

from pathlib import Path

import pytest

from training.muse.lists import (
    LISTS,
    Candidate,
    GradedList,
    ListsUnreadable,
    fingerprint,
    read_lists,
    read_texts,
    write_lists,
    write_texts,
)
from training.muse.texts import gather_texts, with_texts

ONE = GradedList(
    qid="1",
    source="roles",
    query="a nurse",
    group="g",
    candidates=(
        Candidate(id="task:a", grade=4),
        Candidate(id="member:b", grade=1.5, soft=(0, 0.5, 0.5, 0, 0), passages=(-1, 0, 3)),
    ),
)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    write_lists(tmp_path, [ONE])
    write_texts(tmp_path, {"task:a": 'says "this"\nand that, cafe\u0301'})
    assert read_lists(tmp_path) == [ONE]
    assert read_texts(tmp_path) == {"task:a": 'says "this"\nand that, cafe\u0301'}
    assert ONE.candidates[1].expected == 1.5
    assert "a nurse" not in fingerprint(tmp_path)


def test_the_fingerprint_changes_with_lists_and_with_texts(tmp_path: Path) -> None:
    write_lists(tmp_path, [ONE])
    first = fingerprint(tmp_path)
    write_texts(tmp_path, {"task:a": "x"})
    second = fingerprint(tmp_path)
    write_lists(tmp_path, [ONE, ONE.model_copy(update={"qid": "2"})])
    assert len({first, second, fingerprint(tmp_path)}) == 3


@pytest.mark.parametrize(
    "line",
    [
        "{",
        '{"qid": "1"}',
        '{"qid":"1","source":"s","query":"q","candidates":[{"id":"a","grade":5}]}',
        '{"qid":"1","source":"s","query":"q","candidates":[{"id":"a","grade":1,"soft":[1,1,0,0,0]}]}',
        '{"qid":"1","source":"s","query":"q","candidates":[{"id":"a","grade":1,"passages":[]}]}',
        '{"qid":"1","source":"s","query":"q","candidates":[{"id":"a","grade":1},{"id":"a","grade":2}]}',
    ],
)
def test_a_line_that_makes_no_sense_is_named(tmp_path: Path, line: str) -> None:
    write_lists(tmp_path, [ONE])
    with (tmp_path / LISTS).open("a") as file:
        file.write(line + "\n")
    with pytest.raises(ListsUnreadable, match="line 2"):
        read_lists(tmp_path)


def test_no_lists_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ListsUnreadable, match="muse-data"):
        read_lists(tmp_path)
    write_lists(tmp_path, [])
    with pytest.raises(ListsUnreadable, match="empty"):
        read_lists(tmp_path)


def test_people_who_left_are_left_out_and_passages_too(tmp_path: Path) -> None:
    texts = {("task:a", 0): "x", ("member:b", 0): "y"}
    (kept,) = with_texts([ONE], texts)
    assert kept.candidates[1].passages == (0,)
    (kept,) = with_texts([ONE], {("task:a", 0): "x"})
    assert [each.id for each in kept.candidates] == ["task:a"]
    with pytest.raises(ListsUnreadable, match="no text for task:a"):
        with_texts([ONE], {("member:b", 0): "y"})
    write_lists(tmp_path, [ONE])
    with pytest.raises(ListsUnreadable, match="--workspace"):
        gather_texts([ONE], tmp_path, None)
