"""What orders, positions and executions add up to in a desk: while they change, after a restart, and while orders are
on their way."""

from __future__ import annotations

import dataclasses
from datetime import time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sendfix.domain.errors import EngineUnavailable, RiskRefused, SendFixError
from sendfix.domain.limits import Limits, Rule, Scope
from sendfix.domain.price import GivenPrice
from sendfix.domain.schedule import Schedule
from tests.unit.domain.test_exposure import shown
from tests.unit.services.desk_kit import DeskKit, LoopEngine, fix

SCOPES = [
    Scope(),
    Scope("S44"),
    Scope(None, "A"),
    Scope("S42", "A"),
    Scope(None, None, "ann"),
    Scope("S44", "B", "ann"),
]


IN_FIX42 = {"F": "1|20=0", "G": "1|20=2", "H": "1|20=1"}


def sums_of(kit: DeskKit) -> list[Any]:
    return [shown(kit.risk.sums.track(scope.key)) for scope in SCOPES]


def restarted(kit: DeskKit) -> DeskKit:
    """The desk that comes after it, on the same store."""
    orders = [kit.store.find_order(record["cl_ord_id"]) for record in kit.store.records.values()]
    return DeskKit(kit.store, [order for order in orders if order is not None])


class Counterparty:
    """Answers the orders of a desk as it is told."""

    def __init__(self, kit: DeskKit) -> None:
        self.kit = kit
        self.fills = 0

    def report(self, cl_ord_id: str, kind: str, qty: int, status: str, more: str = "") -> None:
        order = self.kit.blotter.in_memory(cl_ord_id)
        assert order is not None
        cum = int(order.cum_qty) + qty
        self.fills += 1
        side = "1" if str(order.side) == "Side.BUY" else "2"
        size = int(order.order_qty or 0)
        leaves = 0 if status in "24" else max(size - cum, 0)
        trade = f"32={abs(qty)}|31=10|" if kind in ("F", "G") else ""
        kind = kind if order.session_name == "S44" else IN_FIX42.get(kind, kind)
        body = f"17=X{self.fills}|150={kind}|39={status}|55={order.symbol}|54={side}|38={size}|{trade}"
        body += f"14={cum}|151={leaves}|6=10{more}"
        self.kit.report(cl_ord_id, body, order.session_name)


@settings(max_examples=60)
@given(st.data())
def test_running_sums_are_those_of_the_next_desk(data: st.DataObject) -> None:
    kit = DeskKit()
    counterparty = Counterparty(kit)
    sums_of(kit)
    sent: list[str] = []
    for _ in range(data.draw(st.integers(1, 12))):
        act = data.draw(st.sampled_from(["send", "send", "fill", "bust", "correct", "cancel", "replace"]))
        if act == "send" or not sent:
            kit.user = data.draw(st.sampled_from([None, "ann"]))
            order = kit.send(
                data.draw(st.sampled_from(["S42", "S44"])),
                symbol=data.draw(st.sampled_from(["AAPL", "MSFT"])),
                account=data.draw(st.sampled_from(["A", "B"])),
                side=data.draw(st.sampled_from(["BUY", "SELL", "SELL_SHORT"])),
                order_qty=data.draw(st.integers(1, 100)),
                price=data.draw(st.sampled_from(["10", "0.5"])),
            )
            sent.append(order.cl_ord_id)
            continue
        cl_ord_id = data.draw(st.sampled_from(sent))
        order = kit.desk.order(cl_ord_id)
        left = int((order.order_qty or 0) - order.cum_qty)
        if act == "fill" and order.is_open and left:
            qty = data.draw(st.integers(1, left))
            counterparty.report(cl_ord_id, "F", qty, "2" if qty == left else "1")
        elif act in ("bust", "correct") and order.tally.fills:
            ref, (qty, _px) = data.draw(st.sampled_from(sorted(order.tally.fills.items())))
            if act == "bust":
                counterparty.report(cl_ord_id, "H", -int(qty), "1", f"|19={ref}")
            else:
                counterparty.report(cl_ord_id, "G", 0, "1", f"|19={ref}")
        elif act in ("cancel", "replace") and order.is_open:
            qty = data.draw(st.integers(1, 200))
            try:
                if act == "replace":
                    kit.desk.replace_order(cl_ord_id, {"order_qty": qty + int(order.cum_qty)}, {})
                else:
                    kit.desk.cancel_order(cl_ord_id)
                    counterparty.report(cl_ord_id, "4", 0, "4")
            except SendFixError:
                continue
    assert sums_of(kit) == sums_of(restarted(kit))


def test_positions_made_anew_are_counted_anew() -> None:
    kit = DeskKit()
    kit.positions._kept_fills = 1
    counterparty = Counterparty(kit)
    cl_ord_id = kit.send(account="A").cl_ord_id
    for _ in range(5):
        counterparty.report(cl_ord_id, "F", 10, "1")
    before = sums_of(kit)
    counterparty.report(cl_ord_id, "H", -10, "1", "|19=X1")
    assert not kit.positions.whole
    kit.positions.refresh()
    assert sums_of(kit) == sums_of(restarted(kit)) != before


def limited(kit: DeskKit, **limits: Any) -> None:
    rules = [Rule(Scope(None, "A"), Limits(**limits))]
    kit.limits.change(rules, kit.limits.document.version, "a test")


class LosingEngine(LoopEngine):
    """Loses what it is sent, or keeps it for later."""

    def __init__(self) -> None:
        super().__init__()
        self.on_their_way: dict[str, tuple[str, bytes]] = {}
        self.keeps = False

    def send(self, session_name: str, cl_ord_id: str, body: bytes) -> int | None:
        if self.keeps:
            self.on_their_way[cl_ord_id] = (session_name, body)
            raise EngineUnavailable("it went away")
        return super().send(session_name, cl_ord_id, body)

    def is_on_its_way(self, cl_ord_id: str) -> bool:
        return cl_ord_id in self.on_their_way

    def deliver(self) -> None:
        kept, self.on_their_way, self.keeps = self.on_their_way, {}, False
        for cl_ord_id, (session_name, body) in kept.items():
            self.send(session_name, cl_ord_id, body)


def test_what_is_on_its_way_counts_until_it_is_known_what_became_of_it() -> None:
    engine = LosingEngine()
    kit = DeskKit(engine=engine)
    limited(kit, max_open_orders=1, max_net_position=Decimal(150))
    engine.keeps = True
    with pytest.raises(EngineUnavailable):
        kit.send(account="A")
    with pytest.raises(RiskRefused, match="max_open_orders of account A is 1, and 1 are open"):
        kit.send(account="A")
    engine.deliver()
    assert kit.risk.sums.track((None, "A", None)).orders == 1
    with pytest.raises(RiskRefused, match="100 open on that side it could be 200"):
        kit.send(account="A")

    again = DeskKit(engine=LosingEngine())
    limited(again, max_open_orders=1)
    again.engine.fails_with = EngineUnavailable("the engine is away")
    with pytest.raises(EngineUnavailable):
        again.send(account="A")
    again.engine.fails_with = None
    again.send(account="A")


def test_a_pending_replace_counts_with_its_larger_size_until_it_is_answered() -> None:
    kit = DeskKit()
    limited(kit, max_net_position=Decimal(300))
    cl_ord_id = kit.send(account="A").cl_ord_id
    kit.acknowledge(cl_ord_id)
    with pytest.raises(RiskRefused, match="BUY 201 more of AAPL on top of 0 held and 100 open"):
        kit.desk.replace_order(cl_ord_id, {"order_qty": 301}, {})
    new_id, _order = kit.desk.replace_order(cl_ord_id, {"order_qty": 250}, {})
    with pytest.raises(RiskRefused, match="250 open on that side it could be 301"):
        kit.send(account="A", order_qty=51)
    reject = f"8=FIX.4.4|9=1|35=9|34=9|37=O1|11={new_id}|41={cl_ord_id}|39=0|434=2|58=no|10=000|"
    kit.entry("S44", 0, fix(reject))
    kit.send(account="A", order_qty=200)


def test_a_reduction_goes_however_far_over_the_limit() -> None:
    kit = DeskKit()
    counterparty = Counterparty(kit)
    cl_ord_id = kit.send(account="A", side="BUY").cl_ord_id
    counterparty.report(cl_ord_id, "F", 100, "2")
    ten = Decimal(10)
    limited(kit, max_net_position=ten, max_gross_position=ten, max_position_notional=ten)
    kit.send(account="A", side="SELL", order_qty=60)
    with pytest.raises(RiskRefused) as caught:
        kit.send(account="A", side="SELL", order_qty=141)
    assert caught.value.rules == ("max_gross_position", "max_net_position", "max_position_notional")
    with pytest.raises(RiskRefused):
        kit.send(account="A", side="BUY", order_qty=1)


def test_a_new_day_begins_with_no_turnover() -> None:
    kit = DeskKit()
    session = kit.sessions.get("S44")
    hours = Schedule("America/New_York", time(9), time(17))
    session.config = dataclasses.replace(session.config, schedule=hours)
    counterparty = Counterparty(kit)
    for name in ("S44", "S42"):
        cl_ord_id = kit.send(name, account="A").cl_ord_id
        counterparty.report(cl_ord_id, "F", 100, "2")
    assert kit.risk.sums.track((None, "A", None)).executed == 2000
    kit.clock += timedelta(hours=10)  # midnight in UTC, the same day in New York
    assert kit.risk.sums.track((None, "A", None)).executed == 1000
    kit.clock += timedelta(hours=24)
    assert kit.risk.sums.track((None, "A", None)).executed == 0


def test_what_can_not_be_measured_is_refused_in_words() -> None:
    kit = DeskKit()
    limited(kit, max_net_position=Decimal(10), max_daily_turnover=Decimal(10**6))
    with pytest.raises(RiskRefused, match=r"OrderQty\(38\)|order_qty"):
        kit.send(account="A", order_qty=None, cash_order_qty=100, ord_type="MARKET", price=None)
    with pytest.raises(RiskRefused, match="give a limit price; there is no last price"):
        kit.send(account="A", order_qty=1, ord_type="MARKET", price=None)
    with pytest.raises(RiskRefused, match=r"Side\(54\) CROSS neither buys nor sells"):
        kit.send(account="A", order_qty=1, side="CROSS")
    cross = fix("35=s|1=A|55=AAPL|44=10|54=1|38=5|")
    with pytest.raises(
        RiskRefused, match="a cross, which has its quantities by side, can't be held against it"
    ):
        kit.risk.check("S44", cross)
    legs = fix("35=AB|11=L|1=A|55=SPREAD|54=1|38=5|44=1|555=2|600=AAPL|600=MSFT|")
    with pytest.raises(RiskRefused, match="a multileg order can't be held against it leg by leg"):
        kit.risk.check("S44", legs)
    limited(kit, blocked_symbols=frozenset({"MSFT"}))
    with pytest.raises(RiskRefused, match=r"LegSymbol\(600\) 'MSFT' is one of blocked_symbols of account A"):
        kit.risk.check("S44", legs)


def test_orders_that_go_together_add_up_and_none_of_them_counts_if_one_is_refused() -> None:
    kit = DeskKit()
    limited(kit, max_open_orders=2, duplicate_seconds=5.0)
    bodies = [fix(f"35=D|11=L{number}|1=A|55=AAPL|54=1|38={number + 1}|40=2|44=1|") for number in range(3)]
    with pytest.raises(RiskRefused, match="and 2 are open"):
        kit.risk.check_all("S44", bodies)
    assert kit.risk.sums.track((None, "A", None)).orders == 0
    kit.risk.check_all("S44", bodies[:2], only_look=True)
    kit.risk.check_all("S44", bodies[:2], sent_as="L0")
    assert kit.exposures.user_of("L1") is None


def test_the_user_of_an_order_is_kept_with_it_and_its_executions() -> None:
    kit = DeskKit()
    kit.user = "ann"
    cl_ord_id = kit.send().cl_ord_id
    kit.user = None
    kit.fill(cl_ord_id)
    assert kit.heard.executions[-1].user == "ann"
    again = restarted(kit)
    assert again.desk.order(cl_ord_id).user == "ann"
    assert again.risk.sums.track((None, None, "ann")).executed == 100 * 200


def test_a_replace_to_another_account_counts_there_until_it_is_answered() -> None:
    kit = DeskKit()
    sent = [kit.send(account="B").cl_ord_id for _ in range(2)]
    for cl_ord_id in sent:
        kit.acknowledge(cl_ord_id)
    limited(kit, max_net_position=Decimal(150))
    new_id, order = kit.desk.replace_order(sent[0], {"account": "A"}, {})
    assert order.account == "B"
    assert restarted(kit).risk.sums.track((None, "A", None)).symbol("AAPL").buy == 100
    with pytest.raises(RiskRefused, match="0 held and 100 open on that side it could be 200"):
        kit.desk.replace_order(sent[1], {"account": "A"}, {})
    kit.desk.replace_order(sent[0], {"account": "B", "order_qty": 1000}, {})
    assert kit.risk.sums.track((None, "A", None)).symbol("AAPL").buy == 100
    reject = f"8=FIX.4.4|9=1|35=9|34=9|37=O1|11={new_id}|41={sent[0]}|39=0|434=2|58=no|10=000|"
    kit.entry("S44", 0, fix(reject))
    kit.desk.replace_order(sent[1], {"account": "A"}, {})


def test_of_an_order_in_cash_only_what_is_left_and_what_comes_to_it_counts() -> None:
    kit = DeskKit()
    limited(kit, max_daily_turnover=Decimal(1100))
    order = kit.send(account="A", order_qty=None, cash_order_qty=1000, ord_type="MARKET", price=None)
    fill = "17=E1|150=F|39=1|1=A|55=AAPL|54=1|32=6|31=100|14=6|151=4|6=100"
    kit.report(order.cl_ord_id, fill)
    kit.desk.replace_order(order.cl_ord_id, {"cash_order_qty": 1100}, {})


def test_an_order_that_makes_no_sense_does_not_keep_the_next_desk_from_starting() -> None:
    kit = DeskKit()
    limited(kit, max_daily_turnover=Decimal(1100))
    kit.entry("S44", 1, fix("8=FIX.4.4|9=1|35=D|34=2|11=Z|1=A|55=AAPL|54=1|152=a lot|40=1|10=000|"))
    assert restarted(kit).risk.sums.track((None, "A", None)).orders == 1


def test_what_to_do_about_an_order_and_about_a_fill_of_which_nobody_knows_the_price() -> None:
    kit = DeskKit()
    sent = kit.send(account="A", ord_type="MARKET", price=None).cl_ord_id
    limited(kit, max_daily_turnover=Decimal(10**6))
    with pytest.raises(
        RiskRefused, match="of 1 open orders nobody knows the price: give one by PUT /api/prices"
    ):
        kit.send(account="A")
    kit.prices.give([GivenPrice("AAPL", Decimal(200))])
    kit.send(account="A")
    kit.report(sent, "17=E1|150=F|39=2|1=A|55=AAPL|54=1|38=100|32=100|14=100|151=0|6=0")
    with pytest.raises(
        RiskRefused, match=r"of 1 fills of today LastPx\(31\) is missing: ask the counterparty"
    ):
        kit.send(account="A")
    kit.report(sent, "17=E2|19=E1|150=G|39=2|1=A|55=AAPL|54=1|38=100|32=100|31=200|14=100|151=0|6=200")
    kit.send(account="A")
