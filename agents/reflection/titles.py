"""What people of the pool are called: other names for the job, when those who fit it bear them.

Profiles are untrusted text, so only what reads like a job title is taken, and only where several people of the
population bear it: no single profile steers a search.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from itertools import islice

from pydantic import BaseModel, ConfigDict, Field

from agents.policy import screen
from retrieval.lexicon.seniority import find_seniority
from retrieval.lexicon.titles import singular, title_nouns
from retrieval.schema import Criterion, Importance, Profile, Role

LONGEST = 5
"""Words of a title."""
BEARERS = 3
"""People of the population who have to bear a title: fewer are not worth searching for, or made it up."""
MOST = 6
"""Titles to choose from."""

_APART = re.compile(r"[,/|;:()&\[\]]| - |\band\b", re.IGNORECASE)
_NUMBER = re.compile(r"\b(?:[ivx]+|\d+)\b", re.IGNORECASE)
_WORDS = re.compile(r"[a-z][a-z'-]*(?: [a-z][a-z'-]*)*")


class TitleSeen(BaseModel):
    """A title and how many of those who were read bear it, and how many of these passed."""

    model_config = ConfigDict(frozen=True)

    title: str
    people: int = Field(ge=1)
    passed: int = Field(ge=0)


def titles_seen(
    read: Iterable[tuple[Profile, bool]], role: Role, *, bearers: Callable[[str], int]
) -> tuple[TitleSeen, ...]:
    """Titles that add something to `role`, of people who passed; the most telling first.

    `read` are profiles with whether they passed; `bearers` counts those of the whole population who bear a title.
    """
    people: Counter[str] = Counter()
    passed: Counter[str] = Counter()
    for profile, good in read:
        titles = titles_of(profile)
        people.update(titles)
        passed.update(titles if good else ())
    telling = sorted(passed, key=lambda title: (people[title] - 2 * passed[title], title))
    fit = (title for title in telling if usable(title, role) and bearers(title) >= BEARERS)
    return tuple(TitleSeen(title=title, people=people[title], passed=passed[title]) for title in islice(fit, MOST))


def titles_of(profile: Profile) -> tuple[str, ...]:
    """What somebody is now, in plain small letters, without level and number ("Accounting Clerk II / Cashier" is two
    titles)."""
    latest = next((position.title for position in profile.positions if position.title), profile.headline or "")
    return tuple(dict.fromkeys(plain for part in _APART.split(latest) if (plain := _plain(part))))


def _plain(title: str) -> str:
    """One title as one writes it in a request; empty for what does not read like one."""
    for span, _ in reversed(find_seniority(title)):
        title = f"{title[: span.start]} {title[span.end :]}"
    words = _NUMBER.sub(" ", title.lower().replace(".", " ")).split()
    if not 1 <= len(words) <= LONGEST or singular(words[-1]) not in title_nouns():
        return ""
    plain = " ".join(words)
    return plain if _WORDS.fullmatch(plain) else ""


def usable(title: str, role: Role) -> bool:
    """Whether a title may be searched for: it says something new, nothing that is excluded, nothing refused."""
    words = _stems(title)
    named = [one for one in role.titles if one.importance is not Importance.EXCLUDE]
    if any(words <= _stems(one.value) for one in named) or words <= _stems(role.text):
        return False
    return not any(_stems(one.value) <= words for one in excluded(role)) and not screen(title).refused


def excluded(role: Role) -> tuple[Criterion, ...]:
    """Everything that `role` does not want, as criteria."""
    return tuple(one for one in role.requirements() if one.importance is Importance.EXCLUDE)


def _stems(text: str) -> frozenset[str]:
    return frozenset(singular(word) for word in re.findall(r"[a-z0-9+#]+", text.lower()))
