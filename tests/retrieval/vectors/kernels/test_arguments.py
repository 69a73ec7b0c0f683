"""Arrays that are not as described are refused by every path, with ValueError; none is read or written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from retrieval.vectors.kernels import Kernels, available, named

EVERY = [named(name) for name in available()]
paths = pytest.mark.parametrize("kernels", EVERY, ids=[kernels.name for kernels in EVERY])


def zeros(*shape: int, dtype: type = np.uint8) -> np.ndarray[Any, Any]:
    return np.zeros(shape, dtype)


def floats(*shape: int) -> np.ndarray[Any, Any]:
    return zeros(*shape, dtype=np.float32)


def locked(*shape: int) -> np.ndarray[Any, Any]:
    array = floats(*shape)
    array.flags.writeable = False
    return array


def odd(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    return np.zeros(array.nbytes + 1, np.uint8)[1:].view(array.dtype).reshape(array.shape)


CALLS: dict[str, tuple[Any, ...]] = {
    "int8_scores": (zeros(5, 64), zeros(64, dtype=np.int8), 0, 1.0, None, floats(5)),
    "int8_scores_batch": (
        zeros(5, 64),
        zeros(3, 64, dtype=np.int8),
        zeros(3, dtype=np.int32),
        floats(3),
        None,
        floats(3, 5),
    ),
    "bit_scores": (zeros(5, 32), 192, zeros(4, 24), floats(7), 0.0, 1.0, 0.0, None, floats(5)),
    "float_scores": (floats(5, 16), floats(16), None, floats(5)),
    "at_least": (floats(5), 0.0, zeros(5, dtype=np.uint32)),
    "best_means": (floats(5), np.array([2, 3], np.uint32), 1, floats(2)),
}
WRONG: list[tuple[str, int, Any]] = [
    ("int8_scores", 0, zeros(5, 64, dtype=np.int8)),
    ("int8_scores", 0, zeros(64)),
    ("int8_scores", 0, zeros(64, 5).T),
    ("int8_scores", 0, zeros(5, 128)[:, ::2]),
    ("int8_scores", 1, zeros(64)),
    ("int8_scores", 1, zeros(63, dtype=np.int8)),
    ("int8_scores", 2, 2**30 + 1),
    ("int8_scores", 2, -(2**80)),
    ("int8_scores", 4, zeros(5, dtype=np.int32)),
    ("int8_scores", 4, zeros(5, dtype=np.uint64)),
    ("int8_scores", 4, zeros(4, dtype=np.uint32)),
    ("int8_scores", 4, zeros(5, 1, dtype=np.uint32)),
    ("int8_scores", 4, odd(zeros(5, dtype=np.uint32))),
    ("int8_scores", 5, floats(6)),
    ("int8_scores", 5, zeros(5, dtype=np.float64)),
    ("int8_scores", 5, locked(5)),
    ("int8_scores", 5, floats(10)[::2]),
    ("int8_scores", 5, odd(floats(5))),
    ("int8_scores", 5, floats(5).astype(">f4")),
    ("int8_scores_batch", 0, zeros(5, 65)),
    ("int8_scores_batch", 1, zeros(64, dtype=np.int8)),
    ("int8_scores_batch", 1, zeros(4, 64, dtype=np.int8)),
    ("int8_scores_batch", 2, zeros(2, dtype=np.int32)),
    ("int8_scores_batch", 2, np.array([0, 0, 2**31 - 1], np.int32)),
    ("int8_scores_batch", 2, zeros(3, dtype=np.int64)),
    ("int8_scores_batch", 3, floats(4)),
    ("int8_scores_batch", 5, floats(5, 3)),
    ("bit_scores", 0, zeros(5, 31)),
    ("bit_scores", 1, 0),
    ("bit_scores", 1, 65_536),
    ("bit_scores", 1, 193),
    ("bit_scores", 2, zeros(3, 24)),
    ("bit_scores", 2, zeros(4, 32)),
    ("bit_scores", 3, floats(0)),
    ("bit_scores", 8, floats(4)),
    ("float_scores", 0, zeros(5, 16, dtype=np.float64)),
    ("float_scores", 1, floats(17)),
    ("float_scores", 3, locked(5)),
    ("at_least", 0, floats(6)),
    ("at_least", 2, zeros(4, dtype=np.uint32)),
    ("best_means", 1, np.array([2, 2], np.uint32)),
    ("best_means", 1, np.array([2, 2**32 - 1], np.uint32)),
    ("best_means", 2, 0),
    ("best_means", 3, floats(3)),
]


@paths
@pytest.mark.parametrize("name", CALLS)
def test_what_the_cases_are_made_from_is_right(kernels: Kernels, name: str) -> None:
    method: Callable[..., Any] = getattr(kernels, name)
    method(*CALLS[name])


@paths
@pytest.mark.parametrize(
    ("name", "place", "wrong"), WRONG, ids=[f"{name}-{place}-{number}" for number, (name, place, _) in enumerate(WRONG)]
)
def test_what_is_not_as_described_is_refused(kernels: Kernels, name: str, place: int, wrong: Any) -> None:
    method: Callable[..., Any] = getattr(kernels, name)
    arguments = [*CALLS[name][:place], wrong, *CALLS[name][place + 1 :]]
    with pytest.raises(ValueError, match=r"."):
        method(*arguments)


@paths
def test_codes_that_would_overflow_are_refused(kernels: Kernels) -> None:
    codes, query = zeros(1, 32_769), zeros(32_769, dtype=np.int8)
    with pytest.raises(ValueError, match="at most 32768"):
        kernels.int8_scores(codes, query, 0, 1.0, None, floats(1))


@paths
def test_reading_takes_only_what_lies_in_one_piece(kernels: Kernels) -> None:
    with pytest.raises(ValueError, match="contiguous"):
        kernels.read(zeros(4, 4)[:, ::2])
