"""Orders that the desk did not send: by telephone, by another system, or copied to a session."""

from __future__ import annotations

import pytest

from sendfix.domain.enums import OrdStatus
from sendfix.domain.errors import InvalidRequest, UnknownOrder
from tests.unit.services.desk_kit import DeskKit, fix

INSTRUMENT = "55=AAPL|54=1|38=10000"


@pytest.fixture
def kit() -> DeskKit:
    return DeskKit()


def reported(kit: DeskKit, body: str, session_name: str = "S44", order_id: str = "T1") -> None:
    kit.entry(session_name, 0, fix(f"8=FIX.4.4|9=1|35=8|34=9|37={order_id}|{body}|10=0|"))


def test_a_telephoned_order_lives_by_its_order_id(kit: DeskKit) -> None:
    """FIX 4.2 D18, FIX 4.4 E.1.a: the broker need not capture a ClOrdID."""
    reported(kit, f"17=A|150=0|39=0|{INSTRUMENT}|1=ACC|14=0|151=10000|6=0")
    reported(kit, f"17=B|150=F|39=1|{INSTRUMENT}|32=2000|31=10|14=2000|151=8000|6=10")
    reported(kit, f"17=C|150=F|39=2|{INSTRUMENT}|32=8000|31=10|14=10000|151=0|6=10")
    order = kit.desk.order("S44/37=T1")
    assert (order.status, order.account, str(order.cum_qty)) == (OrdStatus.FILLED, "ACC", "10000")
    assert [execution.exec_id for execution in kit.heard.executions] == ["A", "B", "C"]
    assert {code: one.text for code, one in order.warnings.items()} == {
        "adopted": "Not sent by this desk: it is known from the reports on OrderID(37) 'T1' alone."
    }
    assert len(kit.blotter) == 1


def test_an_order_by_telephone_can_not_be_canceled_from_here(kit: DeskKit) -> None:
    reported(kit, f"17=A|150=0|39=0|{INSTRUMENT}|14=0|151=10000|6=0")
    with pytest.raises(InvalidRequest, match=r"without a ClOrdID\(11\), as OrderID\(37\) T1"):
        kit.desk.cancel_order("S44/37=T1")
    assert kit.engine.sent == []


def test_an_order_of_another_system_is_taken_on_with_what_it_had_done(kit: DeskKit) -> None:
    reported(kit, f"11=ABC|17=A|150=F|39=1|{INSTRUMENT}|32=500|31=10|14=2000|151=8000|6=9")
    order = kit.desk.order("S44/ABC")
    assert (str(order.cum_qty), list(order.warnings)) == ("2000", ["adopted"])
    reported(kit, f"11=ABC|17=B|150=F|39=1|{INSTRUMENT}|32=500|31=10|14=3000|151=7000|6=9")
    assert list(order.warnings) == ["adopted", "executions"]


def test_its_requests_are_somebody_elses_and_followed_all_the_same(kit: DeskKit) -> None:
    reported(kit, f"11=B|41=A|17=1|150=E|39=E|{INSTRUMENT}|14=0|151=10000|6=0")
    reported(kit, "11=B|41=A|17=2|150=5|39=0|55=AAPL|54=1|38=12000|14=0|151=12000|6=0")
    reported(kit, "11=B|17=3|150=F|39=1|55=AAPL|54=1|38=12000|32=1000|31=9|14=1000|151=11000|6=9")
    reported(kit, "11=C|41=B|17=4|150=4|39=4|55=AAPL|54=1|38=12000|14=1000|151=0|6=9", order_id="T2")
    order = kit.desk.order("S44/A")
    assert len(kit.blotter) == 1
    assert (order.cl_ord_id, str(order.order_qty), order.status) == ("S44/B", "12000", OrdStatus.CANCELED)
    assert kit.desk.order("S44/C") is order
    assert list(order.warnings) == ["adopted"]


def test_it_can_be_replaced_and_canceled_by_its_real_id(kit: DeskKit) -> None:
    reported(kit, f"11=ABC|17=A|150=0|39=0|{INSTRUMENT}|40=2|44=10|59=0|14=0|151=10000|6=0")
    new_id, order = kit.desk.replace_order("S44/ABC", {"price": "11"}, {})
    assert "|41=ABC|" in kit.engine.sent[-1]
    assert order.pending is not None
    reported(kit, f"11={new_id}|41=ABC|17=B|150=5|39=0|{INSTRUMENT}|44=11|14=0|151=10000|6=0")
    assert (order.cl_ord_id, str(order.price), order.pending) == (new_id, "11", None)
    kit.desk.cancel_order("S44/ABC")
    assert f"|41={new_id}|" in kit.engine.sent[-1]


def test_a_copy_of_our_own_order_on_another_session_is_an_order_of_its_own(kit: DeskKit) -> None:
    sent = kit.send("S44").cl_ord_id
    reported(kit, f"11={sent}|17=A|150=0|39=0|{INSTRUMENT}|14=0|151=10000|6=0", "S42")
    assert kit.desk.order(sent).status is OrdStatus.PENDING_NEW
    assert kit.desk.order(f"S42/{sent}").status is OrdStatus.NEW
    again = kit.send("S44", cl_ord_id="NEXT")
    assert again.adopted is False


def test_a_report_without_an_id_is_of_our_order_if_it_has_its_order_id(kit: DeskKit) -> None:
    sent = kit.send().cl_ord_id
    kit.acknowledge(sent)
    reported(kit, "11=NONE|17=E|150=4|39=4|55=AAPL|54=1|38=100|14=0|151=0|6=0", order_id="O1")
    order = kit.desk.order(sent)
    assert (order.status, order.cl_ord_ids, order.warnings) == (OrdStatus.CANCELED, [sent], {})
    assert kit.heard.executions[-1].cl_ord_id == sent


@pytest.mark.parametrize(
    "body",
    [
        "35=8|11=ABC|17=A|150=8|39=8|55=AAPL|54=1|38=1|14=0|151=0|6=0",
        "35=9|11=ABC|41=B|39=8|434=1|102=1",
        f"35=8|11={'A' * 70}|17=A|150=0|39=0|55=AAPL|54=1|38=1|14=0|151=1|6=0",
        f"35=8|11=ABC|17=A|150=0|39=0|55={'A' * 70}|54=1|38=1|14=0|151=1|6=0",
    ],
)
def test_what_makes_no_order_is_in_the_log(kit: DeskKit, body: str) -> None:
    kit.entry("S44", 0, fix(f"8=FIX.4.4|9=1|34=9|{body}|10=0|"))
    assert len(kit.blotter) == 0
    assert "which is no order of this desk" in kit.heard.messages[-1].raw


def test_an_adopted_order_is_found_after_a_restart(kit: DeskKit) -> None:
    reported(kit, f"11=ABC|17=A|150=0|39=0|{INSTRUMENT}|14=0|151=10000|6=0")
    later = DeskKit(kit.store)
    reported(later, f"11=ABC|17=B|150=F|39=2|{INSTRUMENT}|32=10000|31=10|14=10000|151=0|6=10")
    order = later.desk.order("S44/ABC")
    assert (order.order_no, order.adopted, order.status) == (1, True, OrdStatus.FILLED)
    with pytest.raises(UnknownOrder):
        later.desk.order("ABC")


def test_the_counterparty_is_not_asked_about_orders_of_others(kit: DeskKit) -> None:
    reported(kit, f"11=ABC|17=A|150=0|39=0|{INSTRUMENT}|14=0|151=10000|6=0")
    kit.desk.ask_status("S44")
    assert kit.engine.sent == []
