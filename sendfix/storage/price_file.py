"""Reads the price file, and again whenever it has changed."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import gevent

from sendfix.config.price_file import prices_of
from sendfix.domain.price import GivenPrice

log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
MAX_BYTES = 10 * 1024 * 1024

Take = Callable[[Sequence[GivenPrice], Sequence[str]], None]


class Found(NamedTuple):
    prices: list[GivenPrice]
    problems: list[str]


class PriceFile:
    """`take` gets the prices of the file and the problems with it, at `start` and after each change. A file that can't
    be read any more leaves the prices as they were: they grow old by themselves."""

    def __init__(self, path: Path, take: Take) -> None:
        self._path = path
        self._take = take
        self._seen: object = ()
        self._waited = False
        self._prices: list[GivenPrice] = []
        self._greenlet: gevent.Greenlet[[], None] | None = None

    def start(self) -> None:
        self.look()
        self._greenlet = gevent.spawn(self._run)

    def close(self) -> None:
        if self._greenlet is not None:
            self._greenlet.kill()

    def look(self) -> None:
        """Read it if it is another than the one that was last read."""
        # In a thread: it may be on a file system that does not answer.
        found = gevent.get_hub().threadpool.apply(self._read)
        if found is None:
            return
        for problem in found.problems:
            log.warning("price file %s: %s", self._path, problem)
        log.info("price file %s: %d prices", self._path, len(found.prices))
        self._take(found.prices, found.problems)

    def _run(self) -> None:
        while True:
            gevent.sleep(LOOK_SECONDS)
            try:
                self.look()
            except Exception:
                log.exception("price file %s could not be taken in", self._path)

    def _read(self) -> Found | None:
        """None when it is as it was."""
        try:
            stat = self._path.stat()
            signature: object = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
            if signature == self._seen:
                return None
            if self._seen and not self._waited:
                # It may be half written, and the last price have half of its digits: at the next look it is whole.
                self._waited = True
                return None
            self._waited, self._seen = False, signature
            if stat.st_size > MAX_BYTES:
                return Found(self._prices, [f"is larger than {MAX_BYTES} bytes, and is not read"])
            data = self._path.read_bytes()
        except OSError as error:
            problem = f"can't be read: {error.strerror}"
            known, self._seen = self._seen == problem, problem
            return None if known else Found(self._prices, [problem])
        found = Found(*prices_of(data, datetime.fromtimestamp(stat.st_mtime, UTC)))
        self._prices = found.prices
        return found
