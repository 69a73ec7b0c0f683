"""Runs the export in a process of its own, so that torch never enters this one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Literal

from retrieval.encoder import export
from retrieval.encoder.errors import EncoderUnavailable
from retrieval.encoder.manifest import Pooling

Recipe = Literal["plain", "smooth"]


def export_apart(model_folder: Path, out: Path, *, pooling: Pooling = "mean", recipe: Recipe = "smooth") -> None:
    """Write the int8 ONNX model `out` of a Hugging Face folder; see `export.export`. Raises: EncoderUnavailable."""
    # -P: the script's own folder must not come first on the path, it has modules with general names
    command = [sys.executable, "-P", export.__file__, str(model_folder), str(out)]
    command += ["--pooling", pooling, "--recipe", recipe]
    # the script has to find our rooms also where they are not installed
    paths = (str(Path(export.__file__).parents[2]), os.environ.get("PYTHONPATH"))
    environment = os.environ | {
        "HF_HUB_OFFLINE": "1",
        "TOKENIZERS_PARALLELISM": "false",
        "PYTHONPATH": os.pathsep.join(filter(None, paths)),
    }
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if ran.returncode or not out.is_file():
        last = ran.stderr.strip().splitlines()[-1:] or [f"exit status {ran.returncode}"]
        raise EncoderUnavailable(f"the encoder could not be exported from {model_folder}: {last[0]}")
