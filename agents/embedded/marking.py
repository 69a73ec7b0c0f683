"""A mark per requirement, in this process: facts where the profile has them, else words and meaning, always quoted."""

from __future__ import annotations

from collections.abc import Sequence

from agents.embedded.marks import schooling, stated, titles, whereabouts
from agents.embedded.marks.brief import Asked, Briefs
from agents.embedded.marks.evidence import Reading
from agents.embedded.marks.matching import Match, match
from agents.embedded.marks.nearness import Passages, nearest
from agents.embedded.marks.needs import Need
from agents.embedded.marks.population import NoPopulation, Population
from agents.embedded.marks.sheet import Sheet
from agents.embedded.marks.standing import Standing
from agents.embedded.marks.stated import settled
from agents.verdict import Evidence, Mark, MarkValue
from retrieval.addressed import about
from retrieval.schema import Importance, Kind, Profile, Qualification, Role

# Share of a requirement's words that the profile shows (weighted by rarity), alone or backed by a passage whose cosine
# lies that many deviations above the usual one. Set by reading marks of development pairs; see docs/guard.md.
MET_WORDS, MET_BACKED, MET_MEANT = 0.75, (0.55, 2.5), (0.5, 4.0)
PARTLY_WORDS, PARTLY_BACKED, PARTLY_MEANT = 0.42, (0.2, 2.5), (0.0, 4.5)


class Marker:
    """Marks profiles against roles. Thread-safe."""

    def __init__(self, population: Population | None = None) -> None:
        self._population: Population = population or NoPopulation()
        self._briefs = Briefs(self._population)
        self._standing = Standing(self._population)

    def mark(
        self, role: Role, profile: Profile, requirements: Sequence[Qualification] | None = None
    ) -> tuple[Mark, ...]:
        """One mark a requirement, in order; every quote equals `profile.text` at its span."""
        return self.read(role, profile, requirements).marks

    def read(self, role: Role, profile: Profile, requirements: Sequence[Qualification] | None = None) -> Sheet:
        """The marks, with everything that they were made from."""
        reading = Reading(profile.text)
        asked = self._briefs.prepare(role.requirements() if requirements is None else requirements)
        known = about(self._population.stored(profile.member_id, profile.text) or profile)
        passages = self._standing.passages(known, reading)
        return Sheet(
            role=role,
            profile=known,
            reading=reading,
            asked=asked,
            passages=passages,
            marks=tuple(self._mark(one, role, known, reading, passages) for one in asked),
            rarity=self._population.rarity,
        )

    def _mark(
        self,
        asked: Asked,
        role: Role,
        profile: Profile,
        reading: Reading,
        passages: Passages,
    ) -> Mark:
        wish = asked.qualification
        if wish.kind is Kind.TITLE:
            return titles.title(asked, profile, reading, self._population.rarity, passages.nearest(asked))
        told = self._told(wish, role, profile, reading)
        if told is not None:
            return told
        shown = self._shown(asked, reading, passages)
        if wish.kind is Kind.INDUSTRY:
            return stated.industry(wish, profile, reading, shown)
        return stated.certification(wish, profile, reading, shown) if wish.kind is Kind.CERTIFICATION else shown

    def _told(self, wish: Qualification, role: Role, profile: Profile, reading: Reading) -> Mark | None:
        """The mark by a structured field; `None` for requirements that only the text can answer."""
        told: Mark | None = None
        match wish.kind:
            case Kind.YEARS:
                told = stated.years(wish, role, profile, reading)
            case Kind.SENIORITY:
                told = stated.seniority(wish, role, profile, reading)
            case Kind.LOCATION:
                told = whereabouts.location(wish, role, profile, reading)
            case Kind.EDUCATION:
                told = schooling.education(wish, role, profile, reading)
            case Kind.LANGUAGE:
                told = stated.language(wish, profile, reading)
            case Kind.COMPANY:
                told = stated.company(wish, profile, reading)
        return told

    def _shown(self, asked: Asked, reading: Reading, passages: Passages) -> Mark:
        """The mark by the words of the text, backed by the meaning of its passages."""
        found = match(asked.need, reading, self._population.rarity)
        near = passages.nearest(asked)
        excluded = asked.qualification.importance is Importance.EXCLUDE
        value = _value(found.strength, near.surprise if near else 0.0)
        if excluded and found.strength < MET_WORDS:
            value = MarkValue.NOT_SHOWN
        if value is MarkValue.MET and _lacks_a_name(asked.need, found):
            value = MarkValue.PARTLY
        shown = quotes(found, reading)
        if value is not MarkValue.NOT_SHOWN and found.strength < PARTLY_WORDS and near is not None:
            return settled(
                asked.qualification, value, [nearest(asked, near.span, reading), *shown], "said in other words"
            )
        missing = [item.thing.text for item in found.found if item.strength < 0.5]
        note = f"not found: {', '.join(missing)}" if missing and value is MarkValue.PARTLY else ""
        return settled(asked.qualification, value, shown, note)


def _value(strength: float, surprise: float) -> MarkValue:
    if strength >= MET_WORDS or any(
        strength >= words and surprise >= meant for words, meant in (MET_BACKED, MET_MEANT)
    ):
        return MarkValue.MET
    partly = (PARTLY_BACKED, PARTLY_MEANT)
    if strength >= PARTLY_WORDS or any(strength >= words and surprise >= meant for words, meant in partly):
        return MarkValue.PARTLY
    return MarkValue.NOT_SHOWN


def _lacks_a_name(need: Need, found: Match) -> bool:
    """Whether something asked for by name (CPA, QuickBooks) is nowhere: meaning cannot stand in for a name."""
    return any(
        item.strength < 0.5
        and all(any(stem in need.names for stem in alternative) for alternative in item.thing.alternatives)
        for item in found.found
    )


def quotes(found: Match, reading: Reading) -> list[Evidence | None]:
    """A quote for each thing found, the strongest and rarest first."""
    things = sorted(found.found, key=lambda item: -item.strength * item.weight)
    ranges = [
        (reading.words[item.places[0]].start, reading.words[item.places[-1]].end) for item in things if item.places
    ]
    return [reading.quote(start, end) for start, end in ranges]
