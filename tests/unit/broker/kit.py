"""A client of a broker in memory: it asks in text, and what it is answered is compared field by field."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import pytest

from broker.application import Application
from broker.fix.states import SessionKey
from broker.fix.validation import problem_of
from broker.fix.wire import Pair, encode, parse, utc_timestamp
from broker.settings import Settings
from broker.trading.behaviours import Behaviour, Mode
from broker.trading.by_hand import FillOrder

DEFAULTS = Settings()
NOW = 1_800_000_000.0
TIME = "60=20270115-08:00:00"
NEW = f"D|21=1|55=AAPL|54=1|38=100|40=2|44=200|{TIME}"
OLD, NEWER = "FIX.4.2", "FIX.4.4"
IN_HEADER = {b"43", b"97", b"50", b"57", b"115", b"122"}
BOTH = pytest.mark.parametrize("version", [OLD, NEWER])


class Counterparty:
    """A client, and the broker's application with a database of dicts behind it."""

    def __init__(
        self,
        version: str,
        mode: Mode = Mode.MANUAL,
        kept_closed: int = 100,
        settings: Settings = DEFAULTS,
    ) -> None:
        self.version = version
        self.old = version == OLD
        self.session = SessionKey(version.encode(), b"CLIENT", b"BROKER")
        self.answers: list[dict[str, str]] = []
        self.transient: list[dict[str, str]] = []
        self.disconnected: str | None = None
        self.waiting = 0
        self.rows: dict[int, dict[str, Any]] = {}
        self.cl_ord_ids: dict[tuple[str, str], int] = {}
        prices = {"AAPL": Decimal(230), "BAC": Decimal(39)}
        self.executions: dict[str, dict[str, Any]] = {}
        self.application = Application(prices, self, self, settings, kept_closed)
        self.orders = self.application.orders
        self.orders.behaviours.default = Behaviour(mode)
        self.numbers = 1
        self.now = NOW

    # -- the broker's database

    def load_order(self, order_id: int) -> dict[str, Any] | None:
        return self.rows.get(order_id)

    def find_cl_ord_id(self, owner: str, cl_ord_id: str) -> int | None:
        return self.cl_ord_ids.get((owner, cl_ord_id))

    def load_execution(self, exec_id: str) -> dict[str, Any] | None:
        return self.executions.get(exec_id)

    def find_list(self, version: str, client: str, broker: str, list_id: str) -> list[int]:
        parts = {
            "fix_version": version,
            "sender_comp_id": client,
            "target_comp_id": broker,
            "list_id": list_id,
        }
        return sorted(row["id"] for row in self.rows.values() if parts.items() <= row.items())

    def commit(self) -> None:
        """What changed goes into the database."""
        new, changed, changes = self.orders.take_changes()
        self.rows |= {row["id"]: row for row in [*new, *changed]}
        self.cl_ord_ids |= {(row["owner"], row["cl_ord_id"]): row["order_id"] for row in changes.cl_ord_ids}
        self.executions |= {row["exec_id"]: row for row in changes.executions}
        self.executions |= changes.changed_executions
        self.orders.forget_closed()

    def restarted(self) -> Counterparty:
        """The same client of a broker that was killed and started again, with what was committed."""
        again = Counterparty(self.version, settings=self.application.settings)
        again.rows, again.cl_ord_ids, again.executions = self.rows, self.cl_ord_ids, self.executions
        again.numbers, again.now = self.numbers, self.now
        again.orders.behaviours = self.orders.behaviours
        rows = sorted((row for row in self.rows.values() if row["is_open"]), key=lambda row: int(row["id"]))
        last_execution = max((row["id"] for row in self.executions.values()), default=0)
        again.application.restore(rows, self.cl_ord_ids, max(self.rows, default=0), last_execution, self.now)
        return again

    # -- the client's line

    def send(self, session: SessionKey, msg_type: bytes, body: list[Pair]) -> None:
        assert session == self.session
        self.check_by_dictionary(msg_type, body)
        if msg_type == b"N":
            self.answers.append(
                {"35": "N", **{tag.decode(): text.decode("latin-1") for tag, text in reversed(body)}}
            )
        else:
            self.answers.append(as_fields(msg_type, body))

    def send_transient(self, session: SessionKey, msg_type: bytes, body: list[Pair]) -> None:
        assert session == self.session
        self.check_by_dictionary(msg_type, body)
        self.transient.append(as_fields(msg_type, body))

    def check_by_dictionary(self, msg_type: bytes, body: list[Pair]) -> None:
        """What the broker sends would pass the broker."""
        header = [(b"49", b"BROKER"), (b"56", b"CLIENT"), (b"34", b"1"), (b"52", utc_timestamp(NOW))]
        problem = problem_of(
            self.session.begin_string, parse(encode(self.session.begin_string, msg_type, header, body))
        )
        assert problem is None, f"{as_fields(msg_type, body)}: {problem}"

    def backlog(self, session: SessionKey) -> int:
        assert session == self.session
        return self.waiting

    def disconnect(self, session: SessionKey, text: str, is_too_slow: bool = False) -> None:
        assert session == self.session
        self.disconnected = text

    def wait(self, seconds: float) -> None:
        self.now += seconds
        self.application.run_due(self.now)
        self.application.flush(self.now)

    def ask(self, text: str) -> None:
        msg_type, *fields = text.split("|")
        self.numbers += 1
        pairs: list[Pair] = [
            (tag.encode(), text.encode()) for tag, text in (field.split("=", 1) for field in fields)
        ]
        header = [
            (b"49", b"CLIENT"),
            (b"56", b"BROKER"),
            (b"34", b"%d" % self.numbers),
            (b"52", utc_timestamp(self.now)),
            *(pair for pair in pairs if pair[0] in IN_HEADER),
        ]
        body = [(tag, value) for tag, value in pairs if tag not in IN_HEADER]
        message = parse(encode(self.session.begin_string, msg_type.encode(), header, body))
        problem = problem_of(self.session.begin_string, message)
        assert problem is None, problem.text
        self.application.handle(self.session, message, self.now)
        self.application.run_due(self.now)
        self.application.flush(self.now)

    def expect(self, text: str) -> dict[str, str]:
        """The next answer; its fields."""
        assert self.answers, f"there was no answer; {text} was expected"
        got = self.answers.pop(0)
        msg_type, *fields = text.split("|")
        expected = {"35": msg_type, **dict(field.split("=", 1) for field in fields)}
        assert {tag: got.get(tag) for tag in expected} == expected
        if msg_type == "8":
            self.check_report(got)
        return got

    def check_report(self, got: dict[str, str]) -> None:
        """What holds of every report."""
        assert ("20" in got) == self.old
        required = {"37", "17", "150", "39", "55", "54", "151", "14", "6", "60"}
        assert required <= got.keys()
        assert "11" in got or got["37"] == "NONE"
        lasts_over_night = got["39"] == "3" and got.get("59") in ("1", "6")
        if (got["39"] in "0156E79A" or lasts_over_night) and "38" in got:
            assert Decimal(got["14"]) + Decimal(got["151"]) == Decimal(got["38"])
        else:
            assert got["151"] == "0"

    def expect_all(self, text: str) -> None:
        """All answers that there are, one in each line."""
        for line in filter(None, (line.strip() for line in text.splitlines())):
            self.expect(line)
        self.expect_nothing()

    def expect_nothing(self) -> None:
        assert self.answers == []
        self.commit()

    def new(self, cl_ord_id: str, request: str = NEW) -> dict[str, str]:
        self.ask(f"{request}|11={cl_ord_id}")
        return self.expect(f"8|11={cl_ord_id}|150=0|39=0|14=0|6=0")

    def fill(self, order: dict[str, str], quantity: int, price: str = "200") -> None:
        self.application.execute(FillOrder(int(order["37"][1:]), Decimal(quantity), Decimal(price)), self.now)


def as_fields(msg_type: bytes, body: Iterable[Pair]) -> dict[str, str]:
    pairs = list(body)
    fields = {tag.decode(): value.decode("latin-1") for tag, value in pairs}
    assert len(fields) == len(pairs), f"a tag is there twice in {pairs}"
    return {"35": msg_type.decode(), **fields}
