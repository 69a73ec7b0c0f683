"""Real vLLM servers on this machine's processor, started once a test run. `make test-vllm` makes their environment."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

START_SECONDS = 600
QUIET = {
    "VLLM_TARGET_DEVICE": "cpu",
    "VLLM_CPU_KVCACHE_SPACE": "1",
    "VLLM_NO_USAGE_STATS": "1",
    "DO_NOT_TRACK": "1",
    "HF_HUB_OFFLINE": "1",
}
GENERATION = ("--max-model-len", "8192", "--max-num-seqs", "4", "--dtype", "bfloat16")
# Without it a small model may write white space between two tokens of JSON until its answer is full.
COMPACT = ("--structured-outputs-config", '{"backend": "xgrammar", "disable_any_whitespace": true}')
MATRYOSHKA = ("--hf-overrides", '{"is_matryoshka": true, "matryoshka_dimensions": [48, 96, 192, 384]}')
EMBEDDING = ("--runner", "pooling", "--convert", "embed", *MATRYOSHKA)


@dataclass(frozen=True, kw_only=True)
class Server:
    """A server that answers; `kill` ends it as a crash would."""

    url: str
    model: str
    kill: Callable[[], None]

    @property
    def address(self) -> str:
        return f"{self.model}@{self.url}"


@pytest.fixture(scope="session")
def environment() -> Path:
    named = os.environ.get("SHORTLIST_TEST_VLLM")
    if not named:
        pytest.skip("needs the environment that `make test-vllm` makes")
    return Path(named)


@contextmanager
def serving(environment: Path, folder: Path, model: str, *options: str, logs: Path) -> Iterator[Server]:
    """Serve the model in `folder`, called `model`, for the length of a block."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [environment / "bin" / "vllm", "serve", folder, "--served-model-name", model]
    command += ["--host", "127.0.0.1", "--port", str(port), "--enforce-eager", *options]
    log = logs / f"{model}-{port}.log"
    with log.open("wb") as written:
        process = subprocess.Popen(
            [str(part) for part in command],
            stdout=written,
            stderr=subprocess.STDOUT,
            env={**os.environ, **QUIET},
            start_new_session=True,  # its workers go with it
        )

        def kill() -> None:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

        try:
            _wait(f"http://127.0.0.1:{port}/health", process, log)
            yield Server(url=f"http://127.0.0.1:{port}/v1", model=model, kill=kill)
        finally:
            kill()


def _wait(health: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            if httpx.get(health, timeout=2).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.5)
    said = log.read_text(errors="replace")[-3000:]
    pytest.fail(f"the server did not start within {START_SECONDS} s:\n{said}")


@pytest.fixture(scope="session")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("vllm")


@pytest.fixture(scope="session")
def generation(environment: Path, logs: Path) -> Iterator[Server]:
    with serving(
        environment, environment / "models" / "generation", "generation", *GENERATION, *COMPACT, logs=logs
    ) as server:
        yield server


@pytest.fixture
def doomed(environment: Path, logs: Path) -> Iterator[Server]:
    """A server of one test's own, to be killed."""
    with serving(
        environment, environment / "models" / "generation", "generation", *GENERATION, *COMPACT, logs=logs
    ) as server:
        yield server


@pytest.fixture(scope="session")
def embedding(environment: Path, logs: Path) -> Iterator[Server]:
    with serving(environment, environment / "models" / "embedding", "embedding", *EMBEDDING, logs=logs) as server:
        yield server


@pytest.fixture(scope="session")
def serve_model(environment: Path, logs: Path) -> Callable[..., AbstractContextManager[Server]]:
    """Serves a folder of one's own: `with serve_model(folder, name, *options) as server:`."""

    def serve(folder: Path, name: str, *options: str) -> AbstractContextManager[Server]:
        return serving(environment, folder, name, *options, logs=logs)

    return serve
