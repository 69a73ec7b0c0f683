"""Progress in a pipe: silent while a job is quick, a line now and then while it is long, nothing on stdout."""

from __future__ import annotations

import pytest

from assistant import progress


def test_a_quick_job_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with progress.meter() as advance:
        for done in range(1000):
            advance("reading", done, 1000)
    said = capsys.readouterr()
    assert said.out == said.err == ""


def test_a_long_job_says_how_far_it_is(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "SECONDS_BETWEEN_LINES", 0.0)
    with progress.meter() as advance:
        advance("encoding", 5, 2000)
        advance("reading", 7, None)
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == "encoding: 5 of 2,000\nreading: 7\n"


def test_what_is_told_by_name_is_counted() -> None:
    seen: list[tuple[str, int, int | None]] = []
    tell = progress.counted(lambda *at: seen.append(at), "requests", 3)
    for name in ("q1", "q2"):
        tell(name)
    assert seen == [("requests", 1, 3), ("requests", 2, 3)]
