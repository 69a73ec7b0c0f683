"""A feature is a name, what it says, and how it is computed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ranking.view import Floats, View


@dataclass(frozen=True, kw_only=True)
class Feature:
    """One column. `compute` gives [m] values for the `m` candidates of a view; NaN says unknown."""

    name: str
    says: str
    compute: Callable[[View], Floats]
