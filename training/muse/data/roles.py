"""Requests as recruiters write them, made from what people of a population do, in other words than theirs."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from random import Random

from pydantic import BaseModel, ConfigDict

from agents.policy import screen
from offline.synthetic.sources import PROTECTED
from offline.synthetic.tasks import parse
from retrieval.addressed import about
from retrieval.schema import Profile
from retrieval.snapshot import Snapshot
from retrieval.text_index import analyze
from training.muse.data.made import lot
from training.muse.data.onet import Occupation, Onet
from training.muse.data.titles import trained_titles
from training.muse.data.unseen import Unseen
from training.muse.data.wording import Wording, plain_title

LOOKED_AT = 20_000
"""People that a request may start from, at most."""
A_TITLE, LEAST = 0.02, 5
"""Share of the requests that may name one title, and how many always may: a population has many of some trades."""
DEED = 11
"""Words of something done, at most; the rest of the sentence is left out."""
_RANK = re.compile(r"^(?:senior|sr\.?|junior|jr\.?|lead|assistant|associate|chief|head|principal)\s+", re.IGNORECASE)
_BRAND = re.compile(r"^(?:Microsoft|Adobe Systems|Adobe|Oracle|Intuit|Autodesk|SAP|IBM|Google)\s+(?=\S)")
_ENDS = re.compile(
    r",? (?:such as|including|using|according to|in order to|to (?:ensure|determine|obtain)|based on|by) .*$"
)
_LOOSE = re.compile(r"(?:,| (?:and|or|of|for|to|with|in|on|the|a|an|by|from|such|as|is|are|be|not|that|their))+$")
_WORDS = ("", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_FIELD = re.compile(r"\{(\w+)\}")


class Asked(BaseModel):
    """A request that was made up."""

    model_config = ConfigDict(frozen=True)

    qid: str
    text: str


class Requests:
    """Makes up requests from a snapshot's people. A title or skill is said only if several people or public lists have
    it; employers, places, names and dates never are, and a request in which the policy screen finds anything is
    thrown away."""

    def __init__(self, snapshot: Snapshot, onet: Onet, unseen: Unseen, *, seed: int = 0) -> None:
        self._snapshot = snapshot
        self._onet = onet
        self._unseen = unseen
        self._seed = seed
        self._titles = trained_titles(onet, unseen, seed=seed)
        self._by_title: dict[str, list[Occupation]] = {}
        for occupation in onet.occupations:
            for title in self._titles.get(occupation.id, ()):
                self._by_title.setdefault(_key(title), []).append(occupation)
        hidden = onet.unseen_tasks
        told: dict[str, list[str]] = {}
        for activity, text in onet.trained.items():
            if not unseen.meets(text):
                for task in onet.of_activity.get(activity, ()):
                    told.setdefault(task, []).append(text)
        self._doing = {
            occupation.id: list(
                dict.fromkeys(
                    text
                    for task in occupation.tasks
                    if task not in hidden
                    for text in (onet.tasks[task], *told.get(task, ()))
                )
            )
            for occupation in onet.occupations
        }

    def make(self, count: int, *, progress: Callable[[int, int], None] = lambda *_: None) -> list[Asked]:
        """At most `count` requests, all different; the same for the same population and seed."""
        order = sorted(self._snapshot.alive, key=lambda row: lot(self._seed, self._snapshot.member_id(row)))[:LOOKED_AT]
        people: list[Profile] = []
        for number, row in enumerate(order, 1):
            people.append(self._slim(about(self._snapshot.profile(row))))
            progress(number, len(order))
        public = [title for named in self._titles.values() for title in named]
        wording = Wording.of(people, public=public)
        made: list[Asked] = []
        seen: set[str] = set()
        named: Counter[str] = Counter()
        for turn in range(3):  # a person may give rise to three requests, in other styles
            for profile in people:
                if len(made) == count:
                    return made
                chance = Random(lot(self._seed, turn, profile.member_id))  # noqa: S311 -- no secret is drawn
                text, title = self._request(profile, wording, chance)
                key = _key(text)
                if (
                    not text
                    or key in seen
                    or named[_key(title)] >= max(LEAST, A_TITLE * count)
                    or not self._allowed(text)
                ):
                    continue
                seen.add(key)
                named[_key(title)] += bool(title)
                made.append(Asked(qid=f"g{len(made) + 1:05}", text=text))
        return made

    def _slim(self, profile: Profile) -> Profile:
        """What requests are made from, without the text, which would fill the memory."""
        return Profile(
            member_id=profile.member_id,
            text="",
            headline=profile.headline,
            positions=tuple(job.model_copy(update={"span": None, "details": None}) for job in profile.positions[:4]),
            skills=profile.skills[:40],
            years_experience=profile.years_experience,
        )

    def _allowed(self, text: str) -> bool:
        return (
            len(text.split()) > 2
            and not PROTECTED.search(text)
            and not self._unseen.meets(text)
            and not screen(text).refused
        )

    def _request(self, profile: Profile, wording: Wording, chance: Random) -> tuple[str, str]:
        """A request and the title in it; both empty where the profile says too little that may be said."""
        slots = self._slots(profile, wording, chance)
        fitting = [style for style in _styles() if _names(style) <= slots.keys()]
        if not fitting:
            return "", ""
        # Longer styles need more and would be rarer than among recruiters; few ask for skills alone.
        weights = [
            len(_names(one)) * (1.0 if "title" in _names(one) or "title" not in slots else 0.3) for one in fitting
        ]
        style = chance.choices(fitting, weights=weights)[0]
        text = re.sub(_FIELD, lambda slot: _filled(slot[1], slots), style)
        if chance.random() < 0.25:
            text = text.lower()
        return text, slots.get("title", "")

    def _slots(self, profile: Profile, wording: Wording, chance: Random) -> dict[str, str]:
        slots: dict[str, str] = {}
        own = [title for job in profile.positions if (title := wording.title(job.title))]
        own = own or [title for title in [wording.title(profile.headline)] if title]
        occupation = None
        if own:
            title = chance.choice(own[:2])
            occupation = self._occupation(title, chance)
            if occupation and chance.random() < 0.5:
                title = plain_title(chance.choice(self._titles[occupation.id])) or title
            slots["title"] = _lowered(title)
            slots["a"] = "an" if slots["title"][0] in "aeiouAEIO" else "a"
        if occupation:
            others = [_lowered(other) for one in self._titles[occupation.id] if (other := plain_title(one))]
            others = [other for other in others if _key(other) != _key(slots["title"])]
            if others:
                slots["other"] = chance.choice(others)
            tools = [tool for one in occupation.technologies if len(tool := _BRAND.sub("", one)) < 28]
            if tools:
                slots["tool"] = chance.choice(tools)
            slots |= _deeds(self._doing[occupation.id], chance)
        skills = list(dict.fromkeys(skill for one in profile.skills if (skill := wording.skill(one.name))))
        chance.shuffle(skills)
        for number, skill in enumerate(skills[:3], 1):
            slots[f"skill{number}" if number > 1 else "skill"] = skill
        if profile.years_experience and profile.years_experience >= 2:
            least = max(1, min(15, round(profile.years_experience * chance.uniform(0.4, 0.9))))
            slots["years"] = chance.choice(_said()["years"]).format(
                n=least, word=_WORDS[least] if least < len(_WORDS) else least
            )
        return slots

    def _occupation(self, title: str, chance: Random) -> Occupation | None:
        """One that has the title, or else the longest title that stands in this one, of two words at least."""
        terms = analyze(_RANK.sub("", title))
        there = self._by_title.get(_key(title)) or next(
            (
                found
                for length in range(len(terms), 1, -1)
                for start in range(len(terms) - length, -1, -1)
                if (found := self._by_title.get(" ".join(terms[start : start + length])))
            ),
            None,
        )
        return chance.choice(there) if there else None


def _deeds(doing: list[str], chance: Random) -> dict[str, str]:
    """Two things done, each in three forms."""
    slots: dict[str, str] = {}
    for text in chance.sample(doing, min(6, len(doing))):
        task = parse(text)
        if task is None or "do2" in slots:
            continue
        number = "2" if "do" in slots else ""
        told = {
            name: _short(task.tell(Random(lot(text)), tense=tense))  # noqa: S311 -- the same words in each form
            for name, tense in (("do", "present"), ("doing", "gerund"), ("did", "past"))
        }
        if all(told.values()):
            slots |= {f"{name}{number}": words for name, words in told.items()}
    return slots


def _short(told: str) -> str:
    """At most `DEED` words, without examples and purposes; empty where that leaves no sentence."""
    words = _ENDS.sub("", told).split()
    if len(words) > DEED:
        words = re.split(
            r",? (?:and|or|for|with|in|on|at|from|by|to|that|which) (?!.* (?:and|or) )", " ".join(words), maxsplit=1
        )[0].split()
    said = _LOOSE.sub("", " ".join(words))
    return said[0].lower() + said[1:] if 2 <= len(said.split()) <= DEED else ""


def _lowered(title: str) -> str:
    """In lower case, but for words that are all capitals ("HR Manager": "HR manager"), unless all are."""
    if title.isupper() and len(title) > 5:
        return title.lower()
    return " ".join(word if word.isupper() else word.lower() for word in title.split())


def _filled(name: str, slots: Mapping[str, str]) -> str:
    said = slots[name.lower()]
    return said[0].upper() + said[1:] if name[0].isupper() else said


@cache
def _said() -> dict[str, list[str]]:
    found: dict[str, list[str]] = tomllib.loads(files(__package__).joinpath("roles.toml").read_text(encoding="utf-8"))
    return found


def _styles() -> list[str]:
    return _said()["styles"]


@cache
def _names(style: str) -> frozenset[str]:
    return frozenset(name.lower() for name in _FIELD.findall(style))


def _key(text: str) -> str:
    return " ".join(analyze(text))
