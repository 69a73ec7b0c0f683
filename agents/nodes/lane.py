"""Blocking work beside the event loop, which can be walked away from but not killed."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import Callable
from typing import TypeVar

Answer = TypeVar("Answer")


class Busy(RuntimeError):
    """Calls that were given up are still running, so no new one is started."""


class Lane:
    """Runs one retriever's (or ranker's) calls, each in a thread of its own.

    A call whose caller is cancelled goes on in its thread, since Python cannot stop it, but its answer is thrown away.
    `abandoned` counts such calls; once `most` of them run, new calls are refused at once, so that a part that hangs
    neither piles up threads nor makes later searches wait. Threads are daemons and not from the loop's shared pool:
    a hanging one takes no worker from others and does not keep the program from ending.
    """

    def __init__(self, name: str, *, most: int = 2) -> None:
        self.name = name
        self.abandoned = 0
        self._most = most

    async def run(self, call: Callable[[], Answer]) -> Answer:
        """The answer of `call`, or what it raises.

        Raises:
            Busy: `most` earlier calls were given up and still run.
        """
        if self.abandoned >= self._most:
            raise Busy(f"{self.abandoned} earlier calls that ran late have not ended yet")
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Answer] = loop.create_future()
        context = contextvars.copy_context()
        given_up = threading.Event()
        turn = threading.Lock()
        ended = False

        def work() -> None:
            nonlocal ended
            result: Answer | None = None
            problem: BaseException | None = None
            try:
                result = context.run(call)
            except BaseException as error:  # Whatever it is, it belongs to the caller, who may be gone.
                problem = error
            with turn:
                ended = True
                if given_up.is_set():
                    self.abandoned -= 1
                    return
            try:
                loop.call_soon_threadsafe(_settle, answer, result, problem)
            except RuntimeError:
                return  # The loop has closed: nobody waits.

        threading.Thread(target=work, name=f"shortlist-{self.name}", daemon=True).start()
        try:
            return await answer
        except asyncio.CancelledError:
            with turn:
                if not ended:
                    given_up.set()
                    self.abandoned += 1
            raise


def _settle(answer: asyncio.Future[Answer], result: Answer | None, problem: BaseException | None) -> None:
    if answer.done():
        return
    if problem is None:
        answer.set_result(result)  # type: ignore[arg-type]  # without a problem the result is an Answer
    elif isinstance(problem, Exception) and not isinstance(problem, StopIteration):
        answer.set_exception(problem)
    else:  # A future cannot carry StopIteration, and SystemExit of a part must not end the program.
        answer.set_exception(RuntimeError(f"{type(problem).__name__}: {problem}"))
