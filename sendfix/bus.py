"""Tells every listener of every change. A listener that fails is logged and does not stop the others."""

from __future__ import annotations

import logging

from sendfix.domain.alarm import Alarm
from sendfix.domain.order import Order
from sendfix.services.ports import BookedExecution, Listener, MassCancelFailed, MessageRow
from sendfix.services.sessions import Session

log = logging.getLogger(__name__)


class Bus:
    """A `Listener` that passes on what it hears to any number of others, in the order they subscribed."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []

    def subscribe(self, listener: Listener) -> None:
        self._listeners.append(listener)

    def order_changed(self, order: Order) -> None:
        self._tell("order_changed", order)

    def execution_booked(self, booked: BookedExecution) -> None:
        self._tell("execution_booked", booked)

    def session_changed(self, session: Session) -> None:
        self._tell("session_changed", session)

    def session_removed(self, session_name: str) -> None:
        self._tell("session_removed", session_name)

    def connection_result(self, session_name: str, state: str, message: str) -> None:
        self._tell("connection_result", session_name, state, message)

    def mass_cancel_failed(self, failed: MassCancelFailed) -> None:
        self._tell("mass_cancel_failed", failed)

    def message_logged(self, message: MessageRow) -> None:
        self._tell("message_logged", message)

    def alarm_changed(self, alarm: Alarm) -> None:
        self._tell("alarm_changed", alarm)

    def health_changed(self) -> None:
        self._tell("health_changed")

    def _tell(self, method: str, *args: object) -> None:
        for listener in self._listeners:
            try:
                getattr(listener, method)(*args)
            except Exception:
                log.exception("%s failed in %s", method, type(listener).__name__)
