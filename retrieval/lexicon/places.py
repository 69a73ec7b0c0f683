"""Places in text, and what a name means: "San Jose, CA", "the U.S.", "Greater Boston", "within 30 miles of Austin"."""

from __future__ import annotations

import math
import re

from retrieval.lexicon.gazetteer import Gazetteer, fold, gazetteer
from retrieval.lexicon.mention import TOKEN, Mention, region_or_country
from retrieval.schema import Place, Span

_SEPARATED = re.compile(r"[^\w\s.'’/-]|\n")
_FIRST = re.compile(r"[-/]")
_TOWN = re.compile(r"[A-Z][A-Za-z.' -]{2,40}")


def resolve(text: str) -> Place | None:
    """What `text`, said to be a place, means; the most populous of several; `None` where the gazetteer does not know.

    A town too small for the gazetteer but with a known US state ("Elgin, OK") keeps its name and has no coordinates.
    """
    known = gazetteer()
    name = " ".join(text.split()).strip(" ,;:()-").removeprefix("the ")[:120]
    if not name:
        return None
    found = _whole(known, name)
    if found:
        return found
    places = find_places(name if name[:1].isupper() else name.title())
    if places and places[0][0].end - places[0][0].start >= len(name) - 2:
        return places[0][1]
    return _town(known, name)


def find_places(text: str) -> list[tuple[Span, Place]]:
    """Places named in free text, in order, without overlaps."""
    known = gazetteer()
    tokens = list(TOKEN.finditer(text))
    found: list[tuple[Span, Place]] = []
    index = 0
    while index < len(tokens):
        hit = _at(known, text, tokens, index)
        index += 1
        if hit is not None and (not found or hit[0].start >= found[-1][0].end):
            found.append(hit)
            while index < len(tokens) and tokens[index].start() < hit[0].end:
                index += 1
    return found


def distance_km(a_lat: float, a_lon: float, b_lat: float, b_lon: float) -> float:
    """Kilometres along the great circle between two points in degrees; the earth is a sphere of 6371 km."""
    p, q = math.radians(a_lat), math.radians(b_lat)
    h = math.sin((q - p) / 2) ** 2 + math.cos(p) * math.cos(q) * math.sin(math.radians(b_lon - a_lon) / 2) ** 2
    return 2 * 6371.0 * math.asin(min(1.0, math.sqrt(h)))


def _whole(known: Gazetteer, name: str) -> Place | None:
    """`name` as exactly one entry: a code or short name, an area, a region, a country, a city."""
    bare = name.rstrip(".")
    for form in (name, bare, f"{bare}."):
        if form in known.cased:
            return known.cased[form]
    if len(name) == 2 and name.isupper() and name in known.region_codes:
        return known.region_codes[name]
    key = fold(name)
    # Of the names that a city shares with a state or country, these mean the city.
    city = known.city(name) if key in ("washington", "new york", "victoria") else None
    if city:
        return known.place(city)
    found = known.metros.get(key) or known.regions.get(key) or known.countries.get(key)
    city = None if found else known.city(name)
    return known.place(city) if city else found


def _town(known: Gazetteer, name: str) -> Place | None:
    """ "Austin, TX 78701, USA", "Elgin, OK": a town by the region or country behind its first comma."""
    town, _, rest = (part.strip() for part in name.partition(","))
    within = region_or_country(known, rest.split(",")[0].strip()) if rest else None
    if within is None:
        return None
    city = known.city(town, within=within.region or within.country)
    if city:
        return known.place(city)
    if within.kind != "region" or within.country != "US" or not _TOWN.fullmatch(town):
        return None
    return within.model_copy(update={"kind": "city", "name": f"{town}, {(within.region or '')[3:]}", "city": town})


def _at(known: Gazetteer, text: str, tokens: list[re.Match[str]], index: int) -> tuple[Span, Place] | None:
    """The place that starts at a token: the longest name that is one."""
    token = tokens[index]
    if len(token[0]) < 5:
        hit = Mention(known, text, token.start(), token.end()).in_capitals()
        if hit:
            return hit
    longest = known.longest.get(fold(_FIRST.split(token[0])[0]), 0)
    for count in range(min(longest + 1, 6, len(tokens) - index) if longest else 0, 0, -1):
        last = tokens[index + count - 1]
        end = last.end() - (1 if last[0].endswith(".") and len(last[0]) > 3 else 0)
        if end - token.start() > 60 or (count > 1 and _SEPARATED.search(text, token.start(), end)):
            continue
        hit = Mention(known, text, token.start(), end).place()
        if hit:
            return hit
    return None
