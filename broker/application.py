"""Everything behind the session layer: which part answers which message, and what happens as time passes.

Without I/O. Each part names the MsgTypes that it answers in `handlers`; the core gives it messages, commands and time,
and asks `flush` for what is to be sent before a turn ends.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any, Final

from broker.faults.faults import Faults, SetFaults
from broker.faults.kinds import parse_faults
from broker.fix.problems import shown
from broker.fix.sending import LONGEST_MSG_TYPE
from broker.fix.states import SessionKey
from broker.fix.wire import Message, value
from broker.line import Line
from broker.market.calendar import TradingCalendar
from broker.market.hours import HoursCommand, TradingHours
from broker.market.market import Market, MarketCommand
from broker.market.walk import Walker
from broker.settings import Settings
from broker.trading.acts import ActCommand, Acts
from broker.trading.behaviours import BadBehaviour, Behaviours
from broker.trading.by_hand import ByHand, Command
from broker.trading.lists import Lists
from broker.trading.mass import MassRequests
from broker.trading.orders import KEPT_CLOSED, Archive, Orders, Row
from broker.trading.requests import Requests

Handler = Callable[[SessionKey, Message, float], None]
"""Answers one message, now."""

log: Final = logging.getLogger("broker")


class Application:
    def __init__(
        self,
        prices: dict[str, Decimal],
        line: Line,
        archive: Archive,
        settings: Settings,
        kept_closed: int = KEPT_CLOSED,
    ) -> None:
        """Raises BadBehaviour for settings whose behaviours can't be, Refused for faults."""
        self.settings = settings
        self._line = line
        calendar = TradingCalendar(settings.hours)
        self.orders = Orders(prices, line.send, archive, settings.rules, calendar, kept_closed)
        self.orders.behaviours = behaviours = Behaviours.at_start(settings)
        unknown = [
            (f"symbols.{one}", "is no stock of the broker") for one in behaviours.symbols if one not in prices
        ]
        if unknown:
            raise BadBehaviour(unknown)
        self._by_hand = ByHand(self.orders)
        self._acts = Acts(self.orders)
        self.hours = TradingHours(settings.hours, calendar, self.orders.matching)
        self._walker = Walker(settings.walk, settings.rules, self.orders.matching, prices)
        self.market = Market(self.orders.matching, line, self.hours, calendar.day_of)
        self.faults = Faults()
        for name, client in settings.clients.items():
            self.faults.set(SetFaults(name, parse_faults(client.faults or {})))
        requests = Requests(self.orders, line.send, self.faults.order_refusal)
        self._handlers: dict[bytes, Handler] = {
            **requests.handlers(),
            **MassRequests(self.orders, requests, line.send).handlers(),
            **Lists(self.orders, requests, line.send).handlers(),
            **self.market.handlers(),
        }

    @property
    def handled(self) -> frozenset[bytes]:
        """The MsgTypes(35) that are answered by more than a BusinessMessageReject(j)."""
        return frozenset(self._handlers)

    def restore(
        self,
        open_orders: list[Row],
        cl_ord_ids: Iterable[tuple[str, str]],
        last_id: int,
        last_execution: int,
        now: float,
    ) -> None:
        """Take up where the database left off."""
        self.hours.start(now)
        self.orders.restore(open_orders, cl_ord_ids, last_id, last_execution, now)

    def handle(self, session: SessionKey, message: Message, now: float) -> None:
        """Answer one application message; BusinessMessageReject(j) for a type that the broker does not take."""
        handler = self._handlers.get(message.msg_type)
        if handler is None:
            text = f"MsgType(35) {shown(message.msg_type)} is not supported"
            self.refuse(session, message, b"3", text)
            return
        try:
            handler(session, message, now)
        except Exception:
            # A fault of ours with one message must not take the other clients down.
            log.exception("%s: no answer to %s", session, message.redacted())
            self.refuse(session, message, b"4", "the broker failed to process this message")

    def refuse(self, session: SessionKey, message: Message, reason: bytes, text: str) -> None:
        """A BusinessMessageReject(j) with BusinessRejectReason(380)."""
        body = [
            (b"45", message.fields[b"34"]),
            (b"372", message.msg_type[:LONGEST_MSG_TYPE]),
            (b"380", reason),
        ]
        self._line.send(session, b"j", [*body, (b"58", value(text))])

    def execute(self, command: Command | ActCommand | HoursCommand | MarketCommand, now: float) -> Any:
        """What a person asks. Raises Refused, having changed nothing."""
        if isinstance(command, HoursCommand):
            return self.hours.execute(command, now)
        if isinstance(command, MarketCommand):
            return self.market.execute(command)
        if isinstance(command, ActCommand):
            return self._acts.execute(command, now)
        return self._by_hand.execute(command, now)

    def logged_on(self, session: SessionKey, now: float) -> None:
        """A client is there, before its first message."""

    def logged_off(self, session: SessionKey, now: float) -> None:
        """A client is gone, and with it what it had subscribed to."""
        self.market.logged_off(session)

    @property
    def next_due(self) -> float | None:
        """When `run_due` has something to do."""
        parts = (self.orders, self.market, self.hours, self._walker)
        return min((part.next_due for part in parts if part.next_due is not None), default=None)

    def run_due(self, now: float) -> None:
        try:
            # The market closes, with its auction, before its day's orders expire.
            self.hours.run_due(now)
            self._walker.run_due(now)
            self.orders.run_due(now)
        except Exception:
            log.exception("what was due could not be done")

    def flush(self, now: float) -> None:
        """The end of a turn: what has collected is sent."""
        try:
            self.market.flush(now)
        except Exception:
            log.exception("market data could not be sent")
        self.orders.changes.days += self.market.days.take_rows()
