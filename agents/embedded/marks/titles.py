"""The mark for job titles: what the person is called against what is looked for."""

from __future__ import annotations

import re
from dataclasses import dataclass

from agents.embedded.marks.brief import Asked
from agents.embedded.marks.evidence import Reading
from agents.embedded.marks.matching import Rarity, match
from agents.embedded.marks.nearness import Nearest, nearest
from agents.embedded.marks.stated import current_title, settled
from agents.verdict import Evidence, Mark, MarkValue
from retrieval.schema import Importance, Profile

# Shares of the title's words (weighted by rarity) that a title of the person has.
SAME_WORDS, SOME_WORDS = 0.9, 0.45
# Nearness: cosine of the title with the three nearest passages (what the person does), lifted a little by its words in
# the person's titles and text. Fitted to development grades; see docs/guard.md.
BY_TITLE, BY_TEXT = 0.12, 0.12
NEAR, RELATED = 0.70, 0.52
_WORD = re.compile(r"[^\W\d_]+")
RECENT = 2  # positions that count as what the person is now


@dataclass(frozen=True, slots=True)
class Called:
    """One title a person holds or held."""

    text: str
    evidence: Evidence | None
    recent: bool


@dataclass(frozen=True, slots=True)
class Held:
    """A title held: the share of the wanted title's words that it has, and whether it is a recent one."""

    same: float
    recent: bool


def held_titles(asked: Asked, profile: Profile, reading: Reading, rarity: Rarity) -> tuple[Held, ...]:
    """Every title the person holds or held, against the wanted one."""
    return tuple(Held(_same(asked, one.text, rarity), one.recent) for one in _called(profile, reading))


def title(asked: Asked, profile: Profile, reading: Reading, rarity: Rarity, work: Nearest | None) -> Mark:
    """Met where a recent title says the same, or the work described does; an earlier or a related title is partly.

    `work` are the passages nearest to the title; without them only words count.
    """
    scored = [(_same(asked, item.text, rarity), item) for item in _called(profile, reading)]
    recent = max((pair for pair in scored if pair[1].recent), key=lambda pair: pair[0], default=None)
    earlier = max((pair for pair in scored if not pair[1].recent), key=lambda pair: pair[0], default=None)
    words = recent[0] if recent else 0.0
    near = None
    if work is not None:
        near = work.mean + BY_TITLE * words + BY_TEXT * match(asked.need, reading, rarity).strength
    wish, shown = asked.qualification, current_title(profile, reading)
    mark = settled(wish, MarkValue.NOT_SHOWN)
    if recent and words >= SAME_WORDS:
        mark = settled(wish, MarkValue.MET, [recent[1].evidence])
    elif wish.importance is Importance.EXCLUDE:
        pass  # nobody is left out for a title that only sounds alike
    elif near is not None and work is not None and near >= NEAR:
        mark = settled(wish, MarkValue.MET, [*shown[:1], nearest(asked, work.span, reading)], "by the work described")
    elif earlier and earlier[0] >= SAME_WORDS:
        mark = settled(wish, MarkValue.PARTLY, [earlier[1].evidence], "an earlier position")
    elif near is None or work is None:
        if recent and words >= SOME_WORDS:
            mark = settled(wish, MarkValue.PARTLY, [recent[1].evidence], "related")
    elif near >= RELATED:
        said = recent[1].evidence if recent and words else nearest(asked, work.span, reading)
        mark = settled(wish, MarkValue.PARTLY, [said, *shown[:1]], "related")
    return mark


def _same(asked: Asked, held: str, rarity: Rarity) -> float:
    """Share of the wanted title's words that a held one has; all of them where one is the other's initials."""
    for wanted in asked.qualification.value.split(" or "):
        if _initials(wanted) in _WORD.findall(held) or _is_initials(wanted, held):
            return 1.0
    return match(asked.need, Reading(held, whole=False), rarity).strength


def _initials(title: str) -> str | None:
    """RN for "registered nurse"; none for a single word."""
    words = _WORD.findall(title)
    return "".join(word[0] for word in words).upper() if len(words) > 1 else None


def _is_initials(short: str, title: str) -> bool:
    """Whether `short` is nothing but the initials, in capitals, of words side by side in `title`."""
    initials = "".join(word[0] for word in _WORD.findall(title)).upper()
    return len(short) > 1 and short.isupper() and short in initials


def _called(profile: Profile, reading: Reading) -> list[Called]:
    """Headline and titles; a text without either goes by its first line."""
    found = [
        Called(position.title, reading.fact(position.span, position.title), index < RECENT)
        for index, position in enumerate(profile.positions)
        if position.title
    ]
    if profile.headline:
        found.insert(0, Called(profile.headline, reading.fact(profile.headline_span, profile.headline), True))
    opening = reading.opening() if not found else None
    if opening:
        found.append(Called(opening.quote, opening, True))
    return found
