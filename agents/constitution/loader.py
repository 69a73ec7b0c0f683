"""Constitutions by version, from the TOML files of this package."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from agents.constitution.schema import Constitution

CURRENT = "2"
"""The version that is used unless another is asked for."""


class UnknownConstitutionError(ValueError):
    """There is no constitution of that version; the message lists those there are."""


@cache
def load(version: str = CURRENT) -> Constitution:
    """The constitution of a version. Raises: UnknownConstitutionError."""
    known = versions()
    if version not in known:
        raise UnknownConstitutionError(f"there is no constitution {version!r}; there is {', '.join(known)}")
    source = files(__package__).joinpath(f"v{version}.toml").read_text(encoding="utf-8")
    return Constitution.model_validate(tomllib.loads(source))


def versions() -> tuple[str, ...]:
    """Versions that can be loaded, oldest first."""
    names = (entry.name for entry in files(__package__).iterdir())
    found = (name[1:].removesuffix(".toml") for name in names if name[0] == "v" and name.endswith(".toml"))
    return tuple(sorted(found, key=lambda version: (len(version), version)))
