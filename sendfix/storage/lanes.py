"""Threads that read the database for whoever asks long questions, beside the one that the fold and the pages of single
orders depend on. A question that takes too long, or whose asker has gone, is broken off."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, cast

import gevent
from gevent.monkey import get_original
from gevent.queue import Empty, SimpleQueue
from gevent.threadpool import ThreadPool
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from sendfix.domain.errors import SearchTooSlow, StorageUnavailable, TooManySearches
from sendfix.storage.database import reason

T = TypeVar("T")

REST_SECONDS = 0.0005
WAIT_FOR_A_LANE_SECONDS = 5.0
# An interruption that comes before the statement has begun is lost, so it is repeated.
INTERRUPT_EVERY_SECONDS = 0.02


_rest: Callable[[float], None] = get_original("time", "sleep")


class Stopped(Exception):
    """In a lane's thread: nobody waits for the answer any more."""


@dataclass(frozen=True, slots=True)
class Failure:
    """What `read` raised."""

    error: Exception


class Lane:
    """One thread with one connection; `read` runs in it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._driver_connection: Any = None
        self._stopped = False
        self.pool = ThreadPool(1)

    def begin(self) -> None:
        self._stopped = False

    def check(self) -> None:
        """For `read`, every few hundred rows. Raises `Stopped`."""
        if self._stopped:
            raise Stopped
        # On a busy machine the system may well stop this thread while it holds Python's lock, and the loop with it. One
        # that rests of its own accord is stopped less.
        _rest(REST_SECONDS)

    def read(self, read: Callable[[Connection, Lane], T]) -> T | Failure:
        """In the lane's thread, which must not be left by an exception: gevent would write it to stderr."""
        try:
            with self._engine.connect() as connection:
                self._driver_connection = connection.connection.driver_connection
                self.check()
                return read(connection, self)
        except (SQLAlchemyError, OSError) as error:
            if self._stopped:
                return Failure(Stopped())
            return Failure(StorageUnavailable(f"The database can't be read: {reason(error)}"))
        except Exception as error:
            return Failure(error)

    def stop(self) -> None:
        """From the hub: SQLite calls it interrupt, PostgreSQL cancel; both may be called from any thread."""
        self._stopped = True
        connection = self._driver_connection
        interrupt = getattr(connection, "interrupt", None) or getattr(connection, "cancel", None)
        if interrupt is not None:
            interrupt()

    def close(self) -> None:
        self.pool.kill()
        self._engine.dispose()


class Lanes:
    """Called from greenlets of one hub."""

    def __init__(
        self, engines: Sequence[Engine], seconds: float, wait_seconds: float = WAIT_FOR_A_LANE_SECONDS
    ) -> None:
        """Each engine is for one thread; `seconds` is the longest that a question may take, `wait_seconds` how long it
        waits for a thread."""
        self._wait_seconds = wait_seconds
        self._seconds = seconds
        self._lanes = [Lane(engine) for engine in engines]
        self._free: SimpleQueue[Lane] = SimpleQueue()
        for lane in self._lanes:
            self._free.put(lane)

    def run(self, read: Callable[[Connection, Lane], T]) -> T:
        """What `read` gives, in a lane's thread. Raises `StorageUnavailable`, `SearchTooSlow`, `TooManySearches`, and
        whatever `read` raises."""
        try:
            lane = self._free.get(timeout=self._wait_seconds)
        except Empty:
            raise TooManySearches from None
        lane.begin()
        job = lane.pool.spawn(lane.read, read)
        try:
            result = job.get(timeout=self._seconds)
        except gevent.Timeout:
            raise SearchTooSlow(self._seconds) from None
        finally:
            # The asker's greenlet may have been killed meanwhile: the lane is free only when its thread is.
            while not job.ready():
                lane.stop()
                job.wait(INTERRUPT_EVERY_SECONDS)
            self._free.put(lane)
        if isinstance(result, Failure):
            raise result.error
        return cast(T, result)

    def close(self) -> None:
        """Break off what is running, and let go of the database."""
        for lane in self._lanes:
            lane.stop()
            lane.close()
