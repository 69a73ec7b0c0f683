"""A server of vectors: what it is sent, that its vectors are ours, and what is said where it misbehaves."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from pydantic import ValidationError

from retrieval.encoder import (
    EncoderManifest,
    EncoderUnavailable,
    EndpointEncoder,
    Server,
    TorchEncoder,
    WidthRefused,
    open_encoder,
)

TEXTS = ["nurse", "senior java welder", "a teacher of data and the night shift in a clinic", "", "cook " * 60]
KEY = "sk-very-secret-1234"


@dataclass(kw_only=True)
class Vectors:
    """Serves a folder of weights as vLLM does; `fail` statuses come first, `bend` spoils the rows."""

    encoder: TorchEncoder
    model: str = "tiny"
    key: str | None = None
    fail: list[int] = field(default_factory=list)
    bend: Callable[[NDArray[np.float32]], NDArray[np.float32]] = lambda rows: rows
    raw: bytes | None = None
    heed: bool = True
    bodies: list[dict[str, Any]] = field(default_factory=list)

    def answer(self, body: dict[str, Any], key: str) -> tuple[int, bytes]:
        self.bodies.append(body)
        if self.fail:
            status = self.fail.pop(0)
            return status, json.dumps({"error": {"message": f"no: {body['input'][0]} {key}"}}).encode()
        if self.key is not None and key != f"Bearer {self.key}":
            return 401, json.dumps({"error": {"message": f"bad key {key}"}}).encode()
        if body["model"] != self.model:
            return 404, json.dumps({"error": {"message": f"The model `{body['model']}` does not exist."}}).encode()
        width = body.get("dimensions", self.encoder.width) if self.heed else self.encoder.width
        if width not in self.encoder.levels:
            said = f"Model only supports {self.encoder.levels} matryoshka dimensions, use of {width} is refused"
            return 400, json.dumps({"error": {"message": said}}).encode()
        if self.raw is not None:
            return 200, self.raw
        rows = self.bend(self.encoder.encode(body["input"], side="role", width=width))
        data = [{"object": "embedding", "index": at, "embedding": row.tolist()} for at, row in enumerate(rows)]
        data.reverse()  # the order is in the index
        usage = {"prompt_tokens": 1, "total_tokens": 1}
        return 200, json.dumps({"object": "list", "model": self.model, "data": data, "usage": usage}).encode()


@contextmanager
def serving(vectors: Vectors) -> Iterator[str]:
    """The address of a real HTTP server."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: object) -> None:
            return

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            assert self.path == "/v1/embeddings"
            status, said = vectors.answer(body, self.headers.get("Authorization", ""))
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(said)))
            self.send_header("Retry-After", "0")
            self.end_headers()
            self.wfile.write(said)

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/v1"
        server.shutdown()


@pytest.fixture
def bare(tiny: Path) -> TorchEncoder:
    """The model behind the server: it gets the text as it is to be read, and puts no template before it."""
    return TorchEncoder(tiny / "torch", id="served", levels=(8, 16, 32), max_tokens=64)


def opened(folder: Path, url: str, **given: Any) -> EndpointEncoder:
    return EndpointEncoder.open(folder, Server(url=url, **{"attempts": 1, "seconds": 20, **given}))


def test_served_vectors_are_those_of_torch(tiny: Path, bare: TorchEncoder) -> None:
    """Templates and the limit are ours, so the server, which would read on, reads what torch reads here."""
    exact = TorchEncoder.open(tiny)
    vectors = Vectors(encoder=bare)
    with serving(vectors) as url:
        encoder = opened(tiny, url, batch=2, concurrency=3)
        assert (encoder.id, encoder.width, encoder.levels) == (exact.id, 32, (8, 16, 32))
        for side in ("role", "profile"):
            for width in (None, 8, 16, 32):
                seen: list[int] = []
                served = encoder.encode(TEXTS, side=side, width=width, progress=seen.append)
                assert np.abs(served - exact.encode(TEXTS, side=side, width=width)).max() < 1e-4
                assert np.allclose(np.linalg.norm(served, axis=1), 1, atol=1e-6)
                assert seen == [2, 4, 5]
        assert encoder.encode([], side="role").shape == (0, 32)
    assert {body["dimensions"] for body in vectors.bodies} == {8, 16, 32}
    assert max(len(body["input"]) for body in vectors.bodies) == 2
    assert {text.split()[0] for body in vectors.bodies for text in body["input"]} == {"role", "profile"}
    assert max(len(text.split()) for body in vectors.bodies for text in body["input"]) == 22  # and two ends


def test_an_empty_text_is_sent_as_a_blank(copied: Path, changed: Callable[..., Path], bare: TorchEncoder) -> None:
    folder = changed(templates={"role": "", "profile": ""})
    vectors = Vectors(encoder=bare)
    with serving(vectors) as url:
        opened(folder, url).encode([""], side="role")
    assert vectors.bodies[0]["input"] == [" "]


def test_passing_failures_are_tried_again(tiny: Path, bare: TorchEncoder) -> None:
    vectors = Vectors(encoder=bare, fail=[503, 429])
    with serving(vectors) as url:
        assert opened(tiny, url, attempts=3).encode(["nurse"], side="role").shape == (1, 32)
    assert len(vectors.bodies) == 3


@pytest.mark.parametrize(
    ("spoiled", "given", "message"),
    [
        ({"fail": [503, 503]}, {"attempts": 2}, r"is not able to answer \(status 503\)"),
        ({"fail": [418]}, {}, r"refuses the request \(status 418\)"),
        ({"model": "other"}, {}, r"serves no model called tiny; write NAME@http"),
        ({"heed": False}, {}, r"returns 2 vectors of 32 numbers for 2 texts, instead of 16 each.*ignores `dimensions`"),
        ({"bend": lambda rows: rows[:-1]}, {}, r"returns 1 vectors of 16 numbers for 2 texts"),
        ({"bend": lambda rows: rows * 2}, {}, r"not of unit length: vllm serve"),
        ({"bend": lambda rows: rows * np.float32("nan")}, {}, r"not of unit length|does not answer as"),
        ({"raw": b"<html>hello</html>"}, {}, r"does not answer as an OpenAI-compatible server does"),
        ({"raw": b'{"data": 3}'}, {}, r"does not answer as an OpenAI-compatible server does"),
    ],
)
def test_what_is_wrong_is_said_without_texts(
    tiny: Path, bare: TorchEncoder, spoiled: dict[str, Any], given: dict[str, Any], message: str
) -> None:
    with serving(Vectors(encoder=bare, **spoiled)) as url, pytest.raises(EncoderUnavailable, match=message) as told:
        opened(tiny, url, **given).encode(["nurse", "cook"], side="role", width=16)
    assert "nurse" not in str(told.value)
    assert told.value.__cause__ is None


def test_a_server_without_the_levels_refuses_the_width(changed: Callable[..., Path], bare: TorchEncoder) -> None:
    folder = changed(levels=[4, 32])
    with serving(Vectors(encoder=bare)) as url:
        with pytest.raises(EncoderUnavailable, match=r"refuses the width 4.*matryoshka_dimensions.*\[4, 32\]"):
            opened(folder, url).encode(["nurse"], side="role", width=4)
        with pytest.raises(WidthRefused, match="it has 4, 32"):
            opened(folder, url).encode(["nurse"], side="role", width=8)


def test_a_server_that_is_down_or_slow(tiny: Path, bare: TorchEncoder) -> None:
    with serving(Vectors(encoder=bare)) as url:
        pass
    with pytest.raises(EncoderUnavailable, match=r"cannot be reached; start it, or put SHORTLIST_ENCODER_URL right"):
        opened(tiny, url).encode(["nurse"], side="role")
    waiting = threading.Event()

    def slow(rows: NDArray[np.float32]) -> NDArray[np.float32]:
        waiting.wait(5)
        return rows

    with serving(Vectors(encoder=bare, bend=slow)) as url:
        try:
            with pytest.raises(EncoderUnavailable, match=r"no answer within 0\.5 s"):
                opened(tiny, url, seconds=0.5).encode(["nurse"], side="role")
        finally:
            waiting.set()


def test_the_key_comes_from_the_environment_and_goes_nowhere_else(
    tiny: Path, bare: TorchEncoder, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with serving(Vectors(encoder=bare, key=KEY)) as url:
        with pytest.raises(EncoderUnavailable, match="does not accept the key; name its variable in SHORTLIST_ENC"):
            opened(tiny, url).encode(["nurse"], side="role")
        monkeypatch.delenv("VECTORS_KEY", raising=False)
        with pytest.raises(EncoderUnavailable, match="is missing; put it into the variable VECTORS_KEY"):
            opened(tiny, url, key_variable="VECTORS_KEY").encode(["nurse"], side="role")
        monkeypatch.setenv("VECTORS_KEY", "sk-wrong-key")
        with pytest.raises(EncoderUnavailable, match="put the right one into VECTORS_KEY") as told:
            opened(tiny, url, key_variable="VECTORS_KEY").encode(["nurse"], side="role")
        assert "sk-" not in str(told.value)
        monkeypatch.setenv("VECTORS_KEY", KEY)
        encoder = opened(tiny, url, key_variable="VECTORS_KEY")
        assert encoder.encode(["nurse"], side="role").shape == (1, 32)
    assert KEY not in repr(encoder.__dict__)
    assert KEY not in caplog.text
    assert "nurse" not in caplog.text


def test_an_address_says_host_and_maybe_name() -> None:
    assert Server.model_validate("http://h:1/v1/") == Server(url="http://h:1/v1")
    named = Server.model_validate("org/muse@https://h/v1")
    assert (named.model, named.url) == ("org/muse", "https://h/v1")
    assert Server(url="muse@http://h/v1", key_variable="K").model == "muse"
    for wrong in ("h:8000", "ftp://h/v1", "http://me:secret@h/v1", "http://h/v1?key=secret", ""):
        with pytest.raises(ValidationError):
            Server(url=wrong)


def test_the_manifest_and_the_tokenizer_are_enough(copied: Path, bare: TorchEncoder) -> None:
    """Weights too large for this machine stay with the server."""
    (copied / "model.onnx").unlink()
    with serving(Vectors(encoder=bare, model="named")) as url:
        server = Server(url=f"named@{url}")
        encoder = open_encoder(copied, server)
        assert encoder is open_encoder(copied, server)
        assert encoder.id == EncoderManifest.read(copied).id
        assert encoder.encode(["nurse"], side="role", width=8).shape == (1, 8)
    (copied / "tokenizer.json").unlink()
    with pytest.raises(EncoderUnavailable, match=r"tokenizer\.json cannot be opened"):
        EndpointEncoder.open(copied, server)
