"""One run: what its calls have cost, what it may still spend, and which servers it has found to be down."""

from __future__ import annotations

import threading
import time
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

from agents.models.config import JobName, ModelConfig, variable
from agents.models.errors import BudgetSpent, ModelDown
from agents.models.usage import Usage

REST_SECONDS = 30.0
"""How long a server that was found to be down is left alone; a search is shorter, a labelling run is not."""

Item = TypeVar("Item")
_current: ContextVar[Run | None] = ContextVar("shortlist_run", default=None)


def current() -> Run | None:
    """The run that this code is part of."""
    return _current.get()


class Run:
    """A search, or a labelling run. Budgets and usage are counted from its beginning; runs share nothing.

    Calls belong to the run they are made `within`; a call outside of any is a run of its own. A run begun in another
    is part of it: what it uses counts for both, and each keeps within its own budget. `tokens` and `money` bound what
    all jobs together may use, beside the budgets of each job.
    """

    def __init__(self, *, tokens: int | None = None, money: float | None = None) -> None:
        self.outer = current()
        self._tokens, self._money = tokens, money
        self._used: dict[JobName, Usage] = {}
        self._promised: dict[JobName, int] = {}  # tokens that calls under way are expected to use at least
        self._down: dict[JobName, tuple[ModelDown, float]] = {}
        self._answered: dict[JobName, float] = {}
        self._turn = threading.Lock()

    @contextmanager
    def within(self) -> Iterator[Run]:
        """Make the calls of this block, and of tasks started in it, part of the run. Not around a `yield`."""
        token = _current.set(self)
        try:
            yield self
        finally:
            _current.reset(token)

    async def over(self, items: AsyncIterator[Item]) -> AsyncGenerator[Item, None]:
        """Pass `items` on, made within the run.

        A generator must not leave the context changed while it waits to be asked again: another that takes turns with
        it on the same task would then make its calls on this run's account.
        """
        while True:
            with self.within():
                try:
                    item = await anext(items)
                except StopAsyncIteration:
                    return
            yield item

    def usage(self) -> dict[JobName, Usage]:
        """What each job has used so far; jobs that called no server and hit no cache are not there."""
        with self._turn:
            return dict(self._used)

    def add(self, job: JobName, usage: Usage) -> None:
        """Count something as used."""
        for run in self._chain():
            with run._turn:  # a run's own kind
                run._used[job] = run._used.get(job, Usage()) + usage

    @contextmanager
    def promise(self, job: JobName, config: ModelConfig, tokens: int) -> Iterator[None]:
        """Hold `tokens` back while a call is under way, so that calls side by side do not overspend together.

        Raises:
            BudgetSpent: there is no budget left for the call.
        """
        for run in self._chain():
            run._afford(job, config, tokens)
        for run in self._chain():
            with run._turn:
                run._promised[job] = run._promised.get(job, 0) + tokens
        try:
            yield
        finally:
            for run in self._chain():
                with run._turn:
                    run._promised[job] -= tokens

    def _afford(self, job: JobName, config: ModelConfig, tokens: int) -> None:
        with self._turn:
            used, promised = self._used.get(job, Usage()), self._promised.get(job, 0)
            all_used = sum(self._used.values(), Usage())
            all_promised = sum(self._promised.values())
        if self._tokens is not None and all_used.tokens + all_promised + tokens > self._tokens:
            raise BudgetSpent(
                f"{self._tokens:,} tokens may be used in all, {all_used.tokens:,} are: ask for fewer people"
            )
        if self._money is not None and all_used.money >= self._money:
            raise BudgetSpent(f"all may cost {self._money:g}, and has cost {all_used.money:.4g}: ask for fewer people")
        if self.outer is not None:
            return  # the job's own budget is the whole run's
        if config.tokens is not None and used.tokens + promised + tokens > config.tokens:
            raise BudgetSpent(
                f"the {job} may use {config.tokens:,} tokens a run; {used.tokens:,} are used, and the next call needs "
                f"about {tokens:,}: raise {variable(job, 'tokens')}, or ask for fewer people"
            )
        expected = used.money + config.price(promised + tokens, 0)
        if config.money is not None and expected > config.money:
            raise BudgetSpent(
                f"the {job} may cost {config.money:g} a run, and has cost {used.money:.4g}: raise "
                f"{variable(job, 'money')}, or ask for fewer people"
            )

    def found_down(self, job: JobName, why: ModelDown, *, since: float) -> None:
        """Spare the run further attempts for a while: twenty candidates need not wait for twenty time limits.

        `since` is when the failed call began (`time.monotonic`). Where another was answered after that, the server is
        up, and it was this call that it could not answer.
        """
        root = self._root()
        with root._turn:
            if root._answered.get(job, 0.0) < since:
                root._down[job] = (why, time.monotonic() + REST_SECONDS)

    def found_up(self, job: JobName) -> None:
        """The job's server has answered just now."""
        root = self._root()
        with root._turn:
            root._answered[job] = time.monotonic()
            root._down.pop(job, None)

    def check(self, job: JobName) -> None:
        """Let a call pass, or not.

        Raises:
            ModelDown: the job's server was found to be down a moment ago.
        """
        root = self._root()
        with root._turn:
            why, until = root._down.get(job, (None, 0.0))
        if why is not None and time.monotonic() < until:
            raise type(why)(str(why))

    def _chain(self) -> Iterator[Run]:
        run: Run | None = self
        while run is not None:
            yield run
            run = run.outer

    def _root(self) -> Run:
        *_, root = self._chain()
        return root
