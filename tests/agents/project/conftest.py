"""Requests with the roles they ask for, as people labelled them."""

from __future__ import annotations

import tomllib
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from agents.project.decomposition import Decomposition


def labelled(name: str) -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / name).read_text(encoding="utf-8"))


def written(decomposition: Decomposition) -> tuple[list[str], list[str]]:
    """As the labels are written."""
    parts = []
    for part in decomposition.parts:
        said = f"{part.headcount}x {part.words}" if part.headcount else part.words
        said += f" + {part.noun}" if part.noun else ""
        parts.append(said + "".join(f" | {one.words}" for one in part.more))
    return parts, [one.words for one in decomposition.shared]


@pytest.fixture(scope="session")
def labels() -> SimpleNamespace:
    """`known` and `unseen` requests, and how to write a decomposition as a label."""
    return SimpleNamespace(known=labelled("requests.toml"), unseen=labelled("requests_unseen.toml"), written=written)
