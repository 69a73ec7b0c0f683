"""Weighted reciprocal rank fusion, against sums done by hand and an oracle of exact fractions."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.fusion import blend
from retrieval.schema import Hit, Retrieval


def retrieval(strategy: str, members: str) -> Retrieval:
    """`members` by rank, a letter each."""
    return Retrieval(
        hits=tuple(
            Hit(member_id=member, strategy=strategy, rank=rank, score=-float(rank), reason=f"{strategy} {rank}")
            for rank, member in enumerate(members, start=1)
        )
    )


def test_sums_as_by_hand() -> None:
    answers = {"semantic": retrieval("semantic", "abc"), "boolean": retrieval("boolean", "ca")}
    blended = blend(answers, weights={"boolean": 2.0})
    assert [(c.member_id, round(c.blend, 9)) for c in blended] == [
        ("c", round(1 / 63 + 2 / 61, 9)),
        ("a", round(1 / 61 + 2 / 62, 9)),
        ("b", round(1 / 62, 9)),
    ]
    assert blended[0].strategies == ("boolean", "semantic")
    assert [hit.reason for hit in blended[0].hits] == ["boolean 1", "semantic 3"]


def test_equal_scores_are_ordered_by_member() -> None:
    answers = {"x": retrieval("x", "ba"), "y": retrieval("y", "ab")}
    assert [c.member_id for c in blend(answers)] == ["a", "b"]


def test_weight_zero_keeps_the_provenance_only() -> None:
    blended = blend({"x": retrieval("x", "ab"), "y": retrieval("y", "b")}, weights={"y": 0.0})
    assert [(c.member_id, c.strategies) for c in blended] == [("a", ("x",)), ("b", ("y", "x"))]


def test_a_member_named_twice_counts_once_at_the_better_rank() -> None:
    assert [(c.member_id, c.blend) for c in blend({"x": retrieval("x", "aa")})] == [("a", 1 / 61)]


def test_nothing_blends_to_nothing() -> None:
    assert blend({}) == []
    assert blend({"x": Retrieval()}) == []


@pytest.mark.parametrize("weight", [-1.0, float("nan")])
def test_weights_below_zero_are_refused(weight: float) -> None:
    with pytest.raises(ValueError, match="0 or more: x"):
        blend({}, weights={"x": weight})


def test_a_k_that_could_divide_by_zero_is_refused() -> None:
    with pytest.raises(ValueError, match="above -1"):
        blend({}, k=-1)


ANSWERS = st.dictionaries(
    st.sampled_from("uvwxyz"), st.permutations("abcdefgh").flatmap(lambda p: st.integers(0, 8).map(lambda n: p[:n]))
)
WEIGHTS = st.dictionaries(st.sampled_from("uvwxyz"), st.sampled_from([0.0, 0.5, 1.0, 3.0]))


@given(ANSWERS, WEIGHTS, st.randoms(use_true_random=False))
def test_the_order_of_answers_changes_nothing(
    answers: dict[str, list[str]], weights: dict[str, float], rng: object
) -> None:
    given_order = {name: retrieval(name, "".join(members)) for name, members in answers.items()}
    shuffled = dict(sorted(given_order.items(), key=lambda _: rng.random()))  # type: ignore[attr-defined]  # a Random
    assert blend(given_order, weights=weights) == blend(shuffled, weights=weights)


@given(ANSWERS, WEIGHTS)
def test_agrees_with_exact_fractions(answers: dict[str, list[str]], weights: dict[str, float]) -> None:
    blended = blend({n: retrieval(n, "".join(m)) for n, m in answers.items()}, weights=weights)
    exact: dict[str, Fraction] = {}
    for name, members in answers.items():
        for rank, member in enumerate(members, start=1):
            worth = Fraction(weights.get(name, 1.0)) / (60 + rank)
            exact[member] = exact.get(member, Fraction(0)) + worth
    assert {c.member_id: pytest.approx(float(exact[c.member_id])) for c in blended} == {
        c.member_id: c.blend for c in blended
    }
    assert len(blended) == len(exact)
    assert [c.blend for c in blended] == sorted((c.blend for c in blended), reverse=True)
    assert all({h.strategy for h in c.hits} == {n for n, m in answers.items() if c.member_id in m} for c in blended)
