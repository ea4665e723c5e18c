"""Lists of orders and orders of several legs, from what is composed to what the counterparty reports."""

from __future__ import annotations

from typing import Any

import pytest

from sendfix.domain.enums import OrdStatus
from sendfix.domain.errors import (
    DuplicateClOrdID,
    EngineUnavailable,
    InvalidRequest,
    NotLoggedOn,
    RiskRefused,
)
from sendfix.domain.order import Order
from sendfix.fix.compose import Draft
from sendfix.services.composer import Composer
from tests.unit.services.desk_kit import DOWN, NOW, DeskKit, LoopEngine, dictionary_of, fix

LEGS = [
    {"leg_symbol": "AAPL", "leg_side": "1", "leg_ratio_qty": "2"},
    {"leg_symbol": "MSFT", "leg_side": "2", "leg_ratio_qty": "1"},
]


@pytest.fixture
def kit() -> DeskKit:
    return DeskKit()


@pytest.fixture
def composer(kit: DeskKit) -> Composer:
    return composer_of(kit)


class SlowEngine(LoopEngine):
    """Does not answer in time, until it `answers`."""

    def __init__(self) -> None:
        super().__init__()
        self.answers = False
        self.on_their_way: set[str] = set()

    def is_on_its_way(self, cl_ord_id: str) -> bool:
        return cl_ord_id in self.on_their_way

    def send(self, session_name: str, cl_ord_id: str, body: bytes) -> int | None:
        if self.answers:
            return super().send(session_name, cl_ord_id, body)
        self.on_their_way.add(cl_ord_id)
        raise EngineUnavailable("The engine has not answered in time.")


@pytest.fixture
def old() -> DeskKit:
    """With FIX.4.1 as the session S42."""
    return DeskKit(versions={"S42": "FIX.4.1"})


@pytest.fixture
def composer_41(old: DeskKit) -> Composer:
    return composer_of(old)


def composer_of(kit: DeskKit) -> Composer:
    return Composer(kit.desk, kit.sessions, kit.blotter, kit.store, kit.ids, lambda: NOW, dictionary_of)


def a_list(*orders: dict[str, Any], **fields: Any) -> Draft:
    plain = {"symbol": "AAPL", "side": "BUY", "order_qty": 100, "ord_type": "LIMIT", "price": 10}
    return Draft("E", {"list_id": "L1", "no_orders": [{**plain, **order} for order in orders], **fields})


def a_spread(**fields: Any) -> Draft:
    order = {
        "symbol": "A-M",
        "side": "BUY",
        "order_qty": 10,
        "ord_type": "LIMIT",
        "price": "1.5",
        "no_legs": LEGS,
    }
    return Draft("AB", {**order, **fields})


def states(orders: list[Order]) -> list[str]:
    return [order.status.name for order in orders]


def test_each_order_of_a_list_is_an_order(kit: DeskKit, composer: Composer) -> None:
    sent = composer.send(
        "S44", a_list({"cl_ord_id": "A"}, {"cl_ord_id": "B", "symbol": "MSFT", "side": "SELL"})
    )
    assert [order.symbol for order in sent.orders] == ["AAPL", "MSFT"]
    assert [order.fields["list_id"] for order in sent.orders] == ["L1", "L1"]
    assert kit.heard.orders == [("A", "PENDING_NEW"), ("B", "PENDING_NEW")]
    kit.acknowledge("B")
    assert states(list(sent.orders)) == ["PENDING_NEW", "NEW"]
    kit.desk.cancel_order("B")
    assert "|66=L1|" in kit.engine.sent[-1]


def test_a_list_is_stored_whole_and_outlives_a_restart(kit: DeskKit, composer: Composer) -> None:
    composer.send("S44", a_list({"cl_ord_id": "A"}, {"cl_ord_id": "B"}))
    again = DeskKit(kit.store, list(kit.blotter))
    again.entry("S44", 0, fix("8=FIX.4.4|9=1|35=3|34=9|45=2|372=E|58=lists are not supported|10=000|"))
    found = [again.blotter.find(cl_ord_id) for cl_ord_id in ("A", "B")]
    assert [(order.status, order.text) for order in found if order is not None] == [
        (OrdStatus.REJECTED, "lists are not supported")
    ] * 2


def test_a_list_status_refuses_the_orders_that_nothing_was_reported_on(
    kit: DeskKit, composer: Composer
) -> None:
    sent = composer.send("S44", a_list({"cl_ord_id": "A"}, {"cl_ord_id": "B"}))
    kit.acknowledge("A")
    kit.entry("S44", 0, fix("8=FIX.4.4|9=1|35=N|34=9|66=L1|429=2|431=7|444=used before|10=000|"))
    assert states(list(sent.orders)) == ["NEW", "REJECTED"]
    assert sent.orders[1].text == "used before"


def test_a_list_status_of_another_kind_changes_nothing(kit: DeskKit, composer: Composer) -> None:
    sent = composer.send("S44", a_list({"cl_ord_id": "A"}))
    kit.entry("S44", 0, fix("8=FIX.4.4|9=1|35=N|34=9|66=L1|429=1|431=3|10=000|"))
    assert states(list(sent.orders)) == ["PENDING_NEW"]


def test_whatever_refuses_a_list_by_one_of_its_orders_refuses_all(kit: DeskKit, composer: Composer) -> None:
    sent = composer.send("S44", a_list({"cl_ord_id": "A"}, {"cl_ord_id": "B"}))
    kit.entry("S44", 0, fix("8=FIX.4.4|9=1|35=j|34=9|45=2|372=E|379=A|380=3|58=no lists|10=000|"))
    assert [(order.status.name, order.text) for order in sent.orders] == [("REJECTED", "no lists")] * 2


def test_a_list_that_names_an_order_twice_changes_it_once(kit: DeskKit, composer: Composer) -> None:
    raw = "35=E|66=L|394=3|68=2|73=2|11=A|67=1|55=X|54=1|40=1|38=5|11=A|67=2|55=Y|54=1|40=1|38=5|"
    composer.send("S44", Draft(raw=raw, validate=False))
    assert kit.heard.orders == [("A", "PENDING_NEW")]


def test_a_list_that_is_not_sent_again_is_refused_whole(kit: DeskKit, composer: Composer) -> None:
    sent = composer.send("S44", a_list({"cl_ord_id": "A"}, {"cl_ord_id": "B"}))
    event = b'{"event": "not_resent", "cl_ord_id": "A", "msg_seq_num": 2, "text": "it was 20 s old"}'
    kit.entry("S44", 2, event)
    assert states(list(sent.orders)) == ["REJECTED", "REJECTED"]


def test_the_list_of_an_old_version_is_an_order_that_limits_hold(composer_41: Composer, old: DeskKit) -> None:
    fields = {"symbol": "AAPL", "side": "BUY", "order_qty": 100, "ord_type": "LIMIT", "price": 10}
    draft = Draft("E", {**fields, "list_id": "L1", "list_seq_no": 1, "list_no_ords": 2, "cl_ord_id": "A"})
    (order,) = composer_41.send("S42", draft).orders
    assert (order.symbol, order.fields["list_id"], order.custom_tags) == ("AAPL", "L1", {})
    with pytest.raises(DuplicateClOrdID):
        composer_41.send("S42", draft)
    old.risk.kill(None, "enough")
    with pytest.raises(RiskRefused, match="kill switch"):
        composer_41.send("S42", Draft("E", {**draft.fields, "cl_ord_id": "B"}))


def test_ids_of_a_list_are_free_again_when_it_is_known_that_it_was_not_sent() -> None:
    engine = SlowEngine()
    composer = composer_of(DeskKit(engine=engine))
    both = a_list({"cl_ord_id": "A"}, {"cl_ord_id": "B"})
    with pytest.raises(EngineUnavailable):
        composer.send("S44", both)
    for one in ("A", "B"):
        with pytest.raises(DuplicateClOrdID):
            composer.send("S44", a_list({"cl_ord_id": one}))
    engine.answers, engine.on_their_way = True, set()
    assert states(list(composer.send("S44", both).orders)) == ["PENDING_NEW"] * 2


def test_a_list_with_an_id_that_was_used_is_not_sent(kit: DeskKit, composer: Composer) -> None:
    kit.send(cl_ord_id="A")
    with pytest.raises(DuplicateClOrdID):
        composer.send("S44", a_list({"cl_ord_id": "B"}, {"cl_ord_id": "A"}))
    assert len(kit.engine.sent) == 1
    assert kit.blotter.find("B") is None


def test_a_kill_switch_stops_lists_and_spreads(kit: DeskKit, composer: Composer) -> None:
    kit.risk.kill(None, "enough")
    for draft in (a_list({}), a_spread()):
        with pytest.raises(RiskRefused, match="kill switch"):
            composer.send("S44", draft)
        assert "kill switch" in (composer.check("S44", draft)[1] or "")
    assert kit.engine.sent == []


def test_a_session_that_is_down_sends_nothing(kit: DeskKit, composer: Composer) -> None:
    kit.intake.status("S44", DOWN)
    with pytest.raises(NotLoggedOn):
        composer.send("S44", Draft(raw="35=R|146=1|55=AAPL|"))
    assert "the counterparty is gone" in (composer.check("S44", Draft(raw="35=R|146=1|55=AAPL|"))[1] or "")


def test_a_leg_moves_its_position_and_the_whole_moves_the_order(kit: DeskKit, composer: Composer) -> None:
    (order,) = composer.send("S44", a_spread(cl_ord_id="A")).orders
    assert order.fields["no_legs"] == LEGS
    kit.report("A", "17=E1|150=F|39=2|55=A-M|54=1|38=10|32=10|31=1.5|14=10|151=0|6=1.5|442=3")
    kit.report("A", "17=E2|150=F|39=2|55=AAPL|54=1|32=20|31=100|14=20|151=0|6=100|442=2")
    kit.report("A", "17=E3|150=F|39=2|55=MSFT|54=2|32=10|31=198.5|14=10|151=0|6=198.5|442=2")
    kit.report("A", "17=E3|150=F|39=2|55=MSFT|54=2|32=10|31=198.5|14=10|151=0|6=198.5|442=2|43=Y")
    assert (order.status, order.cum_qty, order.avg_px) == (OrdStatus.FILLED, 10, order.price)
    assert order.warnings == {}
    held = {position.symbol: position.net_qty for position in kit.positions.positions("S44")}
    assert held == {"AAPL": 20, "MSFT": -10}
    kit.report("A", "17=E4|150=H|19=E2|39=2|55=AAPL|54=1|32=20|31=100|14=0|151=0|6=0|442=2")
    held = {position.symbol: position.net_qty for position in kit.positions.positions("S44")}
    assert held == {"MSFT": -10}


def test_an_order_with_legs_is_replaced_and_canceled(kit: DeskKit, composer: Composer) -> None:
    composer.send("S44", a_spread(cl_ord_id="A"))
    kit.acknowledge("A")
    kit.desk.replace_order("A", {"price": "1.6"}, {})
    assert kit.engine.sent[-1].startswith("35=AC|")
    assert "|555=2|600=AAPL|623=2|624=1|600=MSFT|623=1|624=2|" in kit.engine.sent[-1]
    kit.desk.cancel_order("A")
    assert kit.engine.sent[-1].startswith("35=F|")


def test_a_field_that_a_replace_takes_away_is_gone_when_it_is_confirmed(kit: DeskKit) -> None:
    allocs = [{"alloc_account": "X", "alloc_qty": "100"}]
    order = kit.send(cl_ord_id="A", no_allocs=allocs, max_floor=10)
    kit.acknowledge("A")
    new_id, _ = kit.desk.replace_order("A", {"no_allocs": None}, {})
    assert order.fields["no_allocs"] == allocs
    later, _ = kit.desk.replace_order("A", {"price": "9"}, {})
    assert "|78=" not in kit.engine.sent[-1]
    for number, (cl_ord_id, orig) in enumerate([(new_id, "A"), (later, new_id)]):
        kit.report(cl_ord_id, f"17=R{number}|150=5|39=0|41={orig}|55=AAPL|54=1|38=100|14=0|151=100|6=0")
    assert "no_allocs" not in order.fields
    assert order.fields["max_floor"] == "10"


def test_a_field_that_one_replace_brings_and_the_next_takes_away_is_gone(kit: DeskKit) -> None:
    order = kit.send(cl_ord_id="A")
    kit.acknowledge("A")
    first, _ = kit.desk.replace_order("A", {"max_floor": 10}, {})
    second, _ = kit.desk.replace_order("A", {"max_floor": None}, {})
    for number, (cl_ord_id, orig) in enumerate([(first, "A"), (second, first)]):
        kit.report(cl_ord_id, f"17=R{number}|150=5|39=0|41={orig}|55=AAPL|54=1|38=100|14=0|151=100|6=0")
    assert "max_floor" not in order.fields


def test_an_order_that_went_as_it_stood_is_not_replaced_as_it_stands(
    kit: DeskKit, composer: Composer
) -> None:
    composer.send("S44", Draft(raw="35=D|11=A|55=AAPL|54=1|38=5|40=1|152=many|", validate=False))
    with pytest.raises(InvalidRequest, match=r"CashOrderQty\(152\) must be a number, got 'many'"):
        kit.desk.replace_order("A", {"order_qty": 6}, {})


def test_a_replace_leaves_out_nothing_of_a_leg(kit: DeskKit, composer: Composer) -> None:
    raw = "35=AB|11=A|55=S|54=1|38=5|40=1|555=2|600=A|624=ODD|600=B|624=2|"
    composer.send("S44", Draft(raw=raw, validate=False))
    with pytest.raises(InvalidRequest, match=r"no_legs\[0\].leg_side: LegSide\(624\) must be"):
        kit.desk.replace_order("A", {"order_qty": 6}, {})
    legs = [{"leg_symbol": "A", "leg_side": "1"}, {"leg_symbol": "B", "leg_side": "2"}]
    kit.desk.replace_order("A", {"order_qty": 6, "no_legs": legs}, {})
    assert "|555=2|600=A|624=1|600=B|624=2|" in kit.engine.sent[-1]


def test_a_request_on_another_session_is_none_of_the_order(kit: DeskKit, composer: Composer) -> None:
    order = kit.send(cl_ord_id="A")
    composer.send("S42", Draft(raw="35=F|11=X|41=A|55=AAPL|54=1|38=100|60=20260302-14:03:00|"))
    assert order.pending is None
    assert "the unknown order A" in kit.heard.messages[-1].raw
    assert [reason for _order, reason in kit.desk.cancel_orders([order])] == [None]


def test_any_message_goes_and_is_found_with_its_answers(kit: DeskKit, composer: Composer) -> None:
    sent = composer.send("S44", Draft("R", {"quote_req_id": "Q1", "no_related_sym": [{"symbol": "AAPL"}]}))
    assert sent.orders == []
    message = composer.find("S44", sent)
    assert message is not None
    assert "\x01131=Q1\x01" in message.raw
    assert composer.answers(message) == []
    for body in (
        "35=S|34=9|131=Q2|117=X|",
        "35=S|34=10|131=Q1|117=X|",
        "35=3|34=11|45=2|58=no|",
        "35=3|34=12|45=7|",
    ):
        kit.entry("S44", 0, fix(f"8=FIX.4.4|9=1|{body}10=000|"))
    assert [row.msg_seq_num for row in composer.answers(message)] == [10, 11]
