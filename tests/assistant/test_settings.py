"""Settings: the environment is read, options win, and a wrong value is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.settings import SettingsInvalid, read_settings
from retrieval.encoder import WEIGHTS, Encoder, EncoderUnavailable, EndpointEncoder, Server, encoder_id


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
        ("SHORTLIST_ENCODER_URL", "host:8000", "SHORTLIST_ENCODER_URL.*http://host:8000/v1"),
        ("SHORTLIST_ENCODER_URL", "http://me:secret@host/v1", "no key belongs into an address"),
        ("SHORTLIST_ENCODER_KEY", "sk-123 456", "SHORTLIST_ENCODER_KEY"),
    ],
)
def test_a_wrong_value_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str, message: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsInvalid, match=message):
        read_settings()


def test_without_a_choice_the_packaged_encoder_is_opened_when_it_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SHORTLIST_ENCODER", "SHORTLIST_ENCODER_URL"):
        monkeypatch.delenv(name, raising=False)
    assert (read_settings().text_encoder, read_settings().encoder_server) == (None, None)


def test_an_encoder_and_its_server_can_be_chosen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SHORTLIST_ENCODER", str(WEIGHTS))
    assert read_settings().text_encoder is read_settings().text_encoder
    assert isinstance(read_settings().text_encoder, Encoder)
    monkeypatch.setenv("SHORTLIST_ENCODER_URL", "muse@http://host:1/v1")
    monkeypatch.setenv("SHORTLIST_ENCODER_KEY", "THE_KEY")
    assert read_settings().encoder_server == Server(url="http://host:1/v1", model="muse", key_variable="THE_KEY")
    served = read_settings().text_encoder
    assert isinstance(served, EndpointEncoder)
    assert served.id == encoder_id()
    assert read_settings(encoder_url="http://other:1/v1").encoder_server == Server(
        url="http://other:1/v1", key_variable="THE_KEY"
    )
    with pytest.raises(SettingsInvalid, match="SHORTLIST_ENCODER_URL"):
        read_settings(encoder_url="other:1")
    with pytest.raises(EncoderUnavailable, match=r"no manifest\.json"):
        _ = read_settings(encoder=tmp_path).text_encoder
