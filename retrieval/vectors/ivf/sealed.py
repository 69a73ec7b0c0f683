"""Arrays as bytes that tell when they were altered: a checksum, and an `.npz` file behind it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

_DIGEST = 16  # bytes of BLAKE2b in front


class Altered(ValueError):
    """Bytes are not what was written."""


def seal(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """The arrays as bytes; the same arrays give the same bytes."""
    file = io.BytesIO()
    np.savez(file, allow_pickle=False, **{name: np.ascontiguousarray(array) for name, array in sorted(arrays.items())})
    content = file.getbuffer()
    return blake2b(content, digest_size=_DIGEST).digest() + content


def unseal(content: bytes, what: str) -> dict[str, NDArray[Any]]:
    """The arrays that were sealed. Raises: Altered, naming `what` was read."""
    held = memoryview(content)[_DIGEST:]
    if blake2b(held, digest_size=_DIGEST).digest() != content[:_DIGEST]:
        raise Altered(f"{what} was altered or cut short: its checksum does not fit; make it again")
    try:
        with np.load(io.BytesIO(held), allow_pickle=False) as opened:
            return {name: opened[name] for name in opened.files}
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise Altered(f"{what} cannot be read ({error}); make it again") from error


def named(arrays: Mapping[str, NDArray[Any]]) -> str:
    """32 hex digits that name these arrays by their content."""
    return seal(arrays)[:_DIGEST].hex()
