"""The probabilities that a server measured for the token that is the overall grade."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic_ai.messages import ModelResponse

from agents.judging.judgement import Soft
from agents.judging.shares import GRADES, shares

_BLANK = frozenset(" \t\r\n")
_JSON = json.JSONDecoder(strict=False)


def grade_tokens(response: ModelResponse) -> Soft | None:
    """Probabilities of the grades 0 to 4 at the place where the answer has its grade; None where none are given.

    Tokens that are no grade are left out and the rest adds up to 1: what else the model could have written there is
    not a grade of the person.
    """
    listed = _logprobs(response)
    tokens = [_bytes(one) for one in listed]
    text = b"".join(tokens)
    found = grade_at(text)
    if found is None:
        return None
    start = 0
    for one, token in zip(listed, tokens, strict=True):
        if start <= found < start + len(token):
            return _shares(one, token[: found - start])
        start += len(token)
    return None


def grade_at(text: bytes) -> int | None:
    """Where the value of the answer's `grade` begins in JSON text, which may stand in other text; None if nowhere.

    The grades of single requirements have the same key: the answer's own is in the object that also has `dimensions`.
    Of several answers the last one counts.
    """
    said = text.decode("latin-1")  # a character a byte: JSON's own signs are all ASCII
    found: int | None = None
    at = said.find("{")
    while at >= 0:
        keys, end = _object(said, at)
        if {"grade", "dimensions"} <= keys.keys():
            found = keys["grade"]
            at = end
        at = said.find("{", at + 1)
    return found


def _object(text: str, at: int) -> tuple[dict[str, int], int]:
    """Where the values of an object's keys begin, and where it ends; no keys where it is no object."""
    keys: dict[str, int] = {}
    try:
        while text[at] != "}":
            key, at = _JSON.raw_decode(text, _skip(text, at + 1))
            keys[key] = _skip(text, _skip(text, at) + 1)
            _, at = _JSON.raw_decode(text, keys[key])
            at = _skip(text, at)
    except (ValueError, TypeError, IndexError, RecursionError):
        return {}, at
    return keys, at


def _shares(one: Mapping[str, Any], before: bytes) -> Soft | None:
    """The grades' shares at one token; `before` is what the token holds before the digit, such as `": `."""
    weights = dict.fromkeys(GRADES, 0.0)
    lead = _squeezed(before)
    seen: set[bytes] = set()
    for other in (*(one.get("top_logprobs") or ()), one):
        token = _bytes(other)
        rest = _squeezed(token).removeprefix(lead)
        if token in seen or not _squeezed(token).startswith(lead):
            continue
        seen.add(token)
        digit, following = rest[:1], rest[1:2]
        if digit in {b"0", b"1", b"2", b"3", b"4"} and not following.isdigit() and following not in {b".", b"e", b"E"}:
            weights[int(digit)] += math.exp(min(0.0, float(other["logprob"])))
    return shares(list(weights.values()))


def _logprobs(response: ModelResponse) -> Sequence[Mapping[str, Any]]:
    """Of a chat answer they come with the response, of the Responses API with its parts."""
    places = (response.provider_details, *(getattr(part, "provider_details", None) for part in response.parts))
    for details in places:
        listed = (details or {}).get("logprobs")
        if listed:
            return list(listed)
    return []


def _bytes(one: Mapping[str, Any]) -> bytes:
    """A token as bytes: one that ends inside a character has no text of its own."""
    given = one.get("bytes")
    return bytes(given) if given else str(one["token"]).encode("utf-8", "surrogatepass")


def _skip(text: str, at: int) -> int:
    while text[at : at + 1] in _BLANK:
        at += 1
    return at


def _squeezed(token: bytes) -> bytes:
    return b"".join(token.split())
