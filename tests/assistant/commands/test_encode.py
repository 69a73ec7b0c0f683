"""`shortlist encode`: a row a line, as the encoder gives it, whole or not at all."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import typer
from typer.testing import CliRunner, Result

from assistant.commands import encode
from assistant.encoding import AT_ONCE, encode_lines, lines
from retrieval.encoder import WEIGHTS, EncoderUnavailable, load_encoder

LINES = ["Registered nurse", "", "Welder \u00e0 Qu\u00e9bec", "  ", "Registered nurse"]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """The command itself, without settings of this machine."""
    for name in ("SHORTLIST_ENCODER", "SHORTLIST_ENCODER_URL"):
        monkeypatch.delenv(name, raising=False)
    app = typer.Typer()
    app.command()(encode.command)
    return lambda *arguments, stdin=None: CliRunner().invoke(app, [str(one) for one in arguments], input=stdin)


def test_lines_become_rows_of_the_encoder(run: Callable[..., Result], tmp_path: Path) -> None:
    (tmp_path / "titles.txt").write_text("\n".join(LINES), encoding="utf-8")
    out = tmp_path / "vectors.npy"
    done = run("--side", "role", "--width", 48, "--out", out, tmp_path / "titles.txt", "--json")
    assert done.exit_code == 0, done.output
    vectors = np.load(out)
    assert vectors.dtype == np.float32
    assert np.array_equal(vectors, load_encoder().encode(LINES, side="role", width=48))
    said = json.loads(done.stdout)
    assert (said["count"], said["width"], said["side"]) == (5, 48, "role")
    assert said["encoder"] == load_encoder().id
    assert said["texts_per_second"] > 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["titles.txt", "vectors.npy"]


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_standard_input_and_line_ends(run: Callable[..., Result], tmp_path: Path, end: str) -> None:
    out = tmp_path / "vectors.npy"
    done = run("--side", "profile", "--out", out, stdin=(end or "\n").join(LINES) + end)
    assert done.exit_code == 0, done.output
    assert "5 texts of the side profile" in done.output
    assert np.array_equal(np.load(out), load_encoder().encode(LINES, side="profile"))


def test_nothing_is_a_file_without_rows(run: Callable[..., Result], tmp_path: Path) -> None:
    done = run("--side", "role", "--out", tmp_path / "v.npy", stdin="")
    assert done.exit_code == 0
    assert np.load(tmp_path / "v.npy").shape == (0, 384)


def test_a_width_that_there_is_not_lists_those_that_there_are(run: Callable[..., Result], tmp_path: Path) -> None:
    out = tmp_path / "vectors.npy"
    done = run("--side", "role", "--width", 100, "--out", out, stdin="nurse\n")
    assert done.exit_code == 2
    assert "no width 100; it has 48, 96, 192, 384" in " ".join(done.output.replace("\u2502", "").split())
    assert not out.exists()


def test_what_was_there_stays_until_all_is_done(run: Callable[..., Result], tmp_path: Path) -> None:
    out = tmp_path / "vectors.npy"
    out.write_bytes(b"older")
    dead = ("--url", "http://127.0.0.1:9/v1")
    done = run("--side", "role", "--out", out, *dead, stdin="nurse\n")
    assert isinstance(done.exception, EncoderUnavailable)
    assert "cannot be reached" in str(done.exception)
    done = run("--side", "role", "--out", out, tmp_path / "missing.txt")
    assert isinstance(done.exception, FileNotFoundError)
    assert out.read_bytes() == b"older"
    assert [path.name for path in tmp_path.iterdir()] == ["vectors.npy"]


def test_weights_of_ones_own(run: Callable[..., Result], tmp_path: Path) -> None:
    done = run("--side", "role", "--out", tmp_path / "a.npy", "--weights", WEIGHTS, stdin="nurse")
    assert done.exit_code == 0, done.output
    done = run("--side", "role", "--out", tmp_path / "b.npy", "--weights", tmp_path, stdin="nurse")
    assert isinstance(done.exception, EncoderUnavailable)
    assert not (tmp_path / "b.npy").exists()


def test_bytes_that_are_no_text_are_replaced_and_a_mark_of_order_is_dropped() -> None:
    assert list(lines(io.BytesIO(b"\xef\xbb\xbfnurse\r\n\xff\n\n"))) == ["nurse", "\ufffd", ""]


def test_a_long_file_is_never_whole_in_memory(tmp_path: Path) -> None:
    """Texts are asked for as they are encoded, a batch at a time."""
    taken = 0

    class Narrow:
        id, width, levels = "narrow", 2, (2,)

        def encode(self, texts: list[str], **given: Any) -> np.ndarray:
            assert len(texts) <= AT_ONCE
            seen.append(taken)
            return np.tile(np.array([[1.0, 0.0]], np.float32), (len(texts), 1))

    def many() -> Any:
        nonlocal taken
        for _ in range(5 * AT_ONCE + 3):
            taken += 1
            yield "text"

    seen: list[int] = []
    told: list[int] = []
    done = encode_lines(many(), encoder=Narrow(), side="role", width=2, out=tmp_path / "v.npy", progress=told.append)
    assert seen == told == [AT_ONCE * n for n in range(1, 6)] + [5 * AT_ONCE + 3]
    assert np.load(tmp_path / "v.npy", mmap_mode="r").shape == (done.count, 2) == (5 * AT_ONCE + 3, 2)
