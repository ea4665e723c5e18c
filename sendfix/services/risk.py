"""Stands before every order and replace that the desk sends, whoever asks for it: kill switches, and the limits of
session, account and user. A cancel always goes."""

from __future__ import annotations

import logging
from collections.abc import Callable, Hashable, Sequence
from datetime import datetime
from decimal import localcontext

from sendfix.domain.errors import RiskRefused
from sendfix.domain.exposure import Exposure
from sendfix.domain.ledger import EXACT
from sendfix.domain.limits import Applied, Key
from sendfix.domain.more import more_of
from sendfix.domain.order import Order
from sendfix.domain.part import Part, Whose
from sendfix.domain.proposed import Proposed, Refusal
from sendfix.domain.risk import fresh_price, over_limits
from sendfix.domain.sum_rules import over_sums
from sendfix.domain.throttle import Recent, TokenBucket
from sendfix.fix.parse import msg_type_of, parse_values
from sendfix.fix.proposed import CROSS, REPLACES, accounts_of, confirmed, proposed_of, unclear
from sendfix.services.exposures import Exposures
from sendfix.services.kill_switches import KillSwitches, KillSwitchStore
from sendfix.services.limits import RiskLimits
from sendfix.services.prices import Prices
from sendfix.services.sessions import Session, Sessions

log = logging.getLogger(__name__)

ORDERING = frozenset({"D", "G", "E", "AB", "AC", "s", "t"})
"""MsgType(35) of what brings an order or makes it larger."""
QUOTE_RESPONSE = "AJ"
TRADING = frozenset({QUOTE_RESPONSE, "S", "i", "L"})
"""Of what brings trades without orders of ours, or orders on their way to the market: a QuoteResponse, a Quote, a
MassQuote, and a ListExecute."""
QUOTE_RESP_TYPE, HIT, COUNTER = 694, "1", "2"
CL_ORD_ID, ACCOUNT = 11, 1
# Account, Symbol, Side, OrderQty, CashOrderQty, OrdType, Price, StopPx, TimeInForce.
_WHAT_MAKES_IT_THE_SAME = (1, 55, 54, 38, 152, 40, 44, 99, 59)


class Counted:
    """What messages that were let through count as, to be taken back where they are not sent after all."""

    __slots__ = ("cl_ord_ids", "noted", "spent")

    def __init__(self) -> None:
        self.cl_ord_ids: list[str] = []
        self.spent: list[TokenBucket] = []
        self.noted: list[tuple[Recent, Hashable, float | None]] = []


class Risk(KillSwitches):
    """`told` hears the session's name and the rule of each refusal; `user` is who asks just now, as far as that was
    said; `is_on_its_way` whether what became of the message with a ClOrdID is still open."""

    def __init__(
        self,
        sessions: Sessions,
        store: KillSwitchStore,
        now: Callable[[], datetime],
        told: Callable[[str, str], None],
        changed: Callable[[], None],
        *,
        limits: RiskLimits,
        exposures: Exposures,
        prices: Prices,
        user: Callable[[], str | None] = lambda: None,
        is_on_its_way: Callable[[str], bool] = lambda _cl_ord_id: False,
    ) -> None:
        super().__init__(sessions, store, now, changed)
        self.limits = limits
        self._exposures = exposures
        self._prices = prices
        self._told = told
        self._user = user
        self._is_on_its_way = is_on_its_way
        self._buckets: dict[Key, TokenBucket] = {}
        self._recent: dict[str, Recent] = {}

    def hold_reason(self, session_name: str) -> str | None:
        """Why nothing new is sent on the session, whatever it is."""
        return self.kill_reason(session_name) or self.limits.document.problem

    @property
    def sums(self) -> Exposure:
        """What orders and positions add up to now, without what has come to nothing."""
        self._exposures.settle(self._is_on_its_way)
        self._exposures.begin_days()
        return self._exposures.sums

    def check(
        self, session_name: str, body: bytes, order: Order | None = None, only_look: bool = False
    ) -> None:
        """Hold a message that is about to be sent, as it is on the wire, against everything; `order` is what a replace
        is for. It counts from now on, and must be sent before anybody else gets a turn. With `only_look` it is not
        sent, and counts towards no limit. Raises `RiskRefused`."""
        self.check_all(session_name, [body], order, only_look)

    def check_all(
        self,
        session_name: str,
        bodies: Sequence[bytes],
        order: Order | None = None,
        only_look: bool = False,
        sent_as: str = "",
    ) -> Counted:
        """The same for orders that go together, or not at all: a body for each. `sent_as` is the ClOrdID by which the
        engine is told of them, unless that is each one's own. They add up, also when they are only looked at. What is
        returned is for `take_back`."""
        self._exposures.settle(self._is_on_its_way)
        counted = Counted()
        goes = False
        try:
            with localcontext(EXACT):
                for body in bodies:
                    msg_type = msg_type_of(body)
                    if msg_type in ORDERING or (msg_type == QUOTE_RESPONSE and _takes_a_quote(body)):
                        self._check_one(
                            session_name, msg_type or "", body, order, only_look, sent_as, counted
                        )
                    elif msg_type in TRADING:
                        self._check_stopped(self._sessions.get(session_name))
            goes = not only_look
        finally:
            if not goes:
                self.take_back(counted)
        return counted

    def take_back(self, counted: Counted) -> None:
        """They were not sent after all."""
        self._exposures.release(counted.cl_ord_ids)
        for bucket in counted.spent:
            bucket.give_back()
        for recent, same, before in reversed(counted.noted):
            recent.take_back(same, before)

    def _check_one(
        self,
        session_name: str,
        msg_type: str,
        body: bytes,
        order: Order | None,
        only_look: bool,
        sent_as: str,
        counted: Counted,
    ) -> None:
        session = self._sessions.get(session_name)
        self._check_stopped(session)
        user = self._user()
        values = None if self.limits.only_by_session else parse_values(body)
        # A replace that does not say an account leaves it as it is.
        own = "" if order is None else order.account or ""
        account = own if values is None else values.get(ACCOUNT, own)
        others = accounts_of(body) if msg_type in CROSS and values is not None else ()
        applied = self.limits.applied(session, account, user or "", others)
        now = self._now()
        window = 0.0 if applied.duplicate_seconds is None else applied.duplicate_seconds[0]
        longest = max(window, self.limits.longest_window)
        at = now.timestamp() if applied.rates or longest else 0.0
        part = None
        if values is None and (applied.needs_fields or longest or user is not None):
            values = parse_values(body)
        if values is not None and (applied.needs_fields or self.limits.document.rules):
            proposed = proposed_of(msg_type, values, body)
            proposed.account = account
            why = unclear(msg_type, values, proposed, body)
            if why is not None:
                text = f"{why}, so that it can't be held against the limits"
                self._refuse(session, [Refusal("risk_limits", "raw", text)])
            part = self._hold_against(session, applied, proposed, order, user or "", now)
        recent = None
        if values is not None and longest and msg_type not in REPLACES:
            same = tuple(map(values.get, _WHAT_MAKES_IT_THE_SAME))
            recent = self._recent_of(session)
            if applied.duplicate_seconds is not None:
                self._check_duplicate(session, recent, same, applied.duplicate_seconds, at)
        if applied.rates and not only_look:
            self._check_rates(session, applied, at, counted)
        if recent is not None:
            recent.let_go(longest, at)
            counted.noted.append((recent, same, recent.note(same, at)))
        cl_ord_id = "" if values is None else values.get(CL_ORD_ID, "")
        if cl_ord_id and (part is not None or user is not None):
            self._exposures.reserve(cl_ord_id, sent_as or cl_ord_id, part, user)
            counted.cl_ord_ids.append(cl_ord_id)

    def _hold_against(
        self,
        session: Session,
        applied: Applied,
        proposed: Proposed,
        order: Order | None,
        user: str,
        now: datetime,
    ) -> Part | None:
        """What it adds to the sums, if there is a limit that looks at them."""
        name = session.config.name
        before = None if order is None else confirmed(order)
        last = self._prices.last(name, proposed.symbol) if applied.needs_price else None
        fresh, why_not = fresh_price(applied, last, now)
        refusals = over_limits(applied, proposed, before, fresh, why_not, now)
        part = None
        if applied.sums and (before is None or proposed.raises(before)):
            self._exposures.begin_days()
            sums = self._exposures.sums
            replaced = None
            if order is not None and before is not None:
                replaced = (order, sums.get(order.order_no) if proposed.is_like(before) else None)
            whose = Whose(name, proposed.account, user)
            more = more_of(proposed, whose, replaced, last, fresh, why_not)
            refusals += over_sums(applied.sums, sums, more)
            part = more.part
        if refusals:
            self._refuse(session, refusals)
        return part

    def _check_stopped(self, session: Session) -> None:
        reason = self.kill_reason(session.config.name)
        if reason is not None:
            self._refuse(session, [Refusal("kill_switch", "session_name", reason)])
        if self.limits.document.problem is not None:
            self._refuse(session, [Refusal("risk_limits", "session_name", self.limits.document.problem)])

    def _check_rates(self, session: Session, applied: Applied, at: float, counted: Counted) -> None:
        buckets = []
        for rate, key, whose in applied.rates:
            bucket = self._buckets.get(key)
            if bucket is None:
                bucket = self._buckets[key] = TokenBucket()
            if not bucket.has(rate, at):
                head = f"max_orders_per_second {whose} is {rate}"
                text = f"{head}, and as many orders and replaces went within the last second: wait a moment"
                self._refuse(session, [Refusal("max_orders_per_second", "session_name", text)])
            buckets.append(bucket)
        for bucket in buckets:
            bucket.spend()
        counted.spent += buckets

    def _check_duplicate(
        self, session: Session, recent: Recent, same: Hashable, limit: tuple[float, str], at: float
    ) -> None:
        window, whose = limit
        ago = recent.seconds_since(same, window, at)
        if ago is not None:
            text = f"duplicate_seconds {whose} is {window:g}, and the same order was sent {ago:.1f} s ago"
            self._refuse(session, [Refusal("duplicate_seconds", "order_qty", f"{text}: wait, or change it")])

    def _recent_of(self, session: Session) -> Recent:
        found = self._recent.get(session.config.name)
        if found is None:
            found = self._recent[session.config.name] = Recent()
        return found

    def _refuse(self, session: Session, refusals: Sequence[Refusal]) -> None:
        name = session.config.name
        for refusal in refusals:
            log.info("session %s: refused by %s: %s", name, refusal.rule, refusal.text)
            self._told(name, refusal.rule)
        raise RiskRefused(name, [refusal.rule for refusal in refusals], [one.error for one in refusals])


def _takes_a_quote(body: bytes) -> bool:
    """Or says at what price the counterparty may take ours."""
    return parse_values(body).get(QUOTE_RESP_TYPE) in (HIT, COUNTER)
