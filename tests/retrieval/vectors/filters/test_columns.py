"""Columns say what was put into them, from memory and from a folder, and a damaged file is not read as a sound one."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyroaring import BitMap

from retrieval.vectors.files import DamagedFile
from retrieval.vectors.filters.columns import FILE, Columns

VALUE = st.sampled_from(["a", "b", "", "\u00e9", "\U0001f600", "\ud800", "a" * 300]) | st.text(max_size=5)


@settings(max_examples=50, deadline=None)
@given(rows=st.lists(st.none() | VALUE | st.lists(VALUE, max_size=4), max_size=30), in_folder=st.booleans())
def test_facets_against_the_rows(
    tmp_path_factory: pytest.TempPathFactory, rows: list[str | list[str] | None], in_folder: bool
) -> None:
    columns = Columns.build(count=len(rows), facets={"f": rows})
    if in_folder:
        folder = tmp_path_factory.mktemp("columns")
        columns.save(folder)
        columns = Columns.open(folder)
    sets = [set() if given is None else {given} if isinstance(given, str) else set(given) for given in rows]
    expected = {value: {row for row, some in enumerate(sets) if value in some} for value in set().union(*sets)}
    assert columns.values("f") == {value: len(having) for value, having in expected.items()}
    assert list(columns.values("f")) == sorted(expected)
    for value, having in expected.items():
        assert set(columns.rows("f", value)) == having
    assert columns.rows("f", "no such value") == BitMap()
    assert set(columns.known("f")) == {row for row, some in enumerate(sets) if some}
    assert columns.count == len(rows)


def test_plain_arrays_are_facets() -> None:
    columns = Columns.build(
        count=3,
        facets={
            "text": np.array(["x", "y", "x"]),
            "code": np.array([7, 8, 7], np.int16),
            "flag": np.array([True, False, True]),
            "several": np.array([[1, 2], [2, 3], [3, 3]]),
            "mixed": [np.int64(4), (np.str_("x"), 5), {"y"}],
        },
    )
    assert (
        set(columns.rows("text", "x")) == set(columns.rows("code", "7")) == set(columns.rows("flag", "True")) == {0, 2}
    )
    assert columns.values("several") == {"1": 1, "2": 2, "3": 2}
    assert columns.values("mixed") == {"4": 1, "5": 1, "x": 1, "y": 1}


def test_no_rows_and_no_columns(tmp_path: Path) -> None:
    for columns in (
        Columns.build(count=0, facets={"f": []}, numbers={"x": []}, points=[]),
        Columns.build(count=3, facets={"f": [None, [], ()]}, numbers={"x": [np.nan] * 3}, points=[(), None, []]),
    ):
        columns.save(tmp_path)
        for same in (columns, Columns.open(tmp_path, verify=True)):
            assert same.rows("f", "a") == same.known("f") == same.known("x") == same.located == BitMap()
            assert same.between("x", -1, 1) == same.within(0, 0, 100) == BitMap()
            assert same.values("f") == {}
    bare = Columns.build(count=5)
    assert (bare.facets, bare.numbers, bare.located) == ((), (), BitMap())
    with pytest.raises(KeyError, match="there is no facet or number 'f'; there are none"):
        bare.known("f")


def test_what_cannot_be_a_column() -> None:
    with pytest.raises(ValueError, match="'f' has 2 entries, there are 3 rows"):
        Columns.build(count=3, facets={"f": ["a", "b"]})
    with pytest.raises(ValueError, match="'x' has 1 entries, there are 3 rows"):
        Columns.build(count=3, numbers={"x": 4.0})
    with pytest.raises(ValueError, match="'points' has 1 entries, there are 3 rows"):
        Columns.build(count=3, points=np.zeros((1, 2)))
    with pytest.raises(ValueError, match="'x' is a facet and a number"):
        Columns.build(count=1, facets={"x": ["a"]}, numbers={"x": [1.0]})
    for wrong in (1.5, b"a", [b"a"], ["a", None], [["a"]]):
        with pytest.raises(TypeError, match="row 0 of the facet 'f' has"):
            Columns.build(count=1, facets={"f": [wrong]})  # type: ignore[list-item]


@cache
def example(count: int = 3000) -> Columns:
    chance = np.random.default_rng(5)
    years = chance.integers(0, 160, count) / 4
    years[::7] = np.nan
    return Columns.build(
        count=count,
        facets={
            "city": chance.choice(["Paris", "Oslo", "Rome"], count),
            "skill": [[f"skill {number % 50}", "all"] for number in range(count)],
        },
        numbers={"years": years},
        points=np.stack([chance.uniform(-90, 90, count), chance.uniform(-180, 180, count)], axis=1),
    )


def answers(columns: Columns) -> list[BitMap]:
    return [
        columns.rows("city", "Oslo"),
        columns.rows("skill", "skill 49"),
        columns.rows("skill", "all"),
        columns.known("city"),
        columns.between("years", 3, 17.5),
        columns.between("years", 3.1, 3.2),
        columns.known("years"),
        columns.within(10, 20, 3000),
        columns.located,
        BitMap(columns.values("skill").values()),
    ]


def test_a_folder_holds_the_same(tmp_path: Path) -> None:
    columns = example()
    columns.save(tmp_path / "new" / "folder")
    opened = Columns.open(tmp_path / "new" / "folder")
    assert answers(opened) == answers(columns)
    assert (opened.facets, opened.numbers) == (("city", "skill"), ("years",))
    opened.save(tmp_path / "again")
    example.__wrapped__().save(tmp_path / "other")
    written = (tmp_path / "new" / "folder" / FILE).read_bytes()
    assert written == (tmp_path / "again" / FILE).read_bytes() == (tmp_path / "other" / FILE).read_bytes()


def test_who_reads_while_columns_are_replaced_or_removed_reads_on(tmp_path: Path) -> None:
    example().save(tmp_path)
    opened = Columns.open(tmp_path)
    example(10).save(tmp_path)
    assert Columns.open(tmp_path).count == 10
    assert [path.name for path in tmp_path.iterdir()] == [FILE]
    (tmp_path / FILE).unlink()
    assert answers(opened) == answers(example())


def test_no_columns(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"there are no columns in .* write them with Columns\.save"):
        Columns.open(tmp_path)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("sound")
    example(300).save(folder)
    return (folder / FILE).read_bytes()


@settings(max_examples=80, deadline=None)
@given(data=st.data(), kind=st.sampled_from(["change", "cut", "grow", "blank"]))
def test_damage_is_found_or_does_no_harm(
    tmp_path_factory: pytest.TempPathFactory, sound: bytes, data: st.DataObject, kind: str
) -> None:
    """One byte changed anywhere, a part cut off, something added or a page of zeros: an error that says so, or (where
    it hit the padding between arrays) the same answers."""
    path = tmp_path_factory.mktemp("damaged") / FILE
    content = bytearray(sound)
    at = data.draw(st.integers(0, len(content) - 1) | st.integers(len(content) - 600, len(content) - 1))
    if kind == "change":
        content[at] ^= data.draw(st.integers(1, 255))
    elif kind == "cut":
        del content[at:]
    elif kind == "grow":
        content[at:at] = data.draw(st.binary(min_size=1, max_size=100))
    else:
        content[at : at + 512] = bytes(len(content[at : at + 512]))
    path.write_bytes(content)
    for verify in (True, False):
        try:
            found = answers(Columns.open(path.parent, verify=verify))
        except DamagedFile as error:
            said = str(error)
        else:
            said = ""
            assert kind in ("change", "blank")
            assert found == answers(example(300))
        assert not said or (said.startswith(("the bitmaps of", str(path))) and "again" in said)


@pytest.mark.parametrize("name", ["0.maps", "0.names", "1.counts", "2.values", "2.maps", "points.rows", "points.radii"])
def test_an_altered_array_is_found_when_it_is_used(tmp_path: Path, name: str) -> None:
    example().save(tmp_path)
    opened = Columns.open(tmp_path)
    start = opened._arrays.unverified(name)  # type: ignore[attr-defined]
    content = bytearray((tmp_path / FILE).read_bytes())
    at = content.index(start.tobytes())
    content[at + start.nbytes - 1] ^= 0x10
    (tmp_path / FILE).write_bytes(content)
    with pytest.raises(DamagedFile, match="altered"):
        Columns.open(tmp_path, verify=True)
    damaged = Columns.open(tmp_path)
    with pytest.raises(DamagedFile, match="altered"):
        answers(damaged)
