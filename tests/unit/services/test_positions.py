"""Positions of a desk, from the messages on."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from sendfix.domain.errors import StorageUnavailable
from sendfix.domain.position import OpeningPosition, Position
from sendfix.services.ports import BookedExecution, ExecutionQuery
from sendfix.services.positions import Positions
from tests.unit.services.desk_kit import NOW, DeskKit, MemoryStore

BUST = {"S42": "150=1|20=1", "S44": "150=H"}
CORRECT = {"S42": "150=1|20=2", "S44": "150=G"}
TRADE = {"S42": "150=1|20=0", "S44": "150=F"}


class Trader:
    """One order on one session, and the counterparty's reports on it."""

    def __init__(self, kit: DeskKit, session_name: str = "S44", **order: Any) -> None:
        self.kit = kit
        self.session_name = session_name
        self.order = kit.send(session_name, **{"account": "ACC", "order_qty": 1000, **order})
        self.cum = 0

    def _report(self, kind: str, exec_id: str, qty: int, px: str, cum: int, more: str = "") -> None:
        self.cum = cum
        order = self.order
        side = "1" if order.side is not None and order.side.name == "BUY" else "2"  # type: ignore[union-attr]
        body = f"17={exec_id}|{kind}|39=1|55={order.symbol}|54={side}|38=1000|32={qty}|31={px}|14={cum}"
        self.kit.report(order.cl_ord_id, f"{body}|151={1000 - cum}|6={px}{more}", self.session_name)

    def fill(self, exec_id: str, qty: int, px: str, more: str = "") -> None:
        self._report(TRADE[self.session_name], exec_id, qty, px, self.cum + qty, more)

    def bust(self, exec_ref_id: str, qty: int) -> None:
        self._report(BUST[self.session_name], f"B{exec_ref_id}", 0, "0", self.cum - qty, f"|19={exec_ref_id}")

    def correct(self, exec_ref_id: str, old: int, qty: int, px: str) -> None:
        ref = f"|19={exec_ref_id}"
        self._report(CORRECT[self.session_name], f"C{exec_ref_id}", qty, px, self.cum - old + qty, ref)


def one(kit: DeskKit) -> Position:
    (position,) = kit.positions.positions()
    return position


@pytest.mark.parametrize("session_name", ["S42", "S44"])
def test_fills_busts_and_corrections_of_both_dialects(session_name: str) -> None:
    kit = DeskKit()
    buyer, seller = Trader(kit, session_name), Trader(kit, session_name, side="SELL")
    buyer.fill("E1", 100, "10")
    buyer.fill("E2", 50, "11")
    seller.fill("E3", 60, "12")
    assert (one(kit).net_qty, one(kit).fifo.realised, one(kit).last_px) == (90, 120, 12)

    seller.bust("E3", 60)
    assert (one(kit).net_qty, one(kit).fifo.realised, one(kit).last_px) == (150, 0, 11)

    buyer.correct("E1", 100, 80, "9")
    position = one(kit)
    assert (position.net_qty, position.profit) == (130, 80 * 2)
    assert (position.session_name, position.account, position.symbol) == (session_name, "ACC", "AAPL")
    assert kit.heard.messages[-1].direction == "IN"  # nothing was complained about


def test_an_exec_id_names_a_fill_of_its_order_alone() -> None:
    """FIX wants it unique for a day, or for the life of the order."""
    kit = DeskKit()
    first, second = Trader(kit), Trader(kit)
    first.fill("E1", 100, "10")
    second.fill("E1", 50, "11")
    second.bust("E1", 50)

    assert one(kit).net_qty == 100


def test_accounts_and_sessions_are_apart() -> None:
    kit = DeskKit()
    Trader(kit, account="A").fill("E1", 10, "10")
    Trader(kit, account="B").fill("E2", 20, "10")
    Trader(kit, "S42", account="B", side="SELL").fill("E3", 5, "10")

    found = {(p.session_name, p.account): p.net_qty for p in kit.positions.positions()}
    assert found == {("S44", "A"): 10, ("S44", "B"): 20, ("S42", "B"): -5}
    assert [p.net_qty for p in kit.positions.positions(session_name="S44", account="B")] == [20]
    assert kit.positions.positions(symbol="MSFT") == []


def test_a_commission_is_that_of_the_fills_that_count() -> None:
    kit = DeskKit()
    trader = Trader(kit)
    trader.fill("E1", 100, "10", "|12=1.50|13=3")
    trader.fill("E2", 100, "10", "|12=0.01|13=1")
    assert one(kit).today.commission == Decimal("2.50")
    trader.bust("E1", 100)
    assert one(kit).today.commission == 1


def test_a_side_without_a_direction_is_in_no_position() -> None:
    kit = DeskKit()
    trader = Trader(kit, side="CROSS")
    trader.fill("E1", 100, "10")

    assert kit.positions.positions() == []


def test_a_fill_counts_for_the_day_on_which_it_was_traded() -> None:
    """Not for that on which it was resent; unless its time can't be right."""
    kit = DeskKit()
    trader = Trader(kit)
    trader.fill("E1", 100, "10", "|60=20260301-14:00:00")
    trader.fill("E2", 30, "11", "|60=20260302-14:00:00")
    trader.fill("E3", 5, "12", "|60=20990101-00:00:00")
    trader.fill("E4", 6, "12", "|60=19700101-00:00:00")

    assert (one(kit).open_qty, one(kit).today.buy_qty, one(kit).close_px) == (100, 41, 10)
    tomorrow = Positions(kit.sessions, kit.store, (), lambda: NOW + timedelta(days=1))
    tomorrow.load()
    (position,) = tomorrow.positions()
    assert (position.open_qty, position.today.buy_qty, position.day_profit) == (141, 0, 0)


def test_a_new_day_is_told_once() -> None:
    clock = [NOW]
    kit = DeskKit()
    Trader(kit).fill("E1", 100, "10")
    positions = Positions(kit.sessions, kit.store, (), lambda: clock[0])
    positions.load()
    assert positions.take_changed() == []
    clock[0] += timedelta(days=1)
    assert [position.open_qty for position in positions.take_changed()] == [100]
    assert positions.take_changed() == []


def test_changes_are_told_together() -> None:
    kit = DeskKit()
    kit.positions.take_changed()
    told: list[int] = []
    kit.positions.on_change = lambda: told.append(1)
    trader = Trader(kit)
    trader.fill("E1", 100, "10")
    trader.fill("E2", 50, "11")

    assert told == [1, 1]
    assert [position.net_qty for position in kit.positions.take_changed()] == [150]
    assert kit.positions.take_changed() == []


class SlowArchive(MemoryStore):
    """Something is booked while it is read."""

    def __init__(self) -> None:
        super().__init__()
        self.meanwhile: list[Any] = []

    def executions(self, query: ExecutionQuery) -> list[BookedExecution]:
        found = super().executions(query)
        while self.meanwhile:
            self.meanwhile.pop(0)()
        return found


def test_a_bust_of_what_is_no_longer_in_memory_is_taken_from_the_archive() -> None:
    store = SlowArchive()
    kit = DeskKit(store)
    kit.positions = Positions(kit.sessions, store, (), lambda: NOW, kept_fills=2)
    kit.bus.subscribe(kit.positions)
    trader = Trader(kit)
    for number in range(10):
        trader.fill(f"E{number}", 10, str(10 + number))
    assert one(kit).whole

    trader.bust("E0", 10)
    assert (one(kit).whole, kit.positions.whole) == (False, False)
    store.available = False
    with pytest.raises(StorageUnavailable):
        kit.positions.refresh()
    store.available = True
    store.meanwhile.append(lambda: trader.fill("E10", 10, "20"))
    kit.positions.refresh()

    assert (one(kit).whole, one(kit).net_qty) == (True, 100)
    again = Positions(kit.sessions, store, (), lambda: NOW)
    again.load()
    assert again.positions() == kit.positions.positions()


def test_an_opening_position_is_what_there_was_when_its_day_began() -> None:
    kit = DeskKit()
    trader = Trader(kit)
    trader.fill("E1", 100, "10", "|60=20260301-14:00:00")
    trader.fill("E2", 30, "11", "|60=20260302-14:00:00")
    opening = OpeningPosition("S44", "ACC", "AAPL", Decimal(-200), Decimal("10.50"), NOW.date())
    other = replace(opening, session_name="GONE", symbol="IBM")
    positions = Positions(kit.sessions, kit.store, (opening, other), lambda: NOW)
    positions.load()

    gone, position = positions.positions()
    assert (gone.session_name, gone.net_qty, gone.fifo.px) == ("GONE", -200, Decimal("10.50"))
    assert (position.open_qty, position.net_qty) == (-200, -170)
    assert position.fifo.realised == 30 * (Decimal("10.50") - 11)
