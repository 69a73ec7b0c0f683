"""Not more questions a minute than allowed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable


class Pace:
    """Spaces turns evenly, so that no minute has more than `per_minute` of them; `None` means as fast as it goes.

    For one event loop. `clock` is in seconds.
    """

    def __init__(
        self,
        per_minute: float | None,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        if per_minute is not None and per_minute <= 0:
            raise ValueError(f"a rate is above 0 a minute, not {per_minute:g}")
        self._gap = 60 / per_minute if per_minute else 0.0
        self._clock = clock
        self._sleep = sleep
        self._next = float("-inf")

    async def turn(self) -> None:
        """Wait for the next turn. Turns are given in the order they are asked for."""
        now = self._clock()
        mine = max(self._next, now)
        self._next = mine + self._gap
        if mine > now:
            await self._sleep(mine - now)
