"""The cache: what goes in comes out, until it is forgotten, crowded out, or the file is damaged."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from collections import OrderedDict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.models.cache import AnswerCache, key_of
from agents.models.runs import Run


@pytest.fixture
def cache(tmp_path):
    kept = AnswerCache(tmp_path / "answers.sqlite")
    yield kept
    kept.close()


def test_what_is_kept_is_there_for_the_next_process(cache):
    assert cache.get("k") is None
    cache.put("k", job="guard", subject="m1", answer='{"grade": 3}')
    cache.put("k", job="guard", subject="m1", answer='{"grade": 4}')
    code = "import sys; from pathlib import Path; from agents.models.cache import AnswerCache; "
    code += "print(AnswerCache(Path(sys.argv[1])).get('k'))"
    said = subprocess.run([sys.executable, "-c", code, cache.path], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == '{"grade": 4}'


def test_a_member_is_erased_from_the_file_itself(cache, tmp_path):
    for number in range(50):
        cache.put(f"k{number}", job="guard", subject=f"m{number % 5}", answer=f"secret of m{number % 5} " * 40)
    assert cache.forget("m3") == 10
    assert cache.forget("m3") == 0
    assert cache.get("k3") is None
    assert cache.get("k4") is not None
    data = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"secret of m3" not in data
    assert b"secret of m4" in data


def test_forgetting_makes_no_file(tmp_path):
    assert AnswerCache(tmp_path / "answers.sqlite").forget("m1") == 0
    assert list(tmp_path.iterdir()) == []


def test_only_the_owner_can_read_it(cache):
    cache.put("k", job="guard", subject=None, answer="x")
    assert cache.path.stat().st_mode & 0o077 == 0


def test_a_hit_is_counted_for_the_run(cache):
    cache.put("k", job="guard", subject=None, answer="x")
    with Run().within() as run:
        cache.get("k")
        cache.get("k")
        cache.get("other")
    assert run.usage()["guard"].cache_hits == 2
    assert run.usage()["guard"].requests == 0


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("pg"), st.integers(0, 12), st.integers(1, 300)), max_size=60))
def test_the_least_recently_used_leave_first(tmp_path_factory, acts):
    """Against an ordered dictionary that is emptied from its old end."""
    most = 1500
    cache = AnswerCache(tmp_path_factory.mktemp("lru") / "answers.sqlite", most_bytes=most)
    oracle: OrderedDict[str, str] = OrderedDict()

    def size():
        return sum(len(key) + len("guard") + len(answer) for key, answer in oracle.items())

    for act, number, length in acts:
        key = f"key{number:02}"
        if act == "p":
            cache.put(key, job="guard", subject=None, answer="a" * length)
            oracle.pop(key, None)
            oracle[key] = "a" * length
            if size() > most:
                while size() > int(most * 0.9):
                    oracle.popitem(last=False)
        else:
            assert cache.get(key) == oracle.get(key)
            if key in oracle:
                oracle.move_to_end(key)
        assert cache.size() == size() <= most
    cache.close()


def test_an_answer_larger_than_the_cache_is_not_kept(tmp_path):
    cache = AnswerCache(tmp_path / "a.sqlite", most_bytes=100)
    cache.put("k", job="guard", subject=None, answer="x" * 200)
    assert cache.get("k") is None
    cache.close()


@pytest.mark.parametrize("damage", [b"this is no database at all, and never was one " * 100, b""])
def test_a_damaged_file_is_begun_again_and_said_so(cache, damage):
    cache.put("k", job="guard", subject=None, answer="x")
    cache.close()
    cache.path.write_bytes(damage)
    for tail in ("-wal", "-shm"):
        cache.path.with_name(cache.path.name + tail).unlink(missing_ok=True)
    assert cache.get("k") is None
    cache.put("k", job="guard", subject=None, answer="y")
    assert cache.get("k") == "y"
    assert [note for note in cache.notes if "begun again" in note] == list(cache.notes)
    assert bool(cache.notes) == bool(damage)


def test_a_file_of_another_version_is_begun_again(cache):
    with sqlite3.connect(cache.path) as store:
        store.execute("PRAGMA user_version = 99")
    store.close()
    cache.put("k", job="guard", subject=None, answer="y")
    assert cache.get("k") == "y"
    assert len(cache.notes) == 1


def test_where_nothing_can_be_written_nothing_fails(tmp_path):
    (tmp_path / "file").write_text("in the way")
    cache = AnswerCache(tmp_path / "file" / "answers.sqlite")
    cache.put("k", job="guard", subject=None, answer="x")
    assert cache.get("k") is None
    assert len(cache.notes) == 1
    assert "are not kept" in cache.notes[0]


def test_a_locked_file_is_a_miss(cache, monkeypatch):
    monkeypatch.setattr("agents.models.cache.BUSY_SECONDS", 0.05)
    cache.put("k", job="guard", subject=None, answer="x")
    cache.close()
    other = sqlite3.connect(cache.path)
    other.execute("BEGIN EXCLUSIVE")
    assert cache.get("k") is None
    other.rollback()
    other.close()
    assert cache.get("k") == "x"


def test_threads_and_processes_write_side_by_side(cache):
    code = """
import sys
from pathlib import Path
from agents.models.cache import AnswerCache
cache = AnswerCache(Path(sys.argv[1]))
for number in range(100):
    cache.put(f"{sys.argv[2]}-{number}", job="guard", subject=sys.argv[2], answer="x" * 100)
print(cache.notes)
"""
    started = [
        subprocess.Popen([sys.executable, "-c", code, cache.path, name], stdout=subprocess.PIPE, text=True)
        for name in ("p1", "p2", "p3")
    ]

    def write(name):
        for number in range(100):
            cache.put(f"{name}-{number}", job="guard", subject=name, answer="x" * 100)

    threads = [threading.Thread(target=write, args=(name,)) for name in ("t1", "t2")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [process.communicate()[0].strip() for process in started] == ["()"] * 3
    assert cache.notes == ()
    for name in ("p1", "p2", "p3", "t1", "t2"):
        assert cache.forget(name) == 100
    assert cache.size() == 0


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_fork_opens_the_file_for_itself(cache):
    cache.put("k", job="guard", subject=None, answer="x")
    parent = cache._store()
    opened = cache._opened
    cache._opened = (os.getpid() + 1, parent)  # as a child sees it
    assert cache.get("k") == "x"
    assert cache._store() is not parent
    assert opened[1] is parent
    parent.close()


@given(st.lists(st.text(max_size=6), max_size=4), st.lists(st.text(max_size=6), max_size=4))
def test_keys_are_the_same_only_for_the_same_parts(one, other):
    assert (key_of("guard", *one) == key_of("guard", *other)) == (one == other)
    assert key_of("guard", *one) != key_of("judge", *one)
