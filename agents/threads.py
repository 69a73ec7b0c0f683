"""Where threads live between messages: a sqlite file that several processes may share."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import aiosqlite
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import CheckpointTuple
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

from agents.errors import CheckpointsUnavailable, ThreadUnreadable

BUSY_SECONDS = 10.0
"""How long a write waits for another process's."""


class ThreadSaver(AsyncSqliteSaver):
    """The sqlite checkpointer, for plain values only, with a clear message where a checkpoint cannot be read."""

    def __init__(self, connection: aiosqlite.Connection) -> None:
        # Only plain values are read back: a file that somebody else wrote cannot make us build objects of its choice.
        super().__init__(connection, serde=JsonPlusSerializer(allowed_msgpack_modules=None))

    async def aget_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        """The latest checkpoint of a thread. Raises ThreadUnreadable."""
        try:
            return await super().aget_tuple(config)
        except sqlite3.Error:
            raise
        except Exception as error:
            thread = config.get("configurable", {}).get("thread_id")
            raise ThreadUnreadable(
                f"thread {thread!r} is damaged or was written by another version of Shortlist; start a new thread"
            ) from error


class Threads:
    """Opens the file. A connection belongs to one event loop: `keep` holds one for all searches on that loop."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._kept: tuple[asyncio.AbstractEventLoop, ThreadSaver] | None = None

    @asynccontextmanager
    async def keep(self) -> AsyncIterator[None]:
        """Hold the file open."""
        async with self._opened() as saver:
            self._kept = asyncio.get_running_loop(), saver
            try:
                yield
            finally:
                self._kept = None

    @asynccontextmanager
    async def saver(self) -> AsyncIterator[ThreadSaver]:
        """The checkpointer of the held file, or of one opened for this search alone."""
        if self._kept and self._kept[0] is asyncio.get_running_loop():
            yield self._kept[1]
            return
        async with self._opened() as saver:
            yield saver

    @asynccontextmanager
    async def _opened(self) -> AsyncIterator[ThreadSaver]:
        async with AsyncExitStack() as stack:
            try:
                self.file.parent.mkdir(parents=True, exist_ok=True)
                connection = await stack.enter_async_context(aiosqlite.connect(self.file, timeout=BUSY_SECONDS))
                saver = ThreadSaver(connection)
                await _set_up(saver)
                # with a write-ahead log a crash of the machine may cost the last message, never the file
                await connection.execute("PRAGMA synchronous=NORMAL")
            except (OSError, sqlite3.Error) as error:
                raise unavailable(self.file, error) from error
            yield saver


async def _set_up(saver: ThreadSaver) -> None:
    """Make the tables. Putting a new file into its journal mode does not wait for another process that does so too."""
    for _ in range(20):
        try:
            await saver.setup()
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                raise
            await asyncio.sleep(0.05)
        else:
            return
    await saver.setup()


def unavailable(file: Path | str, error: BaseException) -> CheckpointsUnavailable:
    """What to say where the file cannot be used."""
    return CheckpointsUnavailable(
        f"threads cannot be kept in {file} ({error}); free or repair the file, move it away to begin a new one, or "
        "search without a thread"
    )
