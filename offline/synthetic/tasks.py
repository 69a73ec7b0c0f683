"""O*NET tasks retold the way people tell their own work: other tense, other verb, fewer examples."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from random import Random

from offline.synthetic.dice import one
from offline.synthetic.sources import PROTECTED, esco_deeds, occupation_tasks
from offline.synthetic.verbs import gerund, past
from offline.synthetic.vocabulary import words

# Verbs that are nouns as well: after "and" they are more often the noun, so only the leading ones are inflected.
_NOUNS = frozenset(words("nouns"))
_ADVERB = re.compile(r"^(?!apply|supply|rely|comply|reply|multiply|fly)[a-z]+ly$")
_LISTED = re.compile(r"^(?:(?P<more>(?:, [a-z-]+)*),? (?:and/or|or|and) (?P<last>[a-z-]+))(?= )")
_LATER = re.compile(r"(?P<joint>,? (?:and|or) |, )(?P<verb>[a-z-]+)(?= )")
_OTHER_CLAUSE = re.compile(r"\b(?:that|which|who|how|whether|can|may|must|will|could|should|if|when|what)\b")
_INFINITIVE = re.compile(r"\bto ([a-z-]+)")
_EXAMPLES = re.compile(r"^(?P<head>.+?),? (?:such as|including) (?P<examples>[^.;:()]+)$")
_DANGLING = re.compile(r",?(?: (?:and|or|to|of|for|the|a|an|in|on|by|with|from))+$|,$")
_PURPOSE = re.compile(
    r"^(?P<head>.{35,}?),? (?:to (?:determine|ensure|obtain|identify|maintain|meet|provide|assess|improve"
    r"|verify|facilitate|prevent|make|achieve|increase|assist)|in order to|so that|according to|based on)\b.*$"
)

_SYNONYMS = {
    "advise": ("counsel", "guide"), "analyze": ("study", "examine"), "arrange": ("organize", "set up"),
    "assess": ("evaluate", "gauge"), "assist": ("help", "support"), "compile": ("gather", "assemble"),
    "conduct": ("carry out", "run"), "confer": ("consult", "meet"), "coordinate": ("organize", "arrange"),
    "create": ("build", "develop"), "design": ("devise", "plan"), "determine": ("establish", "work out"),
    "develop": ("build", "create"), "direct": ("lead", "oversee"), "establish": ("set up", "put in place"),
    "evaluate": ("assess", "judge"), "examine": ("check", "study"), "explain": ("describe", "present"),
    "identify": ("find", "pinpoint"), "implement": ("put in place", "roll out"), "inspect": ("check", "examine"),
    "instruct": ("teach", "coach"), "maintain": ("keep up", "look after"), "manage": ("run", "oversee"),
    "measure": ("gauge", "take measurements of"), "monitor": ("track", "keep watch on"), "obtain": ("get", "gather"),
    "operate": ("run", "handle"), "perform": ("carry out", "handle"), "prepare": ("produce", "put together"),
    "provide": ("deliver", "give"), "recommend": ("propose", "suggest"), "record": ("log", "document"),
    "repair": ("fix", "restore"), "resolve": ("settle", "sort out"), "review": ("check", "go over"),
    "select": ("choose", "pick"), "supervise": ("oversee", "manage"), "train": ("coach", "teach"),
    "verify": ("check", "confirm"), "write": ("draft", "compose"), "collect": ("gather", "pull together"),
    "investigate": ("look into", "examine"), "test": ("try out", "check"), "install": ("fit", "set up"),
    "calculate": ("work out", "compute"), "negotiate": ("agree", "settle"), "research": ("study", "look into"),
}  # fmt: skip


@cache
def _verbs() -> frozenset[str]:
    firsts = {deed.partition(" ")[0] for deed in esco_deeds()}
    firsts |= {task.split()[0].strip(",").lower() for tasks in occupation_tasks().values() for task in tasks}
    return frozenset(word for word in firsts if not _ADVERB.match(word) and word.isascii()) - {"may", "under", "one"}


_TENSES: dict[str, Callable[[str], str]] = {"past": past, "present": str, "gerund": gerund}


@cache
def _deeds() -> frozenset[str]:
    return frozenset(esco_deeds())


def deed(skill: str) -> bool:
    """Whether a skill is worded as something done: `Handle complaints`, but not `Report writing`."""
    return skill[0].lower() + skill[1:] in _deeds()


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One O*NET task, taken apart: adverb, leading verbs, the rest; `later` marks further verbs in the rest."""

    words: str
    adverb: str
    verbs: tuple[str, ...]
    rest: str
    examples: tuple[str, ...]

    def tell(self, chance: Random, *, tense: str) -> str:
        """The task in a person's own words, without a full stop; `tense` is `past`, `present` or `gerund`."""
        inflect = _TENSES[tense]
        verbs = list(self.verbs)
        if len(verbs) > 1 and chance.random() < 0.35:
            verbs = [one(chance, verbs)]
        if len(verbs) == 1 and chance.random() < 0.4:
            verbs = [one(chance, _SYNONYMS.get(verbs[0], (verbs[0],)))]
        told = [inflect(verb) for verb in verbs]
        rest = self.rest
        whole = rest
        if len(rest) > 70 and chance.random() < 0.55 and (cut := _PURPOSE.match(rest)):
            rest = _DANGLING.sub("", cut["head"])
        rest = _DANGLING.sub("", _inflect_later(rest, tense))
        if self.examples and len(rest) >= len(whole) and chance.random() < 0.5:
            kept = self.examples[: 1 + int(chance.random() * min(3, len(self.examples)))]
            rest = f"{rest}, {'such as' if chance.random() < 0.5 else 'including'} {_series(kept)}"
        words = f"{self.adverb} {_series(told)} {rest}".strip()
        return words[0].upper() + words[1:]


def _series(items: list[str] | tuple[str, ...]) -> str:
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])}{',' if len(items) > 2 else ''} and {items[-1]}"


def _inflect_later(rest: str, tense: str) -> str:
    """Further verbs of the sentence ("... and remove parts") take the tense of the leading ones.

    Where a word could be a noun as well ("and control panel hookups"), the sentence ends before it: right either way.
    """
    if tense == "present":
        return rest
    inflect = past if tense == "past" else gerund
    told: list[str] = []
    at = 0
    for match in _LATER.finditer(rest):
        verb = match["verb"]
        before = rest[: match.start()]
        if verb not in _verbs() or _OTHER_CLAUSE.search(before):
            continue
        if any(infinitive[1] in _verbs() for infinitive in _INFINITIVE.finditer(before)):
            continue
        if verb in _NOUNS or match["joint"] == ", ":
            if match.start() > 8:
                return _closed("".join(told) + rest[at : match.start()])
            continue
        told += [rest[at : match.start()], match["joint"], inflect(verb)]
        at = match.end()
    return "".join(told) + rest[at:]


def _closed(cut: str) -> str:
    """A list that lost its last members ends with "and" again: `memos, letters` -> `memos and letters`."""
    head, comma, last = cut.rpartition(", ")
    short = (
        len(last.split()) <= 4
        and not last.startswith(("using ", "such ", "including ", "and ", "or "))
        and "ing " not in last
    )
    return f"{head} and {last}" if comma and short and " and " not in last else cut


@cache
def parse(task: str) -> Task | None:
    """Take an O*NET task apart; `None` where it does not start with a verb or speaks of what profiles never say."""
    if PROTECTED.search(task):
        return None
    words = task.rstrip(". ")
    words = words[0].lower() + words[1:]
    adverb = ""
    first, _, rest = words.partition(" ")
    if _ADVERB.match(first):
        adverb = first
        first, _, rest = rest.partition(" ")
    verbs = [first.rstrip(",")]
    rest = f", {rest}" if first.endswith(",") else f" {rest}"
    if (listed := _LISTED.match(rest)) and not listed["last"].endswith(("ly", "ing", "ed")):
        verbs += [*filter(None, listed["more"].split(", ")), listed["last"]]
        rest = rest[listed.end() :]
    elif first.endswith(","):
        return None
    if verbs[0] not in _verbs() or len(rest) < 10:
        return None
    rest = rest.strip()
    if "whether" not in rest and " or more" not in rest and " or not" not in rest:
        rest = rest.replace(" and/or ", " and ").replace(" or ", " and ")
    examples: tuple[str, ...] = ()
    if found := _EXAMPLES.match(rest):
        comma = ", " in found["examples"]
        listed_examples = re.split(r", and |, " if comma else " and ", found["examples"])
        if all(0 < len(example.split()) <= 5 for example in listed_examples):
            rest, examples = found["head"], tuple(listed_examples)
    return Task(words=task, adverb=adverb, verbs=tuple(verbs), rest=rest, examples=examples)
