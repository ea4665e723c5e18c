"""Requests that are answered later: they cross fills, survive a restart, and every one gets its answer."""

from __future__ import annotations

import contextlib
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from broker.trading.behaviours import Behaviour, Mode
from broker.trading.by_hand import FillOrder, Refused
from tests.unit.broker.kit import BOTH, NEW, TIME, Counterparty

CANCEL = f"F|55=AAPL|54=1|{TIME}"
REPLACE = f"G|21=1|55=AAPL|54=1|40=2|44=200|{TIME}"


@BOTH
def test_a_delayed_cancel_crosses_a_fill(version: str) -> None:
    client = Counterparty(version)
    client.orders.behaviours.default = Behaviour(Mode.MANUAL, pending=True, delay=2.0)
    client.ask(f"{NEW}|11=a")
    client.expect("8|11=a|150=A|39=A")
    client.wait(2)
    order = client.expect("8|11=a|150=0|39=0")
    client.ask(f"{CANCEL}|11=b|41=a")
    client.expect("8|11=b|41=a|150=6|39=6")
    client.wait(1.9)
    client.fill(order, 100)
    client.expect("8|11=a|39=6|14=100|151=0")
    client.wait(0.1)
    client.expect_all("9|11=b|41=a|39=2|102=0")


@BOTH
def test_pending_without_a_delay_is_followed_by_the_answer(version: str) -> None:
    client = Counterparty(version)
    client.orders.behaviours.default = Behaviour(Mode.MANUAL, pending=True)
    client.ask(f"{NEW}|11=a")
    client.expect_all("8|150=A|39=A\n8|150=0|39=0")
    client.ask(f"{CANCEL}|11=b|41=a")
    client.expect_all("8|150=6|39=6|11=b|41=a\n8|150=4|39=4|11=b|41=a")


@BOTH
def test_an_answer_that_was_due_while_the_broker_was_down_comes_after_it(version: str) -> None:
    client = Counterparty(version)
    client.orders.behaviours.default = Behaviour(Mode.MANUAL, delay=5.0)
    client.ask(f"{NEW}|11=a")
    client.expect_nothing()
    client.now += 60
    again = client.restarted()
    again.wait(0)
    again.expect_all("8|11=a|150=0|39=0")


def test_a_partial_replace_keeps_what_the_one_before_asked_for() -> None:
    client = Counterparty("FIX.4.4")
    client.orders.behaviours.default = Behaviour(Mode.MANUAL, delay=1.0)
    client.ask(f"{NEW}|11=a")
    client.wait(1)
    client.expect("8|11=a|150=0")
    client.ask(f"G|21=1|55=AAPL|54=1|40=2|44=210|38=50|{TIME}|11=b|41=a")
    client.ask(f"G|21=1|55=AAPL|54=1|40=2|44=220|{TIME}|11=c|41=b")
    client.wait(1)
    client.expect_all("8|11=b|150=5|38=50|44=210\n8|11=c|41=b|150=5|38=50|44=220")


steps = st.one_of(
    st.tuples(st.just("cancel"), st.integers(0, 5)),
    st.tuples(st.just("replace"), st.integers(0, 5), st.integers(1, 200)),
    st.tuples(st.just("fill"), st.integers(1, 120)),
    st.tuples(st.just("wait"), st.sampled_from([0.5, 1.0, 3.0])),
    st.tuples(st.just("restart")),
)


@settings(max_examples=150)
@given(st.sampled_from(["FIX.4.2", "FIX.4.4"]), st.booleans(), st.lists(steps, max_size=12))
def test_every_request_is_answered_once_and_quantities_add_up(
    version: str, pending: bool, happenings: list[Any]
) -> None:
    client = Counterparty(version)
    client.orders.behaviours.default = Behaviour(Mode.MANUAL, pending=pending, delay=1.0)
    client.ask(f"{NEW}|11=r0")
    asked = ["r0"]
    answers: list[dict[str, str]] = []
    for happening in happenings:
        word = happening[0]
        if word in ("cancel", "replace"):
            name, orig = f"r{len(asked)}", asked[min(happening[1], len(asked) - 1)]
            asked.append(name)
            request = CANCEL if word == "cancel" else f"{REPLACE}|38={happening[2]}"
            client.ask(f"{request}|11={name}|41={orig}")
        elif word == "wait":
            client.wait(happening[1])
        elif word == "fill":
            with contextlib.suppress(Refused):
                client.application.execute(FillOrder(1, Decimal(happening[1]), Decimal(200)), client.now)
        else:
            client.commit()
            answers += client.answers
            client = client.restarted()
    client.wait(100)
    answers += client.answers

    final = [
        answer["11"] for answer in answers if answer["35"] == "9" or answer["150"] in ("0", "4", "5", "8")
    ]
    assert sorted(final) == sorted(asked)
    reports = [answer for answer in answers if answer["35"] == "8"]
    assert len({report["17"] for report in reports}) == len(reports)
    traded = sum(Decimal(report["32"]) for report in reports if "32" in report)
    order = client.orders.get(1)
    assert order is not None
    assert order.requests == []
    assert order.filled_quantity == traded <= order.quantity
    for report in reports:
        client.check_report(report)
