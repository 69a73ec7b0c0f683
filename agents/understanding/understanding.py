"""Reads requests with a model, checks what it made of them, and falls back on the in-process reader."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_ai import Agent, ModelRetry, RunContext
from pydantic_ai.models import Model

from agents.errors import SearchError
from agents.nodes.stages import told
from agents.policy import Refusal
from agents.reading import Reading
from agents.role_changes import RoleChange, diff
from agents.role_of import edited, role_of, unfounded
from agents.understanding.coverage import left_out, supplemented
from agents.understanding.instructions import INSTRUCTIONS
from agents.understanding.screened import screened
from agents.understanding.values import corrected
from retrieval.schema import Role

if TYPE_CHECKING:
    from agents.models.cache import AnswerCache

ADVICE = (
    "There is nothing here to search for. Say what the person does or knows: a job title, skills, a place, years, for "
    'example "registered nurse in Boston with ICU experience, 5+ years".'
)


class NothingToSearch(SearchError):
    """The request names nothing to search for; the message says what would help."""


class Understood(BaseModel):
    """A role, what changed against the previous one, and remarks for the recruiter."""

    model_config = ConfigDict(frozen=True)

    role: Role
    changes: tuple[str, ...] = Field(default=(), description="`diff` in words, a sentence a change")
    diff: tuple[RoleChange, ...] = ()
    notes: tuple[str, ...] = ()
    refused: tuple[Refusal, ...] = Field(default=(), description="criteria that a model put in and the policy refuses")


@dataclass(kw_only=True)
class _Request:
    """What the checks need. `known` is the in-process reading; `told` becomes true once the model was sent it back."""

    text: str
    previous: Role | None
    known: Reading | None = None
    told: bool = False


class Understanding:
    """Reads requests on any model.

    Without a `fallback`, `model` is taken at its word where its criteria stand in the request; what is unfounded is
    sent back twice and then raises. With one (the in-process model), a model's reading is also checked against the
    in-process one: what it leaves out, or contradicts, is sent back once and then put right with a note; and where the
    model fails, or never answers validly, the in-process reading is used and a note says so. `cache` keeps answers of
    `model`.
    """

    def __init__(self, model: Model, *, fallback: Model | None = None, cache: AnswerCache | None = None) -> None:
        self._name = model.model_name
        self._agent = _agent(model)
        self._in_process = _agent(fallback) if fallback is not None and fallback is not model else None
        self._cache = cache

    async def understand(self, text: str, *, previous: Role | None = None) -> Understood:
        """The role that `text` asks for, or `previous` as `text` edits it.

        Raises:
            NothingToSearch: `text` names nothing to search for, and changes nothing.
        """
        if not text.strip():
            raise NothingToSearch(ADVICE)
        notes: tuple[str, ...] = ()
        refused: tuple[Refusal, ...] = ()
        request = _Request(text=text, previous=previous)
        if self._in_process is None:
            reading = await self._run(self._agent, request)
        else:
            known = await self._run(self._in_process, request)
            request.known = known
            try:
                reading = await self._asked(request)
            except Exception as error:  # whatever a model or its server does, the request is read
                reading = known
                notes = (f"{self._name} did not read this request ({told(error)}); the in-process reader did",)
            else:
                reading, refused, notes = _settled(reading, known, text)
        return _understood(reading, request, notes, refused)

    async def _asked(self, request: _Request) -> Reading:
        """The model's reading, from the cache where it is there."""
        if self._cache is None:
            return await self._run(self._agent, request)
        from agents.models.cache import key_of  # noqa: PLC0415  # most searches run without one

        key = key_of("understanding", self._name, INSTRUCTIONS, _prompt(request))
        kept = self._cache.get(key)
        if kept is not None:
            try:
                reading = Reading.model_validate_json(kept)
            except ValidationError:
                kept = None  # of another version
            else:
                if not unfounded(reading, request.text, request.previous):
                    return reading
        reading = await self._run(self._agent, request)
        self._cache.put(key, job="understanding", subject=None, answer=reading.model_dump_json())
        return reading

    @staticmethod
    async def _run(agent: Agent[_Request, Reading], request: _Request) -> Reading:
        return (await agent.run(_prompt(request), deps=request)).output


def _agent(model: Model) -> Agent[_Request, Reading]:
    agent: Agent[_Request, Reading] = Agent(
        model, deps_type=_Request, output_type=Reading, instructions=INSTRUCTIONS, retries=2, defer_model_check=True
    )
    agent.output_validator(_founded)
    return agent


def _prompt(request: _Request) -> str:
    document = {
        "job": "understand",
        "request": request.text,
        "previous": request.previous.model_dump(mode="json") if request.previous else None,
    }
    return json.dumps(document, ensure_ascii=False)


def _founded(ctx: RunContext[_Request], reading: Reading) -> Reading:
    """Send back a reading whose criteria do not stand in the request; once, one that leaves out or contradicts it."""
    request = ctx.deps
    problems = unfounded(reading, request.text, request.previous)
    if problems:
        raise ModelRetry(
            "Copy `words` from the request exactly, and drop only what `previous` has. " + " ".join(problems[:8])
        )
    if request.known is not None and not request.told:
        problems = _doubts(reading, request.known, request.text)
        if problems:
            request.told = True
            raise ModelRetry("Read the request again: " + " ".join(problems[:8]))
    return reading


def _doubts(reading: Reading, known: Reading, text: str) -> list[str]:
    """What a model is asked to look at once more."""
    problems = [f"{one.words!r} may never be a criterion: leave it out." for one in screened(reading, text)[1]]
    problems += corrected(reading, text)[1]
    if reading.starts_over and not known.starts_over:
        problems.append("it edits the previous role: set `starts_over` to false.")
    return problems + [one.problem for one in left_out(reading, known, text)]


def _settled(reading: Reading, known: Reading, text: str) -> tuple[Reading, tuple[Refusal, ...], tuple[str, ...]]:
    """A model's reading put right where it still differs from the text, with refusals and notes."""
    if reading.empty and not known.empty:
        return known, (), ("the model found no criterion; the in-process reader did",)
    # A model's own remarks are not shown: a request could have it say anything in our name.
    reading = reading.model_copy(update={"notes": known.notes})
    reading, said = corrected(reading, text)
    reading, added = supplemented(reading, left_out(reading, known, text), text)
    # Last, so that nothing that was put back escapes it.
    reading, refused = screened(reading, text)
    return reading, refused, (*(f"put right: {one}" for one in said), *added)


def _understood(
    reading: Reading, request: _Request, notes: tuple[str, ...], refused: tuple[Refusal, ...]
) -> Understood:
    text, previous = request.text, request.previous
    if reading.empty and (previous is None or reading.starts_over or not (reading.notes or refused)):
        raise NothingToSearch(" ".join((ADVICE, *(f'"{one.words}" was refused: {one.reason}' for one in refused))))
    role = role_of(reading, text) if previous is None or reading.starts_over else edited(previous, reading, text)
    changed = diff(previous, role) if previous else ()
    return Understood(
        role=role,
        changes=tuple(change.said for change in changed),
        diff=changed,
        notes=(*notes, *reading.notes),
        refused=refused,
    )
