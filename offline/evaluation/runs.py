"""What a system answered: member ids, best first, a request; and the TREC file of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

Run = Mapping[str, Sequence[str]]
"""Request id -> member ids, best first."""


def scored(run: Run) -> dict[str, dict[str, float]]:
    """The run with scores that fall strictly with the rank, so that no tool can break a tie differently."""
    return {
        qid: {member: float(len(members) - at) for at, member in enumerate(members)} for qid, members in run.items()
    }


def write_runs(folder: Path, runs: Mapping[str, Run]) -> list[Path]:
    """Write `<system>.run` for each system: lines `qid Q0 member rank score system`."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for system, run in runs.items():
        lines = [
            f"{qid} Q0 {member} {rank} {score:.6f} {system}\n"
            for qid, members in scored(run).items()
            for rank, (member, score) in enumerate(members.items(), 1)
        ]
        path = folder / f"{system}.run"
        path.write_text("".join(lines), encoding="utf-8")
        written.append(path)
    return written


def read_run(path: Path) -> dict[str, list[str]]:
    """Read a TREC run file; members are ordered by their score, then by their place in the file."""
    rows: dict[str, list[tuple[float, str]]] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        fields = line.split()
        if len(fields) != 6:
            raise ValueError(f"{path}, line {number}: expected `qid Q0 member rank score system`")
        rows.setdefault(fields[0], []).append((-float(fields[4]), fields[2]))
    return {qid: [member for _, member in sorted(found, key=lambda row: row[0])] for qid, found in rows.items()}
