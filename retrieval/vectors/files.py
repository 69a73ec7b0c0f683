"""Files that must be what they were when written: sizes and checksums of a folder's files."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from hashlib import blake2b
from pathlib import Path

from pydantic import BaseModel, ConfigDict


class DamagedFile(ValueError):
    """A file is missing, cut short or altered; the message says which."""


class File(BaseModel):
    """What a file has to be: `size` in bytes, `blake2b` 32 hex digits."""

    model_config = ConfigDict(frozen=True)

    size: int
    blake2b: str


def described(folder: Path, names: Iterable[str]) -> dict[str, File]:
    """Name -> what that file of `folder` is now. Raises: OSError."""
    return {name: File(size=(folder / name).stat().st_size, blake2b=checksum(folder / name)) for name in sorted(names)}


def check(folder: Path, files: Mapping[str, File], *, verify: bool, only: Container[str] | None = None) -> None:
    """Compare what lies in `folder` (or `only` some of it) with what it has to be: sizes, with `verify` contents.

    Raises: DamagedFile.
    """
    for name, file in files.items():
        if only is not None and name not in only:
            continue
        path = folder / name
        try:
            size = path.stat().st_size
            good = size == file.size and (not verify or checksum(path) == file.blake2b)
        except OSError:
            raise DamagedFile(f"{path} is missing") from None
        if not good:
            raise DamagedFile(
                f"{path} has {size} bytes instead of {file.size}" if size != file.size else f"{path} was altered"
            )


def checksum(path: Path) -> str:
    """32 hex digits of BLAKE2b over a file."""
    digest = blake2b(digest_size=16)
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
