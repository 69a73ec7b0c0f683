"""The faiss library, which is not installed with the rest."""

from __future__ import annotations

from typing import Any


class FaissMissing(ImportError):
    """faiss is not installed; the message says how to install it."""


def faiss_library() -> Any:
    """The module. Imported where it is used, so that everything else runs without it.

    Raises: FaissMissing.
    """
    try:
        import faiss  # noqa: PLC0415 -- optional
    except ImportError as error:
        raise FaissMissing(
            "IVFPQ runs on faiss: pip install 'shortlist[ivf]', or 'shortlist[gpu]' for faiss on a graphics card"
        ) from error
    return faiss
