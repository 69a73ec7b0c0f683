"""Which rules find addressed text: what was found by others has to be looked for again."""

from __future__ import annotations

from functools import cache
from hashlib import blake2b
from pathlib import Path


@cache
def rules() -> str:
    """16 hex digits over every file that the rules are written in."""
    digest = blake2b(digest_size=8)
    for path in sorted(Path(__file__).parent.iterdir()):
        if path.suffix in {".py", ".toml", ".tsv"}:
            digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
