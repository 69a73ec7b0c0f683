"""The folder of trajectories: nothing but the last line is lost, files stay bounded, and a member can be erased."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agents.trajectory import Liking, TrajectoryLog, TrajectoryNotKept, TrajectoryUnreadable, read_trajectories

ROOT = Path(__file__).parents[3]


def files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.jsonl"))


def test_what_was_written_is_read(tmp_path, trajectory):
    log = TrajectoryLog(folder=tmp_path)
    for run in ("r1", "r2"):
        log.append(trajectory(run))
    assert list(read_trajectories(tmp_path)) == [trajectory("r1"), trajectory("r2")]
    (file,) = files(tmp_path)
    assert list(read_trajectories(file)) == [trajectory("r1"), trajectory("r2")]
    assert file.stat().st_mode & 0o077 == 0  # ids of people are nobody else's


def test_likings_are_joined_by_run_and_the_last_one_counts(tmp_path, trajectory):
    log = TrajectoryLog(folder=tmp_path)
    day = datetime(2026, 1, 1, tzinfo=UTC)
    log.append(trajectory("r1"), now=day)
    log.append(trajectory("r2"), now=day)
    for liked in (True, False):
        log.append(Liking(run="r1", member_id="m3", liked=liked), now=day + timedelta(days=1))
    first, second = read_trajectories(tmp_path)
    assert [(one.member_id, one.liked) for one in first.likings] == [("m3", False)]
    assert second.likings == ()


@pytest.mark.parametrize("cut", [1, 40, 300])
def test_a_crash_costs_the_last_line_alone(tmp_path, trajectory, cut):
    log = TrajectoryLog(folder=tmp_path)
    log.append(trajectory("r1"))
    log.append(trajectory("torn"))
    (file,) = files(tmp_path)
    file.write_bytes(file.read_bytes()[:-cut])
    log.append(trajectory("r3"))
    runs = [one.run for one in read_trajectories(tmp_path)]
    assert runs == (["r1", "torn", "r3"] if cut == 1 else ["r1", "r3"])  # at 1 only the line's end is missing


def test_a_line_of_another_version_is_named(tmp_path, trajectory):
    log = TrajectoryLog(folder=tmp_path)
    log.append(trajectory())
    (file,) = files(tmp_path)
    file.write_text(file.read_text().replace('"schema_version":1', '"schema_version":9'))
    with pytest.raises(TrajectoryUnreadable, match=r"line 1: .*schema_version"):
        list(read_trajectories(tmp_path))


def test_a_day_takes_only_so_much_and_old_days_go(tmp_path, trajectory):
    size = len(trajectory().model_dump_json()) + 1
    log = TrajectoryLog(folder=tmp_path, most_bytes=2 * size, days=3)
    first = datetime(2026, 1, 1, tzinfo=UTC)
    for _ in range(2):
        log.append(trajectory(), now=first)
    with pytest.raises(TrajectoryNotKept, match="day's limit"):
        log.append(trajectory(), now=first)
    for day in range(1, 6):
        log.append(trajectory(), now=first + timedelta(days=day))
    assert [file.name for file in files(tmp_path)] == [f"searches-2026-01-0{day}.jsonl" for day in (4, 5, 6)]


def test_a_folder_that_cannot_be_made_is_told(tmp_path, trajectory):
    (tmp_path / "file").write_text("x")
    with pytest.raises(TrajectoryNotKept, match="cannot be written"):
        TrajectoryLog(folder=tmp_path / "file" / "below").append(trajectory())


def test_an_erased_member_is_nowhere_and_the_rest_can_still_be_read(tmp_path, trajectory):
    log = TrajectoryLog(folder=tmp_path)
    log.append(trajectory("r1"))
    log.append(Liking(run="r1", member_id="m3", liked=True))
    log.append(Liking(run="r1", member_id="m4", liked=True))
    for member in ("m1", "m2", "m3"):
        assert log.forget(member) >= 1
        assert f'"{member}"'.encode() not in files(tmp_path)[0].read_bytes()
    assert log.forget("m1") == 0
    (left,) = read_trajectories(tmp_path)
    assert left.steps[1].observation.grades == {}
    assert left.steps[2].edits[1].members == ()
    assert left.steps[3].observation.ranked == ("m4",)
    assert left.steps[-1].observation.members == ("m4",)
    assert [one.member_id for one in left.likings] == ["m4"]


@pytest.mark.parametrize("member", ["steps", "grades", "search", "engineer", 'a"b\\c', "Zoë"])
def test_an_id_that_is_a_word_of_the_record_spoils_nothing(tmp_path, trajectory, member):
    log = TrajectoryLog(folder=tmp_path)
    log.append(trajectory())
    log.append(Liking(run="r1", member_id=member, liked=True))
    log.forget(member)
    (left,) = read_trajectories(tmp_path)
    assert left == trajectory()


def test_forgetting_where_nothing_is_kept_is_nothing(tmp_path):
    assert TrajectoryLog(folder=tmp_path / "none").forget("m1") == 0


PROCESS = """
import sys
from pathlib import Path
from agents.trajectory import Liking, TrajectoryLog
for number in range(60):
    TrajectoryLog(folder=Path(sys.argv[1])).append(Liking(run=sys.argv[2], member_id=f"m{number}", liked=True))
"""


def test_two_processes_share_a_file(tmp_path, trajectory):
    log = TrajectoryLog(folder=tmp_path)
    for run in ("one", "two"):
        log.append(trajectory(run))
    running = [
        subprocess.Popen([sys.executable, "-c", PROCESS, str(tmp_path), run], cwd=ROOT, stderr=subprocess.PIPE)
        for run in ("one", "two")
    ]
    for process in running:
        _, err = process.communicate(timeout=60)
        assert process.returncode == 0, err
    assert [len(one.likings) for one in read_trajectories(tmp_path)] == [60, 60]
