"""A desk without processes: an engine that journals what it is given, and a store in memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from sendfix.bus import Bus
from sendfix.config import SessionConfig
from sendfix.domain.alarm import Alarm
from sendfix.domain.errors import StorageUnavailable
from sendfix.domain.order import Execution, Order
from sendfix.fix.dictionary import Dictionary, load
from sendfix.services.alarms import Alarms
from sendfix.services.blotter import Blotter
from sendfix.services.columns import Subject
from sendfix.services.desk import Desk
from sendfix.services.exposures import Exposures
from sendfix.services.ids import ClOrdIdSource
from sendfix.services.intake import Intake
from sendfix.services.kill_switches import KillSwitch
from sendfix.services.limits import LimitsDocument, LimitsStore, RiskLimits
from sendfix.services.ports import (
    BookedExecution,
    ExecutionQuery,
    Folded,
    MassCancelFailed,
    MessageQuery,
    MessageRow,
    OrderQuery,
)
from sendfix.services.positions import Positions
from sendfix.services.prices import Prices
from sendfix.services.risk import Risk
from sendfix.services.search import Found, Search
from sendfix.services.sessions import Session, Sessions

T = TypeVar("T")

NOW = datetime(2026, 3, 2, 14, 3, 0, tzinfo=UTC)
NOW_NS = int(NOW.timestamp()) * 1_000_000_000
SESSIONS = {"S42": "FIX.4.2", "S44": "FIX.4.4"}
LOGGED_ON = {
    "state": "connected",
    "phase": "connected",
    "logged_on": True,
    "next_attempt_at": None,
    "tls_expires_at": None,
    "own_tls_expires_at": None,
    "breaker": None,
    "pending_reconnect": [],
    "reason": None,
    "next_sender_seq_num": 2,
    "next_target_seq_num": 2,
    "connected_at": NOW_NS,
    "last_received_at": NOW_NS,
    "last_sent_at": NOW_NS,
    "ends": {},
}
DOWN = {
    **LOGGED_ON,
    "state": "disconnected",
    "phase": "waiting_to_reconnect",
    "logged_on": False,
    "reason": "the counterparty is gone",
}


def fix(text: str) -> bytes:
    return text.replace("|", "\x01").encode()


class MemoryStore:
    """What a database would hold: the record of every order, and everything folded."""

    def __init__(self) -> None:
        self.folded: list[Folded] = []
        self.records: dict[int, dict[str, Any]] = {}
        self.available = True

    def record(self, folded: Folded) -> None:
        self.folded.append(folded)
        if folded.order is not None:
            self.records[folded.order.order_no] = folded.order.to_record()
        for order in folded.others:
            self.records[order.order_no] = order.to_record()

    def find_order(self, cl_ord_id: str) -> Order | None:
        if not self.available:
            raise StorageUnavailable("the database is locked")
        found = [record for record in self.records.values() if cl_ord_id in record["cl_ord_ids"]]
        return Order.from_record(found[0]) if found else None

    def orders(self, query: OrderQuery) -> list[Order]:
        newest_first = [
            Order.from_record(self.records[number]) for number in sorted(self.records, reverse=True)
        ]
        matching = [
            order
            for order in newest_first
            if (query.before is None or order.order_no < query.before)
            and (query.symbol is None or order.symbol == query.symbol)
            and (query.status is None or order.status.name == query.status)
        ]
        return matching[: query.limit]

    def search(self, search: Search, make: Callable[[Any], T]) -> Found[T]:
        """Orders, as `Search` itself says which and in which order."""
        orders = [Order.from_record(record) for record in self.records.values()]
        found = [one for one in orders if search.matches(one) and search.is_behind(search.place_of(one))]
        found.sort(
            key=lambda one: (search.sort.of(one), search.subject.id.of(one)), reverse=search.descending
        )
        page = found[: search.limit]
        more = len(found) > search.limit
        return Found([make(one) for one in page], search.place_of(page[-1]) if more and page else None)

    def newest_id(self, subject: Subject) -> int:
        return max(self.records, default=0)

    def executions(self, query: ExecutionQuery) -> list[BookedExecution]:
        """Oldest first, as whoever makes positions of them asks."""
        if not self.available:
            raise StorageUnavailable("the database is locked")
        assert query.after is not None
        booked = [one.execution for one in self.folded if one.execution is not None]
        return [
            one
            for one in booked
            if one.id > query.after
            and query.session_name in (None, one.execution.session_name)
            and query.symbol in (None, one.execution.symbol)
        ][: query.limit]

    def messages(self, query: MessageQuery) -> list[MessageRow]:
        """Oldest first, as whoever looks for answers asks."""
        rows = [row for folded in self.folded for row in folded.messages]
        return [
            row
            for row in rows
            if row.session_name == query.session_name
            and row.direction in query.directions
            and row.id > (query.after or 0)
            and (query.seq_nums is None or row.msg_seq_num == query.seq_nums[0])
        ][: query.limit]


class MemorySwitches:
    """Kill switches that are kept for as long as this object."""

    def __init__(self) -> None:
        self.kept: list[KillSwitch] = []
        self.fails = False

    def load(self) -> list[KillSwitch]:
        return self.kept

    def save(self, switches: list[KillSwitch]) -> None:
        if self.fails:
            raise StorageUnavailable("the disk is full")
        self.kept = switches


class MemoryLimits:
    """Limits by account and user, kept for as long as this object."""

    def __init__(self) -> None:
        self.kept = LimitsDocument()
        self.fails = False

    def load(self) -> LimitsDocument:
        return self.kept

    def save(self, document: LimitsDocument) -> None:
        if self.fails:
            raise StorageUnavailable("the disk is full")
        self.kept = document


class Heard:
    """A listener that keeps what it is told."""

    def __init__(self) -> None:
        self.orders: list[tuple[str, str]] = []
        self.executions: list[Execution] = []
        self.messages: list[MessageRow] = []
        self.results: list[tuple[str, str, str]] = []
        self.mass_cancels: list[MassCancelFailed] = []
        self.sessions: list[tuple[str, str]] = []
        self.alarms: list[tuple[int, str]] = []
        self.refusals: list[tuple[str, str]] = []

    def refused(self, session_name: str, rule: str) -> None:
        self.refusals.append((session_name, rule))

    def order_changed(self, order: Order) -> None:
        self.orders.append((order.cl_ord_id, order.status.name))

    def execution_booked(self, booked: BookedExecution) -> None:
        self.executions.append(booked.execution)

    def session_changed(self, session: Session) -> None:
        self.sessions.append((session.config.name, session.state))

    def connection_result(self, session_name: str, state: str, message: str) -> None:
        self.results.append((session_name, state, message))

    def mass_cancel_failed(self, failed: MassCancelFailed) -> None:
        self.mass_cancels.append(failed)

    def message_logged(self, message: MessageRow) -> None:
        self.messages.append(message)

    def alarm_changed(self, alarm: Alarm) -> None:
        self.alarms.append((alarm.id, alarm.state))

    def health_changed(self) -> None:
        pass


class LoopEngine:
    """Journals each send at once, as the engine does, and hands the entry to the intake."""

    def __init__(self) -> None:
        self.unavailable_reason: str | None = None
        self.sent: list[str] = []
        self.fails_with: Exception | None = None
        self.on_its_way: set[str] = set()
        self.on_sent: Callable[[str, bytes], None] = lambda _name, _raw: None

    def send(self, session_name: str, cl_ord_id: str, body: bytes) -> int | None:
        if self.fails_with is not None:
            raise self.fails_with
        self.sent.append(body.decode().replace("\x01", "|"))
        number = len(self.sent) + 1
        head, _, rest = body.partition(b"\x01")
        raw = b"8=FIX.4.4\x019=100\x01" + head + b"\x0134=%d\x01" % number + rest + b"10=000\x01"
        self.on_sent(session_name, raw)
        return number

    def refusal(self, session_name: str) -> str | None:
        return self.unavailable_reason

    def is_on_its_way(self, cl_ord_id: str) -> bool:
        return cl_ord_id in self.on_its_way

    def connect(self, session_name: str) -> None:
        self.sent.append(f"connect {session_name}")

    def disconnect(self, session_name: str) -> None:
        self.sent.append(f"disconnect {session_name}")


class DeskKit:
    """The parts together, both sessions logged on."""

    def __init__(
        self,
        store: MemoryStore | None = None,
        resumed: Sequence[Order] = (),
        bus: Bus | None = None,
        engine: LoopEngine | None = None,
        ids: ClOrdIdSource | None = None,
        limits: LimitsStore | None = None,
        versions: Mapping[str, str] | None = None,
    ) -> None:
        """`versions` are those of sessions that have another one than `SESSIONS` says."""
        self.store = store or MemoryStore()
        self.heard = Heard()
        self.engine = engine or LoopEngine()
        self.bus = bus = bus or Bus()
        bus.subscribe(self.heard)
        self.sessions = Sessions(
            [
                SessionConfig(name, "127.0.0.1", 1, version, name, "BROKER")
                for name, version in {**SESSIONS, **(versions or {})}.items()
            ]
        )
        self.blotter = Blotter(self.store)
        self.blotter.resume(
            [Order.from_record(order.to_record()) for order in resumed], len(self.store.records) + 1
        )
        self.alarms = Alarms()
        self.positions = Positions(self.sessions, self.store, (), lambda: NOW)
        self.prices = Prices(lambda: NOW, self.positions.last_fill, self.positions.instruments)
        self.positions.last_price = self.prices.last
        self.prices.on_change = self.positions.price_changed
        self.clock = NOW
        self.exposures = Exposures(self.sessions, self.positions, self.prices, lambda: self.clock)
        self.positions.load(self.exposures.hear_stored)
        self.exposures.load(self.blotter)
        bus.subscribe(self.positions)
        bus.subscribe(self.exposures)
        next_message_id = sum(len(folded.messages) for folded in self.store.folded) + 1
        self.intake = Intake(
            self.sessions,
            self.blotter,
            self.alarms,
            self.store,
            bus,
            dictionary_of,
            set,
            next_message_id,
            user_of=self.exposures.user_of,
        )
        self.limits = RiskLimits(self.sessions, limits or MemoryLimits(), lambda: self.clock)
        self.user: str | None = None
        self.risk = Risk(
            self.sessions,
            MemorySwitches(),
            lambda: self.clock,
            self.heard.refused,
            lambda: None,
            limits=self.limits,
            exposures=self.exposures,
            prices=self.prices,
            user=lambda: self.user,
            is_on_its_way=self.engine.is_on_its_way,
        )
        self.ids = ids or ClOrdIdSource(1, 1)
        self.desk = Desk(
            self.sessions,
            self.blotter,
            self.engine,
            self.ids,
            lambda: NOW,
            dictionary_of,
            self.risk,
        )
        self.index = dict.fromkeys(SESSIONS, 0)
        self.engine.on_sent = lambda name, raw: self.entry(name, 1, raw)
        for name in SESSIONS:
            self.intake.status(name, LOGGED_ON)

    def entry(self, session_name: str, direction: int, raw: bytes) -> None:
        self.index[session_name] += 1
        self.intake.entry(session_name, "journal", self.index[session_name], NOW_NS, direction, raw)

    def send(self, session_name: str = "S44", cl_ord_id: str | None = None, **fields: Any) -> Order:
        order = {
            "symbol": "AAPL",
            "side": "BUY",
            "order_qty": 100,
            "ord_type": "LIMIT",
            "price": "200",
            **fields,
        }
        return self.desk.send_order(session_name, order, {}, cl_ord_id)

    def report(self, cl_ord_id: str, body: str, session_name: str = "S44") -> None:
        self.entry(session_name, 0, fix(f"8=FIX.4.4|9=1|35=8|34=9|37=O1|11={cl_ord_id}|{body}|10=000|"))

    def acknowledge(self, cl_ord_id: str) -> None:
        self.report(cl_ord_id, f"17=N{cl_ord_id}|150=0|39=0|55=AAPL|54=1|38=100|14=0|151=100|6=0")

    def fill(self, cl_ord_id: str, exec_id: str = "E1") -> None:
        self.report(
            cl_ord_id, f"17={exec_id}|150=F|39=2|55=AAPL|54=1|38=100|32=100|31=200|14=100|151=0|6=200"
        )


def dictionary_of(session: Session) -> Dictionary:
    return load(session.config.fix_version)
