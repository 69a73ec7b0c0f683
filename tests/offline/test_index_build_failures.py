"""Whatever happens to a build, the snapshot served before stays, and the next build goes on."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from offline import index_build, publish
from offline.index_build import IndexFailed, build
from offline.publish import IndexBusy
from retrieval import attributes, text_index
from retrieval.encoder import load_encoder
from retrieval.schema import Profile
from retrieval.snapshot import Snapshot, SnapshotMissing

ROOT = Path(__file__).parents[2]
Contents = Callable[[Path], dict[str, str]]
LeftOver = Callable[[Path], set[str]]
Altered = Callable[..., Profile]


def test_no_profiles_is_an_error_and_publishes_nothing(
    people: list[Profile], tmp_path: Path, left_over: LeftOver
) -> None:
    with pytest.raises(IndexFailed, match="no profile to index"):
        build([], workspace=tmp_path)
    with pytest.raises(SnapshotMissing):
        Snapshot.open(tmp_path)
    first = build(people, workspace=tmp_path)
    with pytest.raises(IndexFailed, match="what was served before still is"):
        build([], workspace=tmp_path)
    assert Snapshot.open(tmp_path, verify=True).id == first.snapshot
    assert left_over(tmp_path) == set()


def test_a_source_that_breaks_half_way_leaves_the_old_one(
    people: list[Profile], tmp_path: Path, left_over: LeftOver
) -> None:
    first = build(people, workspace=tmp_path)

    def broken() -> Iterator[Profile]:
        yield from people[:10]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build(broken(), workspace=tmp_path)
    assert Snapshot.open(tmp_path, verify=True).id == first.snapshot
    assert left_over(tmp_path) == set()


def full(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize(
    ("owner", "name"),
    [
        (text_index.TextIndexWriter, "close"),
        (attributes.AttributesWriter, "close"),
        (index_build.SnapshotWriter, "_flush"),
        (index_build.Journal, "append"),
        (index_build, "write_vectors"),
        (index_build, "_manifest"),
        (publish, "_sync_tree"),
        (publish, "_sync"),
        (publish.Path, "replace"),
    ],
)
def test_a_full_disk_at_any_step_leaves_the_old_one(
    owner: object,
    name: str,
    people: list[Profile],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    left_over: LeftOver,
) -> None:
    first = build(people[:12], workspace=tmp_path)
    load_encoder()
    with monkeypatch.context() as patch:
        patch.setattr(owner, name, full)
        with pytest.raises(IndexFailed, match=r"No space left on device.*make room"):
            build(people, workspace=tmp_path)
    assert Snapshot.open(tmp_path, verify=True).id == first.snapshot
    assert left_over(tmp_path) <= {"encodings.journal"}
    report = build(people, workspace=tmp_path)
    assert (report.profiles, report.new) == (24, 12)
    assert left_over(tmp_path) == set()


def script(profiles: Path, workspace: Path, before: str = "") -> list[str]:
    """A process that indexes `profiles` (a profile a line)."""
    code = f"""
import json, resource, sys
from pathlib import Path
from offline.index_build import IndexFailed, build
from offline.publish import IndexBusy
from retrieval.encoder import load_encoder
from retrieval.schema import Profile
people = [Profile.model_validate_json(line) for line in Path({str(profiles)!r}).read_text().splitlines()]
encoder = load_encoder()
{before}
try:
    print(build(people, workspace=Path({str(workspace)!r}), encoder=encoder).model_dump_json())
except (IndexFailed, IndexBusy) as error:
    print(type(error).__name__, error)
    sys.exit(3)
"""
    return [sys.executable, "-W", "error", "-c", code]


@pytest.mark.parametrize("kilobytes", [1, 8, 32])
def test_a_file_that_may_not_grow_leaves_the_old_one(
    kilobytes: int, people: list[Profile], tmp_path: Path, contents: Contents, left_over: LeftOver
) -> None:
    """The operating system refuses the write itself, at whichever file reaches the limit first."""
    first = build(people[:4], workspace=tmp_path / "w")
    lines = tmp_path / "people.jsonl"
    lines.write_text("\n".join(p.model_dump_json() for p in people))
    limit = f"resource.setrlimit(resource.RLIMIT_FSIZE, ({kilobytes} * 1024, {kilobytes} * 1024))"
    ran = subprocess.run(
        script(lines, tmp_path / "w", limit), cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert ran.returncode == 3, ran.stderr
    assert ran.stdout.startswith("IndexFailed the index could not be written")
    assert Snapshot.open(tmp_path / "w", verify=True).id == first.snapshot
    assert left_over(tmp_path / "w") <= {"encodings.journal"}
    build(people, workspace=tmp_path / "w")
    build(people, workspace=tmp_path / "clean")
    assert contents(tmp_path / "w") == contents(tmp_path / "clean")


def test_a_killed_build_resumes_and_a_second_process_is_told_at_once(
    small_population: list[Profile], tmp_path: Path, contents: Contents, left_over: LeftOver, altered: Altered
) -> None:
    workspace = tmp_path / "w"
    first = build(small_population[:4], workspace=workspace)
    lines = tmp_path / "people.jsonl"
    many = [
        altered(p, member_id=f"{p.member_id}-{i}", text=f"Number {i}. {p.text}")
        for i in range(2)
        for p in small_population
    ]
    lines.write_text("\n".join(p.model_dump_json() for p in many))
    journal = workspace / "encodings.journal"
    with subprocess.Popen(
        script(lines, workspace), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        waited = time.monotonic() + 60
        while not (journal.exists() and journal.stat().st_size > 128 + 128 * 1556) and time.monotonic() < waited:
            assert process.poll() is None
            time.sleep(0.01)
        with pytest.raises(IndexBusy, match="another process is indexing"):
            build(small_population, workspace=workspace)
        assert Snapshot.open(workspace, verify=True).id == first.snapshot
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert Snapshot.open(workspace, verify=True).id == first.snapshot
    with journal.open("ab") as file:
        file.write(b"a torn record")
    report = build(many, workspace=workspace)
    assert report.reused >= 128
    assert left_over(workspace) == set()
    build(many, workspace=tmp_path / "clean")
    assert contents(workspace) == contents(tmp_path / "clean")
