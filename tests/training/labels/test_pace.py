"""Turns come no faster than allowed: by a made-up clock exactly, by the real one loosely."""

from __future__ import annotations

import asyncio
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.labels import Pace


@given(rate=st.floats(1, 6000), pauses=st.lists(st.floats(0, 30), min_size=1, max_size=40))
def test_no_minute_has_more_turns_than_the_rate(rate: float, pauses: list[float]) -> None:
    now, turns = 0.0, []

    async def sleep(seconds: float) -> None:
        nonlocal now
        now += seconds

    async def run() -> None:
        nonlocal now
        pace = Pace(rate, clock=lambda: now, sleep=sleep)
        for pause in pauses:
            now += pause
            await pace.turn()
            turns.append(now)

    asyncio.run(run())
    for start in turns:
        within = sum(start <= turn < start + 60 - 1e-6 for turn in turns)
        assert within <= rate + 1


def test_many_at_once_are_spaced_on_the_real_clock() -> None:
    async def run() -> float:
        pace = Pace(1200)  # one each 50 ms
        started = time.perf_counter()
        await asyncio.gather(*(pace.turn() for _ in range(8)))
        return time.perf_counter() - started

    assert 0.34 < asyncio.run(run()) < 2


def test_without_a_rate_there_is_no_waiting_and_a_rate_is_above_none() -> None:
    async def run() -> None:
        pace = Pace(None)
        for _ in range(10_000):
            await pace.turn()

    started = time.perf_counter()
    asyncio.run(run())
    assert time.perf_counter() - started < 2
    with pytest.raises(ValueError, match="above 0"):
        Pace(0)
