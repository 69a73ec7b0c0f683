"""Two dozen people, and what a build left in their workspace."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from retrieval.schema import Profile
from retrieval.snapshot import Snapshot


@pytest.fixture
def people(small_population: list[Profile]) -> list[Profile]:
    return small_population[:24]


@pytest.fixture
def altered() -> Callable[..., Profile]:
    """A profile with other values. Not `model_copy`: that would copy the content hash too, once it was asked for."""

    def changed(profile: Profile, **said: object) -> Profile:
        return Profile.model_validate(dict(profile) | said)

    return changed


@pytest.fixture
def contents() -> Callable[[Path], dict[str, str]]:
    """Checksums of all that a build decides; tantivy gives its files random names."""

    def read(workspace: Path) -> dict[str, str]:
        files = Snapshot.open(workspace, verify=True).manifest.files
        return {name: file.blake2b for name, file in files.items() if not name.startswith("text/")}

    return read


@pytest.fixture
def left_over() -> Callable[[Path], set[str]]:
    """What lies in the workspace beside what belongs there."""

    def found(workspace: Path) -> set[str]:
        names = {str(p.relative_to(workspace)) for p in workspace.glob("*")} | {
            p.name for p in workspace.glob("snapshots/*")
        }
        snapshot = Snapshot.open(workspace)
        return names - {"snapshots", "current", "index.lock", snapshot.id, snapshot.manifest.previous}

    return found
