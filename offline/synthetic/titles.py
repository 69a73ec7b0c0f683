"""Titles as people write them, from O*NET's plural names of occupations."""

from __future__ import annotations

import re
from functools import cache

from offline.synthetic.vocabulary import read, words

_KEEP = frozenset({"Sales", "Operations", "Systems", "Sciences", "Services", "Communications", "Relations", "Affairs"})
_IRREGULAR = {"Craftsmen": "Craftsman", "Foremen": "Foreman", "Masons": "Mason", "Geodesists": "Geodesist"}
_TRADE_TAIL = re.compile(r" (?:Setters|Tool Setters), Operators, and Tenders\b.*")
_BARE = frozenset(words("bare")) | {"Service Technician"}
_SCHOOL = ", Postsecondary"


@cache
def usual_titles(occupation: str) -> tuple[str, ...]:
    """Titles for an O*NET occupation, the most usual first: `Accountants and Auditors` -> Accountant, Auditor ..."""
    listed = read("titles").get(occupation)
    if listed:
        return tuple(listed)
    first, *others = dict.fromkeys(_from_name(occupation))
    return (first, *(title for title in others if title not in _BARE))


def _from_name(name: str) -> list[str]:
    if name.endswith(_SCHOOL):
        return [_subject(name)]
    for start, end in (("Helpers--", "Helper"), ("First-Line Supervisors of ", "Supervisor")):
        if name.startswith(start):
            return [f"{singular(name.removeprefix(start).partition(', ')[0])} {end}"]
    name = re.sub(r",? (?:Except|Including) .*|, (?:General|All Other)$|/.*", "", name)
    name = _TRADE_TAIL.sub(" Operators", name)
    name = re.sub(r",? (?:Operators and Tenders|Operators, and Tenders).*", " Operators", name)
    name = re.sub(r" and (?:Technicians|Specialists|Related Workers|Related \w+)$", "", name)
    return _of_parts([part for part in re.split(r", and |, | and ", name) if part])


def _of_parts(parts: list[str]) -> list[str]:
    """Titles from a list of names, where the last may hold the noun of all (`Soil and Plant Scientists`)."""
    *modifiers, last = parts
    tail = last.split()
    if modifiers and "Machine" in tail:
        machine = " ".join(tail[tail.index("Machine") :])
        return [f"{modifiers[0].partition(' ')[0]} {singular(machine)}"]
    if _person(parts[0]):
        return [singular(part) for part in parts if _person(part)][:2]
    if not modifiers or not _person(tail[-1]):
        return [singular(parts[0])]
    return [*(singular(f"{part} {tail[-1]}") for part in modifiers[:2]), singular(last)]


def _subject(name: str) -> str:
    subject = re.sub(r" (?:Instructors and )?Teachers$| Teaching Assistants$", "", name.removesuffix(_SCHOOL))
    subject = subject.rpartition(", and ")[2]  # of several subjects the last: `Art, Drama, and Music` -> `Music`
    return f"{subject} Instructor" if subject != "Teaching Assistants" else "Graduate Teaching Assistant"


def _person(words: str) -> bool:
    last = words.rsplit(maxsplit=1)[-1]
    return bool(re.search(r"(?:ers|ors|ists|ians|ants|ents|yers|cks|sts|ees|ards|oks|ses|des|ans|nts|ics|ths|ths|iffs"
                          r"|iefs|ots|uges|els|ars|men)$", last)) and last not in _KEEP  # fmt: skip


def singular(words: str) -> str:
    """`Database Administrators` -> `Database Administrator`; only the last word changes."""
    *before, last = words.split()
    if last in _IRREGULAR:
        last = _IRREGULAR[last]
    elif last.endswith("ies") and len(last) > 4:
        last = f"{last[:-3]}y"
    elif last.endswith(("sses", "ches", "shes", "xes")):
        last = last[:-2]
    elif last.endswith("s") and not last.endswith(("ss", "us", "is")) and last not in {"Mechanics"} | _KEEP:
        last = last[:-1]
    elif last == "Mechanics":
        last = "Mechanic"
    return " ".join([*before, last])


def subject_of(name: str) -> str | None:
    """What a university teacher teaches: `Business Teachers, Postsecondary` -> `Business`."""
    if not name.endswith(_SCHOOL):
        return None
    subject = _subject(name)
    return subject.removesuffix(" Instructor") if subject.endswith(" Instructor") else None
