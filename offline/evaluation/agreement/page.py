"""A comparison as one self-contained page: no script, nothing loaded, every word of a profile escaped."""

from __future__ import annotations

import unicodedata
from functools import cache
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, StrictUndefined, Template

from offline.evaluation.agreement.comparison import Comparison
from offline.evaluation.agreement.resampling import Estimate

AXIS = (-0.2, 1.0)
"""What the kappa plots span."""
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}


def page(comparison: Comparison) -> str:
    """The page as HTML. With disagreements it quotes profiles: personal data, and it says so."""
    return _template().render(
        comparison=comparison,
        numbers={one.name: number for number, one in enumerate(comparison.systems, 1)},
    )


def write_page(path: Path, comparison: Comparison) -> None:
    """Write the page, for its owner's eyes only where the system knows such a thing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(page(comparison), encoding="utf-8")


@cache
def _template() -> Template:
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters.update(visible=visible, figure=figure, spread=spread, at=at, heat=heat, count=count)
    source = files(__package__).joinpath("page.html.j2").read_text(encoding="utf-8")
    return environment.from_string(source)


def visible(text: str) -> str:
    """Text on one line, with what cannot be seen (control, direction, zero-width) shown as a mark."""
    spaced = (" " if char in "\n\r\t" else char for char in text)
    seen = "".join("\N{REPLACEMENT CHARACTER}" if unicodedata.category(char) in _UNSEEN else char for char in spaced)
    return " ".join(seen.split())


def figure(value: float | None, places: int = 2, *, signed: bool = False) -> str:
    """A number, or a dash where there is none."""
    if value is None:
        return "\N{EN DASH}"
    said = f"{value:+.{places}f}" if signed else f"{value:.{places}f}"
    return said.replace("-", "\N{MINUS SIGN}")


def spread(one: Estimate, *, signed: bool = False) -> str:
    """An interval, empty where there is none."""
    if one.low is None or one.high is None:
        return ""
    return f"{figure(one.low, signed=signed)} to {figure(one.high, signed=signed)}"


def at(value: float) -> float:
    """Where a kappa stands on the axis, in percent."""
    low, high = AXIS
    return round(100 * (min(high, max(low, value)) - low) / (high - low), 2)


def heat(cell: int, row: tuple[int, ...]) -> int:
    """How strongly a cell is coloured: its share of the row, in percent."""
    return round(100 * cell / sum(row)) if sum(row) else 0


def count(value: int) -> str:
    """A whole number with separators."""
    return f"{value:,}"
