"""MiniLM-L6 (22M parameters, contrastive, width 384) from the package that carries it."""

from __future__ import annotations

from pathlib import Path

from retrieval.encoder import EncoderUnavailable, base_folder
from training.muse.bases.unavailable import BaseUnavailable


def folder() -> Path:
    """The Hugging Face folder inside the package. Raises: BaseUnavailable."""
    try:
        return base_folder()
    except EncoderUnavailable as error:
        raise BaseUnavailable(str(error)) from error
