"""Which criteria of a role a few words speak of: by kind ("the degree"), by words, or as the same place."""

from __future__ import annotations

import re
from collections.abc import Sequence

from agents.embedded.grammar import expression, words
from agents.reading import Drop, Reading, Wish
from agents.role_of import criteria
from retrieval.lexicon import resolve
from retrieval.schema import Criterion, Importance, Kind, Role

_KINDS = {
    kind: expression(f"edits.{kind}")
    for kind in (
        Kind.LOCATION,
        Kind.YEARS,
        Kind.EDUCATION,
        Kind.SENIORITY,
        Kind.LANGUAGE,
        Kind.COMPANY,
        Kind.INDUSTRY,
        Kind.SKILL,
        Kind.CERTIFICATION,
    )
}
_TAIL = expression("edits.tail")
_HEAD = expression("edits.head")
_SMALL = words("edits.small")


def matching(what: str, role: Role) -> tuple[Drop, ...]:
    """The criteria that `what` names; those worded exactly so first."""
    plain = _TAIL.sub("", _HEAD.sub("", what.strip(" .,!?\"'"))).strip()
    if not plain:
        return ()
    known = criteria(role)
    for kind, named in _KINDS.items():
        found = tuple(drop for drop in known if drop.kind is kind)
        if found and named.fullmatch(plain):
            return found
    exact = [drop for drop in known if drop.value.lower() == plain.lower()]
    asked = tokens(plain)
    places = _same_places(plain, role)
    near = [
        drop
        for drop in known
        if _near(asked, tokens(drop.value)) or (drop.kind is Kind.LOCATION and drop.value in places)
    ]
    return tuple(dict.fromkeys([*exact, *near]))


def tokens(text: str) -> set[str]:
    """Words that tell criteria apart, lower-cased, plurals as one."""
    found = re.findall(r"[^\W_][\w+#&'/-]*", text.lower())
    plain = {word for word in found if word not in _SMALL}
    return {word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word for word in plain}


def replaced(added: Reading, role: Role) -> tuple[Drop, ...]:
    """The old criteria that new ones of their kind take the place of."""
    drops: list[Drop] = []
    pairs: tuple[tuple[Kind, Sequence[Wish], Sequence[Criterion]], ...] = (
        (Kind.TITLE, added.titles, role.titles),
        (Kind.LOCATION, added.locations, role.locations),
        (Kind.SENIORITY, added.seniority, role.seniority),
        (Kind.EDUCATION, added.education, role.education),
        (Kind.LANGUAGE, added.languages, role.languages),
        (Kind.INDUSTRY, added.industries, role.industries),
        (Kind.COMPANY, added.companies, role.companies),
    )
    for kind, new, old in pairs:
        if any(wish.importance is not Importance.EXCLUDE for wish in new):
            said = {wish.words.lower() for wish in new}
            wanted = [one for one in old if one.importance is not Importance.EXCLUDE]
            drops += [Drop(kind=kind, value=one.value) for one in wanted if one.value.lower() not in said]
    return tuple(drops)


def contradicted(added: Reading, role: Role) -> tuple[Drop, ...]:
    """What was wanted and is now excluded, or the other way round."""
    lists = (role.titles, role.seniority, role.locations, role.skills, role.industries, role.languages, role.companies)
    old = [one for several in (*lists, role.education, role.qualifications) for one in several]
    drops: list[Drop] = []
    for wish in added.wishes():
        excluded = wish.importance is Importance.EXCLUDE
        opposed = {one.value for one in old if (one.importance is Importance.EXCLUDE) is not excluded}
        asked = tokens(wish.words)
        drops += [drop for drop in matching(wish.words, role) if drop.value in opposed and tokens(drop.value) <= asked]
    return tuple(dict.fromkeys(drops))


def _near(asked: set[str], own: set[str]) -> bool:
    return bool(asked) and bool(own) and (asked <= own or own <= asked)


def _same_places(plain: str, role: Role) -> set[str]:
    place = resolve(plain)
    if place is None:
        return set()
    same = (place.name, place.kind)
    return {one.value for one in role.locations if one.place and (one.place.name, one.place.kind) == same}
