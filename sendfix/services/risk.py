"""Stands before every order and replace that the desk sends, whoever asks for it: kill switches, and the limits of the
session's configuration. A cancel always goes."""

from __future__ import annotations

import logging
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from sendfix.domain.errors import FieldError, InvalidRequest, RiskRefused, StorageUnavailable
from sendfix.domain.order import Order
from sendfix.domain.risk import Proposed, Recent, Refusal, TokenBucket, over_limits
from sendfix.domain.values import decimal_of_text
from sendfix.fix.parse import msg_type_of, parse_values
from sendfix.services.sessions import Session, Sessions

log = logging.getLogger(__name__)

NEW, REPLACE = "D", "G"
ORDERING = frozenset({NEW, REPLACE, "E", "AB", "AC", "s", "t"})
"""MsgType(35) of what brings an order or makes it larger."""
ORDER_QTY, PRICE, SYMBOL, STOP_PX, CASH_ORDER_QTY = 38, 44, 55, 99, 152
# Account, Symbol, Side, OrderQty, CashOrderQty, OrdType, Price, StopPx, TimeInForce.
_WHAT_MAKES_IT_THE_SAME = (1, SYMBOL, 54, ORDER_QTY, CASH_ORDER_QTY, 40, PRICE, STOP_PX, 59)
MAX_REASON = 500


@dataclass(frozen=True, slots=True)
class KillSwitch:
    """`session_name` None stops every session."""

    session_name: str | None
    reason: str
    at: datetime

    @property
    def text(self) -> str:
        whose = "of all sessions" if self.session_name is None else f"of session {self.session_name}"
        return f"The kill switch {whose} is on since {self.at:%Y-%m-%d %H:%M:%S} UTC: {self.reason}"


class KillSwitchStore(Protocol):
    """Keeps the switches that are on, over a kill of the desk."""

    def load(self) -> list[KillSwitch]:
        """What is kept. What can't be read counts as a switch for all sessions."""

    def save(self, switches: list[KillSwitch]) -> None:
        """Returns when it is kept. Raises `StorageUnavailable`."""


class Risk:
    """`told` hears the session's name and the rule of each refusal; `changed` that a switch was turned."""

    def __init__(
        self,
        sessions: Sessions,
        store: KillSwitchStore,
        now: Callable[[], datetime],
        told: Callable[[str, str], None],
        changed: Callable[[], None],
    ) -> None:
        self._sessions = sessions
        self._store = store
        self._now = now
        self._told = told
        self._changed = changed
        self._switches = {switch.session_name: switch for switch in store.load()}
        self._buckets: dict[str, TokenBucket] = {}
        self._recent: dict[str, Recent] = {}

    def __iter__(self) -> Iterator[KillSwitch]:
        return iter(self._switches.values())

    def kill_reason(self, session_name: str) -> str | None:
        """Why nothing new is sent on the session; None when no switch stops it."""
        switch = self._switches.get(None) or self._switches.get(session_name)
        return None if switch is None else switch.text

    def kill(self, session_name: str | None, reason: str) -> KillSwitch:
        """Stop new orders and replaces, of one session or of all, at once and until `let_go`. One that is on stays as
        it is. Raises `UnknownSession`, `InvalidRequest`; and `StorageUnavailable` when it is on, but can't be kept."""
        self._check(session_name, reason)
        switch = self._switches.get(session_name)
        if switch is None:
            switch = self._switches[session_name] = KillSwitch(session_name, reason.strip(), self._now())
            log.warning("%s", switch.text)
            self._changed()
        try:
            self._store.save(list(self))
        except StorageUnavailable as error:
            raise StorageUnavailable(
                f"The switch is on, but a restart of the desk would forget it: {error}"
            ) from error
        return switch

    def let_go(self, session_name: str | None, reason: str) -> bool:
        """Whether it was on. Raises as `kill`; `StorageUnavailable` leaves it on."""
        if session_name not in self._switches:
            self._check(session_name, reason)
            return False
        self._check(None, reason)  # the session may have been taken out of the configuration meanwhile
        switch = self._switches[session_name]
        self._store.save([one for one in self if one is not switch])
        del self._switches[session_name]
        log.warning("The kill switch is let go of (%s): %s", reason.strip(), switch.text)
        self._changed()
        return True

    def check(
        self, session_name: str, body: bytes, order: Order | None = None, only_look: bool = False
    ) -> None:
        """Hold a message that is about to be sent, as it is on the wire, against everything; `order` is what a replace
        is for. With `only_look` it is not sent, and counts towards no limit. Raises `RiskRefused`."""
        msg_type = msg_type_of(body)
        if msg_type not in ORDERING:
            return
        session = self._sessions.get(session_name)
        reason = self.kill_reason(session_name)
        if reason is not None:
            self._refuse(session, [Refusal("kill_switch", "session_name", reason)])
        limits = session.config.limits
        at = self._now().timestamp()
        same: Hashable = None
        if limits.of_an_order:
            values = parse_values(body)
            refusals = over_limits(limits, _proposed(values), None if order is None else _size_of(order))
            if refusals:
                self._refuse(session, refusals)
            if limits.duplicate_seconds is not None and msg_type != REPLACE:
                same = tuple(values.get(tag) for tag in _WHAT_MAKES_IT_THE_SAME)
                self._check_duplicate(session, same, limits.duplicate_seconds, at)
        rate = limits.max_orders_per_second
        if rate is not None and not only_look:
            bucket = self._buckets.setdefault(session_name, TokenBucket())
            if not bucket.take(rate, at):
                text = f"max_orders_per_second is {rate}, and as many orders and replaces went within the last second"
                self._refuse(
                    session, [Refusal("max_orders_per_second", "session_name", f"{text}: wait a moment")]
                )

        if same is not None and not only_look:
            self._recent[session_name].note(same, at)

    def _check_duplicate(self, session: Session, same: Hashable, window: float, at: float) -> None:
        recent = self._recent.setdefault(session.config.name, Recent())
        ago = recent.seconds_since(same, window, at)
        if ago is not None:
            text = f"duplicate_seconds is {window:g}, and the same order was sent {ago:.1f} s ago"
            self._refuse(session, [Refusal("duplicate_seconds", "order_qty", f"{text}: wait, or change it")])

    def _refuse(self, session: Session, refusals: list[Refusal]) -> None:
        name = session.config.name
        for refusal in refusals:
            log.info("session %s: refused by %s: %s", name, refusal.rule, refusal.text)
            self._told(name, refusal.rule)
        raise RiskRefused(name, [refusal.rule for refusal in refusals], [one.error for one in refusals])

    def _check(self, session_name: str | None, reason: str) -> None:
        if session_name is not None:
            self._sessions.get(session_name)
        if not reason.strip() or len(reason) > MAX_REASON:
            raise InvalidRequest([FieldError("reason", f"say why, in 1 to {MAX_REASON} characters")])


def _proposed(values: Mapping[int, str]) -> Proposed:
    price = _decimal(values, PRICE)
    return Proposed(
        _decimal(values, ORDER_QTY),
        price if price is not None else _decimal(values, STOP_PX),
        _decimal(values, CASH_ORDER_QTY),
        values.get(SYMBOL, ""),
    )


def _size_of(order: Order) -> Proposed:
    """As the counterparty has confirmed it: a replace that is on its way may be refused."""
    price = order.price if order.price is not None else order.stop_px
    return Proposed(order.order_qty, price, _cash(order))


def _cash(order: Order) -> Decimal | None:
    text = order.fields.get("cash_order_qty")
    return decimal_of_text(text) if isinstance(text, str) else None


def _decimal(values: Mapping[int, str], tag: int) -> Decimal | None:
    text = values.get(tag)
    return None if text is None else decimal_of_text(text)
