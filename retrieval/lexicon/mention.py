"""Whether a name in its sentence is a place, and which one.

A name counts where it is written like one: with capitals, or after "in", "near", "based in". Names that are mostly
words or people ("Mobile", "Jordan") need a region behind them or such a preposition before them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from retrieval.lexicon.gazetteer import City, Gazetteer, fold, metro, word_places
from retrieval.schema import Place, Span

TOKEN = re.compile(r"[^\W\d_](?:[^\W_]|['’.](?=[^\W\d_]))*\.?")
_BEFORE = re.compile(
    r"(?:^|[\s(\"'/,-])(?:in|from|near|around|at|to|outside|throughout|across|within|of|based|located|living|lives|live"
    r"|relocate|relocating|between|and|or|not|except|exclude|drop|remove|add|the|greater|city:|locations?:)"
    r"\s{1,3}(?:the\s|of\s|greater\s|downtown\s)?$",
    re.IGNORECASE,
)
_STRONG = re.compile(
    r"\b(?:in|from|near|around|outside|outside of|relocate to|relocating to|across|locations?:)"
    r"\s{1,3}(?:the\s|greater\s|downtown\s)?$",
    re.IGNORECASE,
)
_ORGANISATION_BEFORE = re.compile(
    r"(?:university|college|bank|institute|school|church|state university|museum) of\s{1,3}$", re.IGNORECASE
)
_ORGANISATION_AFTER = re.compile(
    r"\s(?:university|college|consulting|instruments|times|post|scientific|clinic|airlines?|mutual|tech\b|institute|bulls|"
    r"cowboys|medical|general hospital|state university|community college|school|isd\b|magazine|herald|tribune"
    r"|hospital)",
    re.IGNORECASE,
)
_LATIN = re.compile(r"(?:latin|north|south|central|bank of|corporate|captain|miss) $", re.IGNORECASE)
_AREA = re.compile(r"[\s-](?:(?:metro(?:politan)?|greater)(?:\s(?:area|region))?|area|region)\b", re.IGNORECASE)
_GREATER = re.compile(r"\b(?:greater|metro)\s$", re.IGNORECASE)
_RADIUS = re.compile(
    r"within\s(?P<n>\d{1,4})\s?-?(?P<unit>miles?|mi|kms?|kilomet(?:er|re)s?)\s(?:radius\s)?(?:of|from|around)"
    r"\s(?:downtown\s)?$",
    re.IGNORECASE,
)
_CODE_BEHIND = re.compile(r"(?:\s?,\s?|\s)\(?(?P<code>[A-Z]{2})(?![\w'’.&])")
_NAME_BEHIND = re.compile(r"\s?,\s{0,2}(?=[^\W\d_])")
_ZIP = re.compile(r"\s\d{5}(?:-\d{4})?$")
_CODE = re.compile(r"[A-Z]{2}")
_AFTER_CODE = re.compile(r"\b[A-Z]{2}(?:,| or| and|/|, or) ?$")
_US_VERB = re.compile(r"(?:contact|about|join|with) $", re.IGNORECASE)
# Codes that mean little else than a state where they stand alone; PA, MD, CT, OR ... do not.
_CLEAR_CODES = frozenset(
    {
        *("CA", "NY", "TX", "NJ", "FL", "IL", "GA", "NC", "AZ", "NV", "UT", "TN", "MN", "WI", "KS"),
        *("NM", "SD", "ND", "NH", "VT", "WY", "WV", "MT"),
    }
)
_SMALL = frozenset({"of", "the", "de", "la", "del", "and", "area", "bay", "metro", "county", "city", "state"})
# A state and a city share these names; the city is meant more often.
_CITY_FIRST = frozenset({"washington", "new york", "victoria", "jersey"})
# Least populations: alone with capitals in the USA and elsewhere; in small letters; for names that are words.
_BARE_US, _BARE_WORLD, _SMALL_LETTERS, _WORDY = 60_000, 250_000, 150_000, 100_000


@dataclass(frozen=True)
class Mention:
    """A name at `text[start:end]`."""

    known: Gazetteer
    text: str
    start: int
    end: int

    @property
    def words(self) -> str:
        """The name as written."""
        return self.text[self.start : self.end]

    @cached_property
    def key(self) -> str:
        """The name as the gazetteer files it."""
        return fold(self.words)

    @property
    def span(self) -> Span:
        """Where it stands."""
        return Span(start=self.start, end=self.end)

    @cached_property
    def _before(self) -> str:
        return self.text[max(0, self.start - 60) : self.start]

    @cached_property
    def _capital(self) -> bool:
        words = re.findall(r"[^\W\d_]+", self.words)
        return all(word[0].isupper() or word.lower() in _SMALL for word in words) and self.words[0].isupper()

    @cached_property
    def _strong(self) -> bool:
        return bool(_STRONG.search(self._before))

    @cached_property
    def _led_to(self) -> bool:
        return self._strong or bool(_BEFORE.search(self._before))

    @property
    def _wordy(self) -> bool:
        return self.key in word_places()

    def place(self) -> tuple[Span, Place] | None:
        """The place meant, with the words that say so ("Greater Boston area"); `None` where it is none."""
        known, key = self.known, self.key
        cities = known.cities.get(key, [])
        region = known.regions.get(key) or known.countries.get(key)
        area = known.metros.get(key)
        if not (cities or region or area) or self._in_organisation():
            return None
        if area and (self._capital or self._led_to):
            return self.span, area
        inside = self._inside(cities) if cities and self._capital else None
        if inside:
            return inside
        if region and not (key in _CITY_FIRST and cities):
            return (self.span, region) if self._is_region() else None
        return self._with_area(cities[0]) if cities and self._is_city(cities[0]) else None

    def _in_organisation(self) -> bool:
        """ "University of Texas", "Boston Consulting Group"."""
        if _ORGANISATION_BEFORE.search(self._before):
            return True
        return bool(_ORGANISATION_AFTER.match(self.text, self.end)) and not self._strong

    def _is_region(self) -> bool:
        if self.key == "america" and _LATIN.search(self._before):
            return False
        if self._capital:
            return self._strong or not self._wordy
        return self._led_to and not self._wordy and len(self.key) > 4

    def _is_city(self, city: City) -> bool:
        if self._wordy and city.population < _WORDY:
            return False
        several = " " in self.words
        if self._capital:
            large = city.population >= (_BARE_US if city.country == "US" else _BARE_WORLD)
            return self._strong or (large and (several or not self._wordy))
        if self._wordy or city.population < _SMALL_LETTERS:
            return False
        return self._strong or (several and len(self.words) > 6) or (self._led_to and len(self.words) > 5)

    def _inside(self, cities: list[City]) -> tuple[Span, Place] | None:
        """The city that a region or country behind the name picks: "Springfield, Illinois"."""
        within, stop = behind(self.known, self.text, self.end)
        if within is None:
            return None
        for city in cities:
            if within.region == city.region or (within.region is None and within.country == city.country):
                return Mention(self.known, self.text, self.start, stop)._with_area(city)
        return None

    def _with_area(self, city: City) -> tuple[Span, Place]:
        """The city, or the area around it where the words say so: "Austin metro area", "within 30 miles of Austin"."""
        before = self._before
        radius = _RADIUS.search(before)
        if radius and int(radius["n"]):
            km = float(radius["n"]) * (1.0 if radius["unit"].lower().startswith("k") else 1.609344)
            start = self.start - (len(before) - radius.start())
            return Span(start=start, end=self.end), metro(city, name=self.text[start : self.end], km=km)
        greater, area = _GREATER.search(before), _AREA.match(self.text, self.end)
        if not (greater or area):
            return self.span, self.known.place(city)
        start = self.start - (len(before) - greater.start()) if greater else self.start
        km = 80.0 if city.population > 2_000_000 else 60.0
        return Span(start=start, end=area.end() if area else self.end), metro(city, name=f"{city.name} area", km=km)

    def in_capitals(self) -> tuple[Span, Place] | None:
        """Short names that keep their case: "US", "LA", "D.C.", and clear state codes after "in" or another code."""
        known, words = self.known, self.words
        for form in (words, words.rstrip(".")):
            place = known.cased.get(form)
            if place and not (form == "US" and _US_VERB.search(self._before)):
                mention = Mention(known, self.text, self.start, self.start + len(form))
                city = known.city(place.city or "", within=place.region) if place.kind == "city" else None
                return mention._with_area(city) if city else (mention.span, place)
        if words in _CLEAR_CODES and (self._strong or _AFTER_CODE.search(self._before)):
            return self.span, known.region_codes[words]
        return None


def behind(known: Gazetteer, text: str, end: int) -> tuple[Place | None, int]:
    """The region or country that follows a name after a comma (or, as a code, a blank), and where its words end."""
    code = _CODE_BEHIND.match(text, end)
    if code:
        countries = known.cased.get(code["code"]) if code["code"] in ("US", "UK") else None
        return known.region_codes.get(code["code"], countries), code.end()
    comma = _NAME_BEHIND.match(text, end)
    tokens = list(TOKEN.finditer(text, comma.end(), comma.end() + 40))[:3] if comma else []
    for token in reversed(tokens):
        name = text[tokens[0].start() : token.end()]
        if name[0].isupper() and "\n" not in name and (len(name) > 2 or name.isupper()):
            within = region_or_country(known, name)
            if within:
                return within, token.end() - (1 if name.endswith(".") and name.count(".") == 1 else 0)
    return None, end


def region_or_country(known: Gazetteer, name: str) -> Place | None:
    """A region or country by name or code; a postal code behind it does not matter."""
    name = _ZIP.sub("", name)
    if _CODE.fullmatch(name.upper()) and name.upper() in known.region_codes:
        return known.region_codes[name.upper()]
    key = fold(name)
    return known.regions.get(key) or known.countries.get(key) or known.cased.get(name) or known.cased.get(f"{name}.")
