"""What the desk's own work costs, without processes and sockets: folding reports and positions, holding an order
against limits.

    python tests/bench/fold_bench.py [--orders 2000]

Beside the check of the limits stands a loop that always does the same, of about that length: by how much its 99th
percentile is above its median is the machine's doing, not the desk's. The last line is the ratio of the time to send an
order with all limits set to that without, in the same run.
"""

from __future__ import annotations

import argparse
import dataclasses
import logging
import sys
from collections.abc import Iterator
from datetime import time, timedelta
from decimal import Decimal
from pathlib import Path
from time import perf_counter
from time import thread_time_ns as time_ns

import orjson

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from sendfix.domain.execution import Execution  # noqa: E402
from sendfix.domain.limits import Limits, Rule, Scope  # noqa: E402
from sendfix.domain.price import GivenPrice  # noqa: E402
from sendfix.domain.schedule import WEEKDAYS, Schedule  # noqa: E402
from sendfix.fix.dictionary import load  # noqa: E402
from sendfix.fix.interpret import IN, OUT, interpret  # noqa: E402
from sendfix.services.fold import Fold  # noqa: E402
from sendfix.services.ports import BookedExecution  # noqa: E402
from sendfix.services.positions import Positions  # noqa: E402
from tests.unit.services.desk_kit import NOW, DeskKit, fix  # noqa: E402

FILLS = 5
ROUNDS = 3
OPEN_ORDERS, SYMBOLS, ACCOUNTS = 10_000, 1_000, 10
MOST = Decimal(10**12)
LIMITS = Limits(
    max_orders_per_second=10**6,
    max_order_qty=Decimal(10**6),
    max_notional=MOST,
    symbols=frozenset({"AAPL", *(f"S{number}" for number in range(SYMBOLS))}),
    blocked_symbols=frozenset({"TSLA"}),
    duplicate_seconds=0.001,
    price_collar_buy_percent=Decimal(50),
    price_collar_sell_percent=Decimal(50),
    price_collar_both_sides=True,
    max_gross_position=MOST,
    max_net_position=MOST,
    max_position_notional=MOST,
    max_daily_turnover=MOST,
    max_open_orders=10**6,
    trading_hours=Schedule("America/New_York", time(0), time(0), WEEKDAYS),
    short_sales="forbid",
    forbid_oversell=True,
)
"""Every limit that there is."""


def entries(orders: int) -> Iterator[tuple[int, bytes]]:
    """An order, its acknowledgement and its fills, as a journal has them."""
    head = "8=FIX.4.4|9=1|34={}|52=20260101-10:00:00.000|35="
    for number in range(orders):
        order = f"11=X{number}|55=AAPL|54=1|38=100|40=2|44=10|59=0|60=20260101-10:00:00.000|10=0|"
        yield OUT, fix(head.format(number + 2) + "D|" + order)
        report = f"8|37=O{number}|11=X{number}|55=AAPL|54=1|38=100|60=20260101-10:00:00.000"
        yield IN, fix(f"{head.format(number)}{report}|17=N{number}|150=0|39=0|14=0|151=100|6=0|10=0|")
        for fill in range(1, FILLS + 1):
            done = fill * 100 // FILLS
            state = f"39={2 if done == 100 else 1}|32={100 // FILLS}|31=10|14={done}|151={100 - done}|6=10"
            yield IN, fix(f"{head.format(number)}{report}|17=F{number}-{fill}|150=F|{state}|10=0|")


def fold_rate(orders: int) -> float:
    """Entries a second, interpreted and folded."""
    dictionary, journal, best = load("FIX.4.4"), list(entries(orders)), 0.0
    for _ in range(ROUNDS):
        kit = DeskKit()
        fold = Fold(kit.blotter, kit.sessions)
        began = perf_counter()
        for direction, raw in journal:
            event = interpret("S44", direction, raw, NOW, dictionary)
            assert event is not None
            assert fold.apply(event).complaint is None
        best = max(best, len(journal) / (perf_counter() - began))
    return best


def position_costs(orders: int) -> tuple[float, float]:
    """Microseconds for an execution in the positions as it is booked, and for one that is stored at the start."""
    kit = DeskKit()
    for direction, raw in entries(orders):
        kit.entry("S44", direction, raw)
    booked = [folded.execution for folded in kit.store.folded if folded.execution is not None]
    fill = next(one for one in booked if one.execution.last_qty)
    records = [(one.id, orjson.dumps(one.execution.to_record()), one.order_no) for one in booked]
    live = stored = float("inf")
    for _ in range(ROUNDS):
        positions = Positions(kit.sessions, kit.store, (), lambda: NOW)
        positions.execution_booked(fill)
        positions.positions()  # whoever has looked once is kept up to date
        began = perf_counter()
        for one in booked:
            positions.execution_booked(one)
        live = min(live, 1e6 * (perf_counter() - began) / len(booked))
        positions = Positions(kit.sessions, kit.store, (), lambda: NOW)
        began = perf_counter()
        for number, record, order_no in records:
            execution = Execution.from_record(orjson.loads(record))
            positions.execution_booked(BookedExecution(number, execution, order_no))
        stored = min(stored, 1e6 * (perf_counter() - began) / len(booked))
    return live, stored


def limited(limits: Limits) -> DeskKit:
    kit = DeskKit()
    session = kit.sessions.get("S44")
    session.config = dataclasses.replace(session.config, limits=limits)
    if limits != Limits():
        kit.limits.change([Rule(Scope(), limits)], 0, "bench")
    kit.prices.give([GivenPrice("AAPL", Decimal(200))])
    return kit


def crowded() -> DeskKit:
    """With many open orders, in many symbols and accounts, and a position in each."""
    kit = limited(Limits())
    for number in range(OPEN_ORDERS):
        symbol, account = f"S{number % SYMBOLS}", str(number % ACCOUNTS)
        side = "BUY" if number % 3 else "SELL"
        cl_ord_id = kit.send(symbol=symbol, account=account, side=side, order_qty=100 + number).cl_ord_id
        if number < SYMBOLS:
            kit.prices.give([GivenPrice(symbol, Decimal(190))])
            fill = f"17=F{number}|150=F|39=1|55={symbol}|54=1|32=50|31=200|14=50|151={50 + number}|6=200"
            kit.report(cl_ord_id, fill)
    session = kit.sessions.get("S44")
    session.config = dataclasses.replace(session.config, limits=LIMITS)
    kit.limits.change([Rule(Scope(None, str(one)), LIMITS) for one in range(ACCOUNTS)], 0, "bench")
    return kit


def check_costs(checks: int) -> list[float]:
    """Microseconds of each check of all limits: those of the session and those of the account, each as if the order
    went. It is time of this thread, so that other processes on the machine count less."""
    kit = crowded()
    body = kit.engine.sent[1].replace("|", "\x01").encode()
    taken = []
    for number in range(checks):
        symbol, qty = b"55=S%d\x01" % (number * 7 % SYMBOLS), b"38=%d\x01" % (number % 500 + 101)
        one = body.replace(b"55=S1\x01", symbol).replace(b"38=101\x01", qty)
        one = one.replace(b"\x0111=", b"\x0111=%d-" % number)
        kit.clock += timedelta(milliseconds=10)
        began = time_ns()
        kit.risk.check("S44", one)
        taken.append((time_ns() - began) / 1000)
        kit.exposures.settle(lambda _cl_ord_id: False)
    return taken


def loop_costs(loops: int) -> list[float]:
    """Microseconds of a loop that always does the same."""
    taken = []
    for _ in range(loops):
        began = time_ns()
        sum(number * number for number in range(750))
        taken.append((time_ns() - began) / 1000)
    return taken


def shown(costs: list[float]) -> str:
    costs.sort()
    return f"{costs[len(costs) // 2]:.1f} µs, p99 {costs[len(costs) * 99 // 100]:.1f} µs"


def send_cost(limits: Limits, orders: int) -> float:
    """Microseconds for an order through the desk: validated, encoded, checked, folded; the engine only answers."""
    best = float("inf")
    for _ in range(ROUNDS):
        kit = limited(limits)
        began = perf_counter()
        for number in range(orders):
            kit.send(order_qty=number + 1)
        best = min(best, 1e6 * (perf_counter() - began) / orders)
    return best


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    parser.add_argument("--orders", type=int, default=2000)
    orders = parser.parse_args().orders
    logging.disable()
    print(f"fold: {fold_rate(orders):.0f} entries/s")
    live, stored = position_costs(orders)
    print(f"positions: {live:.1f} µs an execution as it is booked, {stored:.1f} µs from its record")
    print(f"limits: a check {shown(check_costs(orders * 5))}")
    print(f"the same loop again and again: {shown(loop_costs(orders * 5))}")
    without, with_all = send_cost(Limits(), orders), send_cost(LIMITS, orders)
    print(f"an order through the desk: {without:.0f} µs without limits, {with_all:.0f} µs with all of them")
    print(f"ratio {with_all / without:.2f}")


if __name__ == "__main__":
    main()
