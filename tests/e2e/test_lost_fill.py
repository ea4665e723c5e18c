"""A fill that QuickFIX refuses is not lost: an alarm on the page and by REST, over kill -9 of engine and desk."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from playwright.sync_api import BrowserContext, expect

from tests.e2e.desk_page import DeskPage
from tests.support.scripted_acceptor import ScriptedAcceptor
from tests.support.stack import Stack, eventually, session_config

NAME = "LOST"


class Refusing(Stack):
    """Engine and desk, with a counterparty that a test speaks for."""

    def __init__(self, folder: Path, acceptor: ScriptedAcceptor) -> None:
        super().__init__(folder)
        self.acceptor = acceptor

    def start(self) -> Stack:
        self.write_config([session_config(NAME, "FIX.4.4", "SENDFIX", self.acceptor.port)])
        self.start_engine()
        self.start_desk()
        self.wait_logged_on(NAME)
        return self

    def report(self, cl_ord_id: str, exec_id: str, *further: tuple[int, object]) -> None:
        fields: list[tuple[int, object]] = [
            (37, "o1"), (11, cl_ord_id), (17, exec_id), (150, "F"), (39, "1"), (55, "AAPL"), (54, "1"), (38, "100"),
            (32, "40"), (31, "229.5"), (151, "60"), (14, "40"), (6, "229.5"), *further,
        ]  # fmt: skip
        self.acceptor.send("8", fields)

    def open_alarms(self, count: int) -> list[dict[str, Any]]:
        return eventually(  # type: ignore[no-any-return]
            lambda: (
                (found := self.get("/api/alarms", state="open")["alarms"]) and len(found) == count and found
            ),
            f"{count} open alarms",
        )

    def metric(self, name: str) -> float:
        text = requests.get(f"{self.desk_url}/metrics", timeout=15).text
        found = re.search(rf"^{name} (\S+)$", text, re.MULTILINE)
        assert found is not None, text
        return float(found[1])


@pytest.fixture(scope="module")
def refusing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Refusing]:
    with ScriptedAcceptor() as acceptor:
        running = Refusing(tmp_path_factory.mktemp("lost"), acceptor)
        try:
            running.start()
            yield running
        finally:
            running.stop()


def test_a_refused_fill_outlives_kill_9_and_is_booked(refusing: Refusing) -> None:
    cl_ord_id = refusing.send(NAME, ord_type="LIMIT", price="230")
    refusing.report(cl_ord_id, "E1", (58, "once"), (58, "twice"))
    (alarm,) = refusing.open_alarms(1)
    assert (alarm["kind"], alarm["why"]) == ("refused", "Repeated tag not part of repeating group")
    assert refusing.order(cl_ord_id)["cum_qty"] == "0"
    (message,) = refusing.get("/api/messages", msg_type="8", session_name=NAME)["messages"]
    assert (message["direction"], message["refused"]) == ("IN", alarm["why"])
    health = refusing.get("/health")
    assert (health["status"], health["alarms"]) == ("degraded", 1)
    assert f"Session {NAME}: 1 report of the counterparty not taken into account" in str(health["problems"])
    assert refusing.metric("sendfix_alarms_open") == 1
    assert refusing.metric(f'sendfix_refused_messages_total{{msg_type="8",session="{NAME}"}}') == 1

    assert refusing.engine is not None
    assert refusing.desk is not None
    refusing.engine.kill()
    refusing.desk.kill()
    refusing.start_engine()
    refusing.start_desk()
    refusing.wait_logged_on(NAME)
    (again,) = refusing.open_alarms(1)
    assert again == alarm
    path = f"/api/alarms/{alarm['id']}"
    booking = refusing.get(path)["booking"]
    assert booking["problem"] is None
    assert (booking["before"]["cum_qty"], booking["after"]["cum_qty"]) == ("0", "40")
    assert refusing.post(f"{path}/preview", {"fields": {"14": "x"}}, 200)["problem"] is not None
    assert refusing.post(f"{path}/book", {"fields": {}}, 422)["errors"][0]["field"] == "reason"
    assert (
        refusing.post(f"{path}/book", {"reason": "r", "fields": {"35": "D"}}, 422)["errors"][0]["field"]
        == "fields.35"
    )
    booked = refusing.post(f"{path}/book", {"reason": "confirmed by telephone"}, 200)
    assert (booked["state"], booked["reason"]) == ("booked", "confirmed by telephone")
    order = refusing.wait_order(cl_ord_id, cum_qty="40", status="PARTIALLY_FILLED")
    assert [execution["exec_id"] for execution in order["executions"]] == ["E1"]
    assert (
        refusing.post(f"{path}/dismiss", {"reason": "r"}, 409)["detail"]
        == "The alarm has been booked already."
    )
    assert refusing.refused("/api/alarms/4711", 404)["title"] == "Unknown alarm"
    events = refusing.get("/api/messages", direction="EVENT", text="confirmed by telephone")["messages"]
    assert [event["raw"].split(": ")[1] for event in events] == ["confirmed by telephone"]


@pytest.mark.browser
def test_the_page_shows_the_alarm_until_somebody_decides(
    refusing: Refusing, browser_context: BrowserContext
) -> None:
    cl_ord_id = refusing.send(NAME, ord_type="LIMIT", price="230")
    refusing.report(cl_ord_id, "<b>E2</b>", (58, "once"), (58, "twice"))
    refusing.open_alarms(1)
    page = browser_context.new_page()
    desk = DeskPage(page, refusing).open()
    expect(desk.get("banner")).to_contain_text("A report of a counterparty is in no order: LOST")
    refusing.acceptor.send(
        "8", [(37, "o1"), (11, cl_ord_id), (17, "E3"), (150, "F"), (39, "2"), (32, "6O"), (14, "60")]
    )
    expect(desk.get("banner")).to_contain_text("2 reports of counterparties are in no order")
    expect(page.locator("[data-testid=log-line]", has_text="not accepted: Repeated tag").last).to_be_visible()

    desk.get("look-at-alarms").click()
    expect(desk.get("alarm")).to_contain_text("<b>E2</b>")
    expect(desk.get("alarm-effect")).to_contain_text("counts 40 at 229.5")
    expect(desk.get("alarm-book")).to_be_disabled()
    desk.get("alarm-message").locator("summary").click()
    expect(desk.get("alarm-message").locator('[data-tag="17"]')).to_contain_text("<b>E2</b>")
    desk.get("alarm-reason").fill("they confirm it")
    desk.get("alarm-book").click()
    expect(desk.cell(cl_ord_id, "status")).to_contain_text("Part filled")

    expect(desk.get("alarm-effect")).to_contain_text("It can’t be booked as it stands")
    expect(desk.get("alarm-missing")).to_contain_text("want a reason")
    expect(desk.get("alarm-field-17")).to_have_value("E3")
    desk.get("alarm-field-32").fill("60")
    desk.get("alarm-field-14").fill("100")
    desk.get("alarm-reason").fill("sixty, by telephone")
    expect(desk.get("alarm-effect")).to_contain_text("Filled")
    desk.get("alarm-book").click()
    expect(desk.cell(cl_ord_id, "status")).to_contain_text("Filled")
    expect(desk.get("alarms")).to_contain_text("Every report of every counterparty is in its order")
    expect(desk.get("banner")).not_to_contain_text("in no order")


@pytest.mark.browser
def test_an_order_whose_reports_do_not_add_up_is_marked(
    refusing: Refusing, browser_context: BrowserContext
) -> None:
    cl_ord_id = refusing.send(NAME, ord_type="LIMIT", price="230")
    desk = DeskPage(browser_context.new_page(), refusing).open()
    order = [(37, "o9"), (11, cl_ord_id), (55, "AAPL"), (54, "1"), (38, "100"), (150, "F"), (39, "1")]
    refusing.acceptor.send("8", [*order, (17, "W1"), (32, 40), (31, 230), (14, 70), (151, 60), (6, 230)])
    mark = desk.cell(cl_ord_id, "status").get_by_test_id("row-warning")
    expect(mark).to_have_attribute("aria-label", re.compile(r"CumQty\(14\) is 70.* LeavesQty\(151\) is 60"))
    desk.cell(cl_ord_id, "symbol").dblclick()
    expect(desk.get("drawer-warnings").locator("li")).to_have_count(2)
    expect(desk.get("rung").last).to_contain_text("CumQty(14) is 70")
    refusing.acceptor.send("8", [*order, (17, "W2"), (32, 30), (31, 230), (14, 70), (151, 30), (6, 230)])
    expect(desk.get("drawer-warnings")).to_have_count(0)
    expect(mark).to_have_count(0)

    telephoned = [(37, "T1"), (55, "MSFT"), (54, "2"), (38, "50"), (150, "0"), (39, "0")]
    refusing.acceptor.send("8", [*telephoned, (17, "W3"), (14, 0), (151, 50), (6, 0)])
    mark = desk.cell(f"{NAME}/37=T1", "status").get_by_test_id("row-warning")
    expect(mark).to_have_attribute("aria-label", re.compile("Not sent by this desk"))
    assert refusing.order(f"{NAME}/37=T1")["symbol"] == "MSFT"
