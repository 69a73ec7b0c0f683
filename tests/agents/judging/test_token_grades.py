"""The grade's token is found in any JSON and under any tokenisation, and its alternatives become probabilities."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_ai.messages import ModelResponse, TextPart

from agents.judging.token_grades import grade_at, grade_tokens

ANSWER = (
    '{"reasoning": "caf\\u00e9, \u00e9t\u00e9: {\\"grade\\": 1}", "dimensions": [{"requirement": 1, "grade": 2}], '
    '"fit": "right", "grade": 3, "confidence": 0.5}'
)
SHARES = {"3": 0.6, "4": 0.3, "2": 0.06}
WHOLE = sum(SHARES.values())
EXPECTED = (0.0, 0.0, 0.06 / WHOLE, 0.6 / WHOLE, 0.3 / WHOLE)


def token(text: bytes, share: float = 1.0, others: dict[bytes, float] | None = None, *, given: bool = True) -> Any:
    """One entry as pydantic-ai keeps it; `given` says whether the server sends bytes."""
    top = [
        {"token": other.decode("utf-8", "replace"), "bytes": list(other) if given else None, "logprob": math.log(p)}
        for other, p in {text: share, **(others or {})}.items()
    ]
    return {**top[0], "top_logprobs": top if others else []}


def answered(tokens: Sequence[Any]) -> ModelResponse:
    return ModelResponse(parts=[TextPart("")], provider_details={"logprobs": list(tokens)})


def tokenised(text: str, cuts: Sequence[int], *, given: bool = True) -> list[Any]:
    """The text cut at these places; the token with the overall grade has alternatives that differ in its digit."""
    data = text.encode()
    at = data.rindex(b'"grade": 3') + len(b'"grade": ')
    edges = sorted({0, len(data), *(cut for cut in cuts if 0 < cut < len(data))})
    made = []
    for low, high in pairwise(edges):
        piece = data[low:high]
        if low <= at < high:
            others = {
                piece[: at - low] + digit.encode() + piece[at - low + 1 :]: share
                for digit, share in SHARES.items()
                if digit != "3"
            }
            # What no grade can be: another key, a word, a number of two digits.
            others |= {b'"x': 0.01, b"null": 0.01, piece[: at - low] + b"12": 0.01, piece[: at - low] + b"9": 0.01}
            made.append(token(piece, SHARES["3"], others, given=given))
        else:
            made.append(token(piece, given=given))
    return made


@pytest.mark.parametrize(
    "pieces",
    [
        ['"grade', '":', " ", "3", ","],
        ['"grade', '":', " 3", ","],
        ['"grade', '": 3', ","],
        ['"grade":', " 3,"],
        ['"', "grade", '"', ":", " 3", ', "'],
        ['"grade": 3, "con'],
    ],
    ids=["bare", "space", "quote", "comma", "pieces", "one"],
)
@pytest.mark.parametrize("given", [True, False], ids=["with bytes", "as text"])
def test_common_tokenisations(pieces: list[str], given: bool) -> None:
    start = ANSWER.encode().rindex(b'"grade": 3')
    cuts = [start]
    for piece in pieces:
        cuts.append(cuts[-1] + len(piece))
    text = ANSWER.replace("\u00e9", "e")  # tokens without bytes must be whole characters
    shift = len(ANSWER.encode()) - len(text.encode())
    found = grade_tokens(answered(tokenised(text, [cut - shift for cut in cuts], given=given)))
    assert found == pytest.approx(EXPECTED)


@given(cuts=st.lists(st.integers(0, len(ANSWER.encode())), max_size=40))
def test_any_tokenisation_gives_the_same_probabilities(cuts: list[int]) -> None:
    assert grade_tokens(answered(tokenised(ANSWER, cuts))) == pytest.approx(EXPECTED)


def test_alternatives_with_and_without_a_space_are_the_same_grade() -> None:
    tokens = [token(b'{"dimensions": [], "grade":'), token(b" 3", 0.5, {b"3": 0.25, b" 1": 0.25}), token(b"}")]
    assert grade_tokens(answered(tokens)) == pytest.approx((0, 0.25, 0, 0.75, 0))


def test_a_token_that_is_repeated_counts_once() -> None:
    tokens = [token(b'{"dimensions": [], "grade": '), token(b"3", 0.6, {b"2": 0.2}), token(b"}")]
    assert grade_tokens(answered(tokens)) == pytest.approx((0, 0, 0.25, 0.75, 0))


def test_a_grade_without_alternatives_is_certain() -> None:
    assert grade_tokens(answered(tokenised(ANSWER, [])[:0] or [token(ANSWER.encode())])) == (0, 0, 0, 1, 0)


@pytest.mark.parametrize("details", [None, {}, {"logprobs": []}, {"logprobs": [token(b"no JSON at all")]}])
def test_where_nothing_was_measured_there_is_nothing(details: dict[str, Any] | None) -> None:
    assert grade_tokens(ModelResponse(parts=[TextPart("")], provider_details=details)) is None


def test_probabilities_that_came_with_the_text_part_are_read_too() -> None:
    part = TextPart(ANSWER, provider_details={"logprobs": tokenised(ANSWER, range(0, 200, 7))})
    assert grade_tokens(ModelResponse(parts=[part])) == pytest.approx(EXPECTED)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["grade", "note", "x", '"grade": 4', "{", "}"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(
    before=JSON,
    after=JSON,
    reasoning=st.text(),
    indent=st.sampled_from([None, 1, 4]),
    ascii_only=st.booleans(),
    lead=st.sampled_from(["", "Let me think: {this} is [it]. \" ' ", "```json\n", '{"grade": 1}\n', "{" * 30]),
    wrapped=st.booleans(),
)
def test_the_overall_grade_is_found_in_any_json(
    before: Any, after: Any, reasoning: str, indent: int | None, ascii_only: bool, lead: str, wrapped: bool
) -> None:
    answer: Any = {
        "reasoning": reasoning,
        "dimensions": [{"grade": 1, "x": before}],
        "y": before,
        "grade": 3,
        "z": after,
    }
    said = {"name": "final_result", "arguments": answer} if wrapped else answer
    text = json.dumps(said, indent=indent, ensure_ascii=ascii_only)
    data = (lead + text).encode("utf-8", "surrogatepass")
    at = grade_at(data)
    assert at is not None
    # The oracle: another digit there, and only the overall grade has changed.
    changed = json.loads(
        data[len(lead) : at].decode("utf-8", "surrogatepass") + "0" + data[at + 1 :].decode("utf-8", "surrogatepass")
    )
    inner = changed["arguments"] if wrapped else changed
    assert inner["grade"] == 0
    assert {**inner, "grade": 3} == json.loads(json.dumps(answer))


@given(st.text())
def test_any_text_is_read_without_an_error(text: str) -> None:
    assert grade_at(text.encode("utf-8", "surrogatepass")) is None or '"grade"' in text


def test_deep_and_cut_off_text_is_no_answer() -> None:
    assert grade_at(b"{" * 3_000) is None
    assert grade_at(b'{"a":' * 3_000) is None
    assert grade_at(ANSWER.encode()[:-1]) is None
