"""How far a profile's words show what a requirement asks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from agents.embedded.marks.evidence import Reading
from agents.embedded.marks.needs import Need, Thing

Rarity = Callable[[str], float]
"""Weight of a stem: how few profiles say it; about 0 (all do) to 1 (next to none does)."""

FLOOR = 0.05
SCATTERED = 0.6
PARTIAL = 1.5  # half the words of a thing are less than half of the thing
FULL_LINE = 40  # characters; between equal matches, a line of at least so many is the better quote
NEXT_LINE = 0.9


@dataclass(frozen=True, slots=True)
class Found:
    """One thing looked for: `strength` 0 (absent) to 1 (all its words in one place); `places` are word indices."""

    thing: Thing
    weight: float
    strength: float
    places: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """A need against a profile. `strength` is the mean over its things, weighted by how rare their words are."""

    strength: float
    found: tuple[Found, ...]


def match(need: Need, reading: Reading, rarity: Rarity) -> Match:
    """Look for each thing of a need in the profile's words."""
    found = tuple(_look(thing, need.names, reading, rarity) for thing in need.things)
    total = sum(item.weight for item in found)
    strength = sum(item.weight * item.strength**PARTIAL for item in found) / total if total else 0.0
    return Match(strength=strength, found=found)


def _look(thing: Thing, names: frozenset[str], reading: Reading, rarity: Rarity) -> Found:
    """The alternative that the profile shows best; between equals, the first one named."""
    best: Found | None = None
    for stems in thing.alternatives:
        weights = {stem: max(FLOOR, rarity(stem)) for stem in stems}
        strength, places = _strength(weights, names, reading)
        if best is None or strength > best.strength:
            best = Found(thing, max(weights.values()), strength, places)
    return best or Found(thing, 0.0, 0.0)


def _strength(weights: Mapping[str, float], names: frozenset[str], reading: Reading) -> tuple[float, tuple[int, ...]]:
    """Share of the weight that the best line (with the one after it, where lines are wrapped) shows."""
    total = sum(weights.values())
    by_unit: dict[int, dict[str, int]] = {}
    anywhere: dict[str, int] = {}
    for stem in weights:
        for index in _where(stem, names, reading):
            unit = reading.unit_at(reading.words[index].start)
            if stem in by_unit.get(unit, ()) or reading.spoken(unit):
                continue
            by_unit.setdefault(unit, {})[stem] = index
            anywhere.setdefault(stem, index)
    best, places = (0.0, 0), ()  # type: tuple[float, int], tuple[int, ...]
    for unit, here in sorted(by_unit.items()):
        wrapped = {stem: index for stem, index in by_unit.get(unit + 1, {}).items() if stem not in here}
        score = sum(weights[stem] for stem in here) + NEXT_LINE * sum(weights[stem] for stem in wrapped)
        length = min(FULL_LINE, reading.units[unit].end - reading.units[unit].start)
        if (score, length) > best:
            best, places = (score, length), (*sorted(here.values()), *sorted(wrapped.values()))
    scattered = SCATTERED * sum(weights[stem] for stem in anywhere)
    if scattered > best[0]:
        best, places = (scattered, 0), (max(anywhere.items(), key=lambda item: weights[item[0]])[1],)
    return (best[0] / total if total else 0.0), places


def _where(stem: str, names: frozenset[str], reading: Reading) -> list[int]:
    """Word indices of a stem; of a name, only where it is written as it is, or in the plural."""
    places = reading.places.get(stem, [])
    if stem not in names:
        return places
    return [index for index in places if reading.said(index).rstrip("0123456789") in (stem, f"{stem}s")]
