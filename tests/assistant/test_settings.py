"""Settings: the environment is read, options win, and a wrong value is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.settings import SettingsInvalid, read_settings


def test_the_environment_is_read_and_options_win(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SHORTLIST_WORKSPACE", str(tmp_path))
    monkeypatch.setenv("SHORTLIST_RECRUITER", "ann")
    monkeypatch.setenv("SHORTLIST_LIMITS__GUARDED", "7")
    monkeypatch.setenv("SHORTLIST_LIMITS__WEIGHTS", '{"semantic": 2}')
    settings = read_settings()
    assert (settings.workspace, settings.recruiter, settings.limits.guarded) == (tmp_path, "ann", 7)
    assert settings.limits.weights == {"semantic": 2}
    assert read_settings(workspace=tmp_path / "other", recruiter="bo").workspace == tmp_path / "other"
    assert read_settings(recruiter="bo").recruiter == "bo"


def test_without_an_environment_the_workspace_is_the_platforms(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SHORTLIST_WORKSPACE", raising=False)
    assert read_settings().workspace.name == "shortlist"


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("SHORTLIST_LIMITS__GUARDED", "many", "SHORTLIST_LIMITS__GUARDED"),
        ("SHORTLIST_LIMITS__ROUNDS", "-1", "greater than or equal to 0"),
        ("SHORTLIST_LIMITS__NOSUCH", "1", "SHORTLIST_LIMITS__NOSUCH"),
        ("SHORTLIST_RECRUITER", "", "SHORTLIST_RECRUITER"),
    ],
)
def test_a_wrong_value_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str, message: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsInvalid, match=message):
        read_settings()
