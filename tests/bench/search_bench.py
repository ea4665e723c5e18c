"""What searches, exports and statistics cost in a database of a busy month, and how long they hold up the desk's loop.

    python tests/bench/search_bench.py [--messages 1000000] [--executions 200000] [--database FILE]

Each question is asked three times; the time is that of the slowest. "hold" is the longest that the loop, which trades,
was held up meanwhile. An export's time is for all of its lines, and "first" for the first of them. A database that is
there already is used again.
"""

from __future__ import annotations

import argparse
import itertools
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import gevent  # noqa: E402
import orjson  # noqa: E402
from sqlalchemy import Engine, insert  # noqa: E402

from sendfix.domain.enums import ExecType, OrdStatus, OrdType, Side  # noqa: E402
from sendfix.domain.events import NewOrderSent  # noqa: E402
from sendfix.domain.order import Execution, Order  # noqa: E402
from sendfix.fix.dictionary import load  # noqa: E402
from sendfix.services.columns import (  # noqa: E402
    EXECUTIONS,
    MESSAGES,
    ORDERS,
    Subject,
    execution_keys,
    order_keys,
)
from sendfix.services.ports import BookedExecution  # noqa: E402
from sendfix.services.search import Search  # noqa: E402
from sendfix.services.search_input import Problems, read_conditions, read_sort  # noqa: E402
from sendfix.services.tag_search import parse_tag_test  # noqa: E402
from sendfix.storage import tables  # noqa: E402
from sendfix.storage.database import migrate, open_engine  # noqa: E402
from sendfix.storage.lanes import Lanes  # noqa: E402
from sendfix.storage.searcher import Searcher  # noqa: E402
from sendfix.storage.statistics import StatisticsReader  # noqa: E402
from sendfix.web.csv_export import csv_response  # noqa: E402
from sendfix.web.searches import json_of, list_answer  # noqa: E402
from sendfix.web.statistics_to_json import statistics_to_json  # noqa: E402
from sendfix.web.to_json import execution_to_json, message_to_json, order_to_json  # noqa: E402
from sendfix_web_multi import SWITCH_SECONDS  # noqa: E402

START = datetime(2026, 3, 2, 14, 30, tzinfo=UTC)
SYMBOLS = [f"SY{number:03}" for number in range(500)]
ACCOUNTS = [f"ACC{number:02}" for number in range(40)]
SESSIONS = ["PRIME", "SECOND", "RARE"]
FILLS = 3
SECONDS = 60
ROUNDS = 3
AT_ONCE = 5_000


def seed(engine: Engine, messages: int, executions: int) -> None:
    """Orders with an acknowledgement and fills, and their messages; the rest are heartbeats."""
    orders = executions // (FILLS + 1)
    rows: dict[str, list[dict[str, Any]]] = {"orders": [], "executions": [], "messages": []}
    message_id = itertools.count(1)
    quiet = max(0, messages - orders * (FILLS + 2)) // max(1, orders)
    with engine.begin() as connection:

        def store() -> None:
            for name, kept in rows.items():
                connection.execute(insert(getattr(tables, name)), kept)
                kept.clear()

        for number in range(1, orders + 1):
            add_order(number, rows, message_id, quiet)
            if len(rows["messages"]) > AT_ONCE or number == orders:
                store()


def add_order(
    number: int, rows: dict[str, list[dict[str, Any]]], message_id: Iterator[int], quiet: int
) -> None:
    at = START + timedelta(milliseconds=number * 400)
    session = SESSIONS[2] if number % 1000 == 0 else SESSIONS[number % 2]
    symbol, account = SYMBOLS[number * 7 % 500], ACCOUNTS[number % 40]
    side, px = (Side.BUY, Side.SELL)[number % 2], Decimal(10_000 + number % 500) / 100
    sent = NewOrderSent(
        session, at, number, f"C{number}", symbol, side, Decimal(300), OrdType.LIMIT, px, None, None, account
    )
    order = Order.from_new(sent, number, px + Decimal("0.01"))
    order.status, order.cum_qty, order.avg_px, order.leaves_qty = (
        OrdStatus.FILLED, Decimal(300), px, Decimal(0),
    )  # fmt: skip
    order.order_id = f"O{number}"
    head = f"8=FIX.4.4|9=200|35={{}}|34={number}|49=DESK|56={session}|"
    body = f"11=C{number}|55={symbol}|54={side.value}|38=300|44={px}|1={account}|60=20260302-14:30:00.000|"

    def log(direction: str, msg_type: str, text: str, order_no: int | None = number) -> int:
        an_id = next(message_id)
        rows["messages"].append(
            {
                "id": an_id,
                "session_name": session,
                "direction": direction,
                "at_ns": int(at.timestamp()) * 10**9,
                "msg_seq_num": number,
                "msg_type": msg_type,
                "order_no": order_no,
                "raw": f"{head.format(msg_type)}{text}10=000|".replace("|", "\x01"),
                "refused": None,
            }
        )
        return an_id

    log("OUT", "D", body)
    for fill in range(FILLS + 1):
        kind, status = (
            (ExecType.TRADE, OrdStatus.FILLED if fill == FILLS else OrdStatus.PARTIALLY_FILLED)
            if fill
            else (ExecType.NEW, OrdStatus.NEW)
        )
        text = "Cancel was too late" if number % 20_000 == 0 else "done"
        an_id = log(
            "IN",
            "8",
            f"{body}37=O{number}|17=E{number}-{fill}|150={kind.value}|39={status.value}|58={text}|",
        )
        execution = Execution(
            f"E{number}-{fill}", None, f"C{number}", f"O{number}", session, symbol, side, kind, status,
            Decimal(100) if fill else None, px if fill else None, Decimal(100 * fill),
            Decimal(300 - 100 * fill), px if fill else Decimal(0), text, at,
            at + timedelta(milliseconds=2 + fill * (number % 50)), account,
        )  # fmt: skip
        booked = BookedExecution(an_id, execution, number)
        rows["executions"].append(
            {**execution_keys(booked), "record": orjson.dumps(execution.to_record()).decode()}
        )
    for _ in range(quiet):
        log("IN" if number % 2 else "OUT", "0", "112=TEST|", None)
    rows["orders"].append({**order_keys(order), "record": orjson.dumps(order.to_record()).decode()})


class Hold:
    """The longest that the loop did not come round."""

    def __init__(self) -> None:
        self.longest = 0.0
        self._greenlet = gevent.spawn(self._watch)

    def _watch(self) -> None:
        while True:
            began = time.perf_counter()
            gevent.sleep(0.001)
            self.longest = max(self.longest, time.perf_counter() - began - 0.001)

    def __enter__(self) -> Hold:
        gevent.sleep(0.01)
        self.longest = 0.0
        return self

    def __exit__(self, *_error: object) -> None:
        self._greenlet.kill()


def measured(name: str, ask: Callable[[], int | str]) -> None:
    slowest, held, found = 0.0, 0.0, None
    for _ in range(ROUNDS):
        with Hold() as hold:
            began = time.perf_counter()
            found = ask()
            slowest = max(slowest, time.perf_counter() - began)
        held = max(held, hold.longest)
    print(f"{name:58} {slowest * 1000:8.0f} ms   hold {held * 1000:5.0f} ms   {found}", flush=True)


def search_of(subject: Subject, limit: int = 500, **given: str) -> Search:
    problems, dictionaries = Problems(), [load("FIX.4.4")]
    tags = tuple(
        parse_tag_test(written, dictionaries, frozenset())
        for written in given.pop("tag", "").split()
        if written
    )
    text = given.pop("text", None)
    sort, descending = read_sort(subject, given.pop("sort", None))
    conditions = read_conditions(subject, given, problems)
    problems.raise_any()
    return Search(subject, sort, conditions, text, tags, descending, limit=limit)


def run(url: str) -> None:
    sys.setswitchinterval(SWITCH_SECONDS)
    lanes = Lanes([open_engine(url) for _ in range(3)], SECONDS)
    searcher, dictionary = Searcher(lanes), load("FIX.4.4")

    def message_json(message: Any) -> dict[str, Any]:
        return message_to_json(message, dictionary, lambda raw: raw)

    to_json: dict[str, Callable[[Any], Any]] = {
        ORDERS.name: order_to_json, EXECUTIONS.name: execution_to_json, MESSAGES.name: message_json
    }  # fmt: skip

    def listed(search: Search) -> int:
        found = searcher.search(search, json_of(to_json[search.subject.name]))
        return len(orjson.loads(orjson.dumps(list_answer("found", search, found.next, found.made)))["found"])

    measured("nothing, for a second", partial(idle, 1.0))
    two_hours = {"from": "2026-03-02T15:00:00Z", "to": "2026-03-02T17:00:00Z"}
    for name, search in (
        ("orders of a symbol and two accounts", search_of(ORDERS, symbol="SY007", account="ACC01,ACC02")),
        ("the 5,000 newest orders", search_of(ORDERS, limit=5000)),
        ("orders by avg_px, highest first", search_of(ORDERS, sort="-avg_px")),
        ("executions of a symbol in two hours", search_of(EXECUTIONS, symbol="SY011", **two_hours)),
        ("an execution by its ExecID", search_of(EXECUTIONS, exec_id="E40000-2")),
        ("executions above a price, by price", search_of(EXECUTIONS, last_px_min="104.9", sort="-last_px")),
        ("executions with a rare text", search_of(EXECUTIONS, text="too late")),
        ("messages 55:SY007 39:2 (common)", search_of(MESSAGES, tag="55:SY007 39:2")),
        ("messages 11:C20 (one order, old)", search_of(MESSAGES, tag="11:C20")),
        ("messages 58~too (rare part of a text)", search_of(MESSAGES, tag="58~too")),
        ("messages with a text that is nowhere", search_of(MESSAGES, text="nowhere")),
        ("messages of a rare session", search_of(MESSAGES, session_name="RARE", direction="IN,OUT")),
    ):
        measured(name, partial(listed, search))
    reader = StatisticsReader(lanes)
    for by in ("symbol", "hour"):
        measured(f"statistics by {by}", partial(grouped, reader, by))
    for subject, columns in (
        (EXECUTIONS, ("id", "exec_id", "symbol", "last_px", "text")),
        (MESSAGES, ("id", "at", "raw")),
    ):
        measured(
            f"CSV of all {subject.name}", partial(exported, searcher, subject, to_json[subject.name], columns)
        )
    lanes.close()


def idle(seconds: float) -> str:
    gevent.sleep(seconds)
    return "how busy the machine is with other things"


def grouped(reader: StatisticsReader, by: str) -> int:
    return reader.statistics((), by, lambda found: len(statistics_to_json(by, found)["groups"]))


def exported(
    searcher: Searcher, subject: Subject, to_json: Callable[[Any], Any], columns: tuple[str, ...]
) -> str:
    began, first, lines = time.perf_counter(), 0.0, -1
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for piece in csv_response(searcher, search_of(subject), to_json, columns, START).response:
        first = first or time.perf_counter() - began
        lines += str(piece).count("\r\n")
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    return f"{lines} lines, first after {first * 1000:.0f} ms, memory {grown:+.1f} MB"


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--messages", type=int, default=1_000_000)
    parser.add_argument("--executions", type=int, default=200_000)
    parser.add_argument("--database", type=Path, help="kept and used again; by default a temporary one")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = options.database or Path(folder) / "desk.db"
        fresh = not path.exists()
        url = f"sqlite:///{path}"
        engine = open_engine(url)
        migrate(engine)
        if fresh:
            began = time.perf_counter()
            seed(engine, options.messages, options.executions)
            print(f"seeded in {time.perf_counter() - began:.0f} s, {path.stat().st_size / 1e6:.0f} MB")
        engine.dispose()
        run(url)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
