"""Tells the browsers of positions: after each lot of executions, a few times a second at most, and on a new day."""

from __future__ import annotations

import logging
from collections.abc import Callable

import gevent
from gevent.event import Event

from sendfix.domain.errors import StorageUnavailable
from sendfix.domain.position import Position
from sendfix.services.positions import Positions

log = logging.getLogger(__name__)

PAUSE_SECONDS = 0.25
# A new day begins without an execution.
LOOK_AGAIN_SECONDS = 30.0


class PositionEvents:
    def __init__(
        self, positions: Positions, settle: Callable[[], None], tell: Callable[[Position], None]
    ) -> None:
        """`settle` waits until all that was booked is stored; it raises `StorageUnavailable`."""
        self._positions = positions
        self._settle = settle
        self._tell = tell
        self._ready = Event()
        positions.on_change = self._ready.set
        self._greenlet = gevent.spawn(self._run)

    def close(self) -> None:
        self._greenlet.kill()

    def _run(self) -> None:
        while True:
            self._ready.wait(LOOK_AGAIN_SECONDS)
            self._ready.clear()
            try:
                make_whole(self._positions, self._settle)
                for position in self._positions.take_changed():
                    self._tell(position)
            except Exception:
                log.exception("positions could not be told")
            gevent.sleep(PAUSE_SECONDS)


def make_whole(positions: Positions, settle: Callable[[], None]) -> None:
    """As far as the database can be read; else positions say themselves that they are not `whole`."""
    if positions.whole:
        return
    try:
        settle()
        positions.refresh()
    except StorageUnavailable as error:
        log.warning("positions are not whole: %s", error)
