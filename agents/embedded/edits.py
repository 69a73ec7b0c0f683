"""Follow-ups: what a line such as "make it 7 years" or "drop Boston" takes back from a role, and what it adds."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from agents.embedded.grammar import expression
from agents.embedded.matching import contradicted, matching, replaced
from agents.embedded.ranges import Range
from agents.embedded.rebinding import rebind
from agents.reading import LISTS, Drop, Reading, YearsWish
from retrieval.schema import Importance, Role

Read = Callable[[str], Reading]

_AGAIN = expression("edits.again")
_DROP = expression("edits.drop")
_UNNEEDED = expression("edits.unneeded")
_INSTEAD = expression("edits.instead")
_MAKE = expression("edits.make")
_ONLY = expression("edits.only")
_BINDS = expression("edits.binds")
_ADD = expression("edits.add")
_ASKS = expression("edits.asks")
_EDIT = expression("edits.edit")
_COMMANDS = expression("edits.commands")
_NARROWS = re.compile(r"\s*(?:\w+\s+){0,3}(?:only|also)\b", re.IGNORECASE)
_NUMBER = re.compile(r"\s*(?P<number>\d{1,2})\s*\+?\s*$")


def read_edit(request: str, role: Role, read: Read) -> Reading:
    """What `request` does to `role`: a request of its own, or what it adds and what it drops.

    `read` reads the criteria of a piece of text.
    """
    again = _AGAIN.match(request)
    if again:
        return _moved(read(request[again.end() :]), again.end())
    whole = read(request)
    if _is_new(request, whole):
        return whole
    merged = Reading(starts_over=False)
    for start, end in _commands(request):
        merged = _merged(merged, _Command(request=request, start=start, end=end, role=role, read=read).reading())
    if merged.empty and not merged.notes:
        return whole.model_copy(update={"starts_over": False})
    return merged


def _is_new(request: str, reading: Reading) -> bool:
    """Whether a follow-up is a request of its own: it names a title and more, and does not begin like an edit."""
    titles = [title for title in reading.titles if title.importance is Importance.MUST]
    if not titles:
        return False
    if _ASKS.match(request) and not _NARROWS.match(request):
        return True
    others = len(reading.wishes()) - len(titles) + (reading.years is not None)
    return not _EDIT.match(request) and (others >= 2 or len(request.split()) >= 8)


def _commands(request: str) -> Iterator[Range]:
    """A follow-up cut into commands: at full stops and lines, and before words that begin another command."""
    place = 0
    for match in _COMMANDS.finditer(request):
        said = request[place : match.start()]
        # The comma of "instead of Boston, New York" cuts nothing.
        if said.strip() and not re.match(r"\s*instead of", said, re.IGNORECASE):
            yield place, match.start()
            place = match.end()
    if request[place:].strip():
        yield place, len(request)


@dataclass(frozen=True, kw_only=True)
class _Command:
    """One command, `request[start:end]`, to a role."""

    request: str
    start: int
    end: int
    role: Role
    read: Read

    def reading(self) -> Reading:
        """What it does; the most telling form that it takes decides."""
        for form in (self._instead, self._dropped, self._rebound, self._number, self._made):
            found = form()
            if found is not None:
                return found
        added = self._part(self.start, self.end)
        alone = added.titles and not _ADD.match(self._said) and not _EDIT.match(self._said)
        if alone or _ONLY.match(self._said):
            return added.model_copy(update={"drop": replaced(added, self.role)})
        return added.model_copy(update={"drop": contradicted(added, self.role)})

    @property
    def _said(self) -> str:
        return self.request[self.start : self.end]

    def _part(self, start: int, end: int) -> Reading:
        part = _moved(self.read(self.request[start:end]), start)
        return part.model_copy(update={"starts_over": False})

    def _instead(self) -> Reading | None:
        """ "Instead of Boston, New York", "change X to Y", "Y not X"."""
        match = _INSTEAD.match(self._said)
        if match is None:
            return None
        form = next(number for number in "1234" if match[f"old{number}"])
        drops = matching(match[f"old{form}"], self.role)
        added = self._part(self.start + match.start(f"new{form}"), self.start + match.end(f"new{form}"))
        return added.model_copy(update={"drop": drops}) if drops and not added.empty else None

    def _dropped(self) -> Reading | None:
        """ "Drop Boston", "no need for a degree", "SAP is not required"."""
        match = _UNNEEDED.match(self._said) or _DROP.match(self._said)
        if match is None:
            return None
        what = next(group for group in match.groupdict().values() if group)
        drops: list[Drop] = []
        for piece in re.split(r"\s*,\s*|\s+(?:and|or)\s+", what):
            drops += matching(piece, self.role)
        drops = list(dict.fromkeys(drops)) or list(matching(what, self.role))
        if drops:
            return Reading(starts_over=False, drop=tuple(drops))
        note = f'"{what.strip()}" is not one of the criteria, so there was nothing to drop.'
        return Reading(starts_over=False, notes=(note,))

    def _rebound(self) -> Reading | None:
        """ "CPA is a must", of what the role has already."""
        match = _BINDS.match(self._said)
        drops = matching(match["what"], self.role) if match else ()
        if match is None or not drops:
            return None
        importance = Importance.MUST if match["must"] else Importance.NICE
        start, end = self.start + match.start("what"), self.start + match.end("what")
        return rebind(self.request, start, end, importance=importance, drops=drops, role=self.role)

    def _number(self) -> Reading | None:
        """ "Make it 7", which can only mean years."""
        make = _MAKE.match(self._said)
        number = _NUMBER.match(make["new"] if make else self._said)
        if number is None or self.role.years is None:
            return None
        start = self.start + (make.start("new") if make else 0) + number.start("number")
        years = YearsWish(
            words=number["number"],
            start=start,
            importance=self.role.years.importance,
            minimum=float(number["number"]),
        )
        return Reading(starts_over=False, years=years)

    def _made(self) -> Reading | None:
        """ "Make it Denver", "what about auditors": takes the place of what is of its kind."""
        make = _MAKE.match(self._said)
        if make is None:
            return None
        added = self._part(self.start + make.start("new"), self.start + make.end("new"))
        return added.model_copy(update={"drop": replaced(added, self.role)})


def _merged(first: Reading, second: Reading) -> Reading:
    """Two commands of one follow-up, one after the other."""
    update: dict[str, Any] = {name: (*getattr(first, name), *getattr(second, name)) for name in (*LISTS, "notes")}
    update["years"] = second.years or first.years
    update["drop"] = tuple(dict.fromkeys((*first.drop, *second.drop)))
    return first.model_copy(update=update)


def _moved(reading: Reading, offset: int) -> Reading:
    """A reading of `request[offset:]` as one of the whole request."""
    update: dict[str, Any] = {
        name: tuple(wish.model_copy(update={"start": (wish.start or 0) + offset}) for wish in getattr(reading, name))
        for name in LISTS
    }
    if reading.years:
        update["years"] = reading.years.model_copy(update={"start": (reading.years.start or 0) + offset})
    return reading.model_copy(update=update)
