"""The broker's page in a browser, with a FIX client at the other end that sees what a person does there."""

from __future__ import annotations

import csv
import re
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.integration.broker.client import FixClient, now
from tests.integration.broker.conftest import Broker

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    running = Broker(tmp_path_factory.mktemp("broker-page"))
    yield running
    running.process.stop()


class BrokerPage:
    def __init__(self, context: BrowserContext, broker: Broker) -> None:
        expect.set_options(timeout=15_000)
        self.broker = broker
        self.page: Page = context.new_page()
        self.errors: list[str] = []
        self.hosts: set[str] = set()
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", lambda said: said.type == "error" and self.errors.append(said.text))
        self.page.on("request", lambda request: self.hosts.add(request.url.split("/")[2]))
        self.page.goto(broker.url)
        self.expect_live()

    def get(self, testid: str) -> Locator:
        return self.page.get_by_test_id(testid)

    def expect_live(self) -> None:
        expect(self.get("link")).to_have_attribute("data-state", "online")

    def view(self, name: str) -> None:
        self.get(f"tab-{name}").click()

    def cell(self, order_id: int, column: str) -> Locator:
        return self.page.locator(f'[data-testid=orders-grid] [row-id="{order_id}"] [col-id="{column}"]').first

    def press(self, order_id: int, deed: str) -> None:
        self.cell(order_id, "actions").get_by_test_id(f"row-{deed}").click()

    def confirm(self, **fields: str) -> None:
        for name, value in fields.items():
            self.get(f"field-{name}").fill(value)
        self.get("form-confirm").click()
        expect(self.get("form")).to_have_count(0)


@pytest.fixture
def page(browser_context: BrowserContext, broker: Broker) -> Iterator[BrokerPage]:
    """What it writes to the console as an error fails the test, and so does a request to another host."""
    opened = BrokerPage(browser_context, broker)
    yield opened
    assert not opened.errors, opened.errors
    assert opened.hosts == {broker.url.split("/")[2]}


def resting(broker: Broker, client: FixClient, cl_ord_id: str, **more: object) -> int:
    """A limit order that waits for a person; its id."""
    client.order(cl_ord_id, t40=2, t44="200.00", **more)
    client.expect("8", t39=0)
    (order,) = broker.orders(cl_ord_id=cl_ord_id, sender_comp_id=client.sender)
    return int(order["id"])


def test_an_order_appears_and_is_filled_canceled_and_rejected_by_hand(
    broker: Broker, page: BrokerPage
) -> None:
    broker.behave(default="manual")
    with broker.client(sender="HAND") as client:
        client.logon()
        first = resting(broker, client, "a")
        expect(page.cell(first, "status")).to_contain_text("New")
        expect(page.cell(first, "sender_comp_id")).to_have_text("HAND")
        page.press(first, "fill")
        expect(page.get("field-exec_quantity")).to_have_value("100")
        page.confirm(exec_quantity="40", exec_price="199.5")
        client.expect("8", t39=1, t32=40, t31="199.5")
        expect(page.cell(first, "status")).to_contain_text("Part filled")
        expect(page.cell(first, "filled_quantity")).to_contain_text("40")
        page.press(first, "amend")
        page.confirm(quantity="150", limit_price="201")
        client.expect("8", t150="D", t38=150, t44=201)
        page.press(first, "cancel")
        page.confirm(text="enough")
        client.expect("8", t39=4, t58="enough")
        expect(page.cell(first, "status")).to_contain_text("Canceled")
        expect(page.cell(first, "actions").locator("button")).to_have_count(0)
        second = resting(broker, client, "b")
        page.press(second, "reject")
        page.confirm()
        client.expect("8", t39=8)
        expect(page.cell(second, "status")).to_contain_text("Rejected")


def test_the_market_is_halted_and_the_day_ended_by_hand(broker: Broker, page: BrokerPage) -> None:
    broker.behave(default={"mode": "match", "market": False})
    with broker.client(sender="PHASES") as client:
        client.logon()
        page.view("stocks")
        expect(page.get("phase")).to_have_text("Open")
        page.get("set-phase").click()
        page.get("field-phase").select_option("HALTED")
        page.get("form-confirm").click()
        expect(page.get("phase")).to_have_text("Halted")
        client.order("a", t40=2, t44="231.00")
        client.expect("8", t39=0)
        client.order("b", t40=2, t44="231.00", t54=2)
        client.expect("8", t39=0)
        page.get("set-phase").click()
        page.get("field-phase").select_option("by clock")
        page.get("form-confirm").click()
        expect(page.get("phase")).to_have_text("Open")
        client.expect("8", t39=2, t31="231")
        client.expect("8", t39=2, t31="231")
        client.order("c", t40=2, t44="1.00")
        client.expect("8", t39=0)
        page.get("end-day").click()
        page.get("form-confirm").click()
        client.expect("8", t11="c", t39="C")
        stock = page.get("stock").filter(has_text="MSFT")
        stock.get_by_test_id("halt").click()
        page.get("form-confirm").click()
        expect(stock.get_by_test_id("halted")).to_be_visible()
        stock.get_by_test_id("halt").click()
        page.get("form-confirm").click()
        expect(stock.get_by_test_id("halted")).to_have_count(0)


def test_fills_are_corrected_and_busted_and_requests_are_answered(broker: Broker, page: BrokerPage) -> None:
    broker.behave(default="manual", clients={"ACTS": {"mode": "manual", "hold": True, "pending": True}})
    with broker.client(sender="ACTS") as client:
        client.logon()
        client.order("a", t40=2, t44="200.00")
        client.expect("8", t150="A", t39="A")
        (order,) = broker.orders(sender_comp_id="ACTS")
        page.press(order["id"], "answer")
        page.get("request-accept").click()
        page.confirm()
        client.expect("8", t150=0, t39=0)
        page.get("drawer-fill").click()
        page.confirm(exec_quantity="40", exec_price="199.5")
        filled = client.expect("8", t39=1, t32=40)
        row = page.get("drawer").locator(f'[data-exec-id="{filled[17]}"]')
        row.get_by_test_id("correct").click()
        page.confirm(exec_quantity="30", exec_price="199.25", text="typing error")
        corrected = client.expect("8", t150="G", t14=30, t19=filled[17])
        expect(row).to_contain_text("Corrected")
        row = page.get("drawer").locator(f'[data-exec-id="{corrected[17]}"]')
        row.get_by_test_id("bust").click()
        page.confirm()
        client.expect("8", t150="H", t14=0, t39=0, t19=corrected[17])
        expect(row).to_contain_text("Busted")
        client.change("F", "b", "a")
        client.expect("8", t150=6, t39=6)
        page.get("request-reject").click()
        page.confirm(text="not now")
        client.expect("9", t58="not now")
        expect(page.get("request")).to_have_count(0)
        page.get("drawer-state").click()
        page.get("field-status").select_option("SUSPENDED")
        page.confirm()
        client.expect("8", t150=9, t39=9)
        page.get("drawer-close").click()
        expect(page.cell(order["id"], "status")).to_contain_text("Suspended")
        page.view("executions")
        group = page.page.locator(f'[data-testid=group][data-order="{order["id"]}"]')
        expect(group.locator(".undone")).to_have_count(2)
    broker.behave(clients={})


def test_what_the_broker_refuses_stands_at_the_field(broker: Broker, page: BrokerPage) -> None:
    broker.behave(default="manual")
    with broker.client(sender="REFUSED") as client:
        client.logon()
        order = resting(broker, client, "a")
        page.press(order, "fill")
        page.get("field-exec_quantity").fill("101")
        page.get("form-confirm").click()
        expect(page.get("form")).to_contain_text("more than the 100 that is open")
        page.errors.clear()  # the browser logs every 422
        page.page.keyboard.press("Escape")
        expect(page.get("form")).to_have_count(0)


def test_texts_of_clients_are_text(broker: Broker, page: BrokerPage) -> None:
    evil = "<img src=x onerror=alert(1)>"
    broker.behave(default="manual", symbols={"DIS": {"mode": "partial", "steps": 1, "interval": 0}})
    with broker.client(sender="<b>EVIL</b>") as client:
        client.logon()
        client.order(evil, t55="DIS", t1=evil)
        client.expect("8", t39=0)
        client.expect("8", t39=2)
        order = broker.orders(sender_comp_id="<b>EVIL</b>")[0]
        broker.rest("POST", "/api/orders", {"symbol": evil}, expect=422)
        expect(page.cell(order["id"], "cl_ord_id")).to_have_text(evil)
        page.cell(order["id"], "symbol").click()
        expect(page.get("drawer")).to_contain_text(evil)
        page.get("message").first.click()
        expect(page.get("drawer").locator(".decode").first).to_contain_text(f"11={evil}")
        page.get("drawer-close").click()
        page.view("executions")
        expect(page.page.locator(f'[data-testid=group][data-order="{order["id"]}"]')).to_contain_text(evil)
        page.view("clients")
        expect(page.get("client-open").filter(has_text="<b>EVIL</b>")).to_be_visible()
    assert page.page.locator("img[src=x]").count() == 0


def test_a_house_order_a_price_and_the_executions_as_csv(
    broker: Broker, page: BrokerPage, tmp_path: Path
) -> None:
    broker.behave(default="manual", symbols={}, clients={"HOUSE": "fill"})
    page.get("house-order").click()
    page.confirm(symbol="WMT", quantity="7", limit_price="150.25")
    expect(page.get("toast").last).to_contain_text("is entered")
    page.view("executions")
    group = page.get("group").first
    expect(group).to_contain_text("WMT")
    expect(group.get_by_test_id("execution")).to_contain_text("150.25")
    page.get("executions-search").fill("WMT")
    with page.page.expect_download() as started:
        page.get("executions-csv").click()
    saved = tmp_path / "executions.csv"
    started.value.save_as(saved)
    assert re.fullmatch(r"broker-executions-[\dT-]+\.csv", started.value.suggested_filename)
    rows = list(csv.DictReader(saved.read_text().splitlines()))
    assert [(row["exec_quantity"], row["exec_price"]) for row in rows] == [("7", "150.25")]
    page.view("stocks")
    stock = page.page.locator('[data-symbol="NFLX"]')
    stock.get_by_test_id("set-price").click()
    page.confirm(last_price="610.5")
    expect(stock.get_by_test_id("last")).to_have_text("610.50")
    broker.rest("PUT", "/api/stocks/NFLX", {"last_price": "611"})
    expect(stock.get_by_test_id("last")).to_have_text("611.00")


def test_the_depth_of_a_stock(broker: Broker, page: BrokerPage) -> None:
    broker.behave(default={"mode": "match", "market": False}, symbols={}, clients={})
    body = {"symbol": "HD", "side": "BUY", "order_type": "LIMIT", "quantity": 70, "limit_price": "370.5"}
    broker.rest("POST", "/api/orders", body, expect=201)
    page.view("stocks")
    stock = page.page.locator('[data-symbol="HD"]')
    stock.get_by_test_id("stock-open").click()
    depth = page.get("depth")
    expect(depth).to_contain_text("370.50")
    expect(stock).to_contain_text("370.50")
    broker.rest("POST", "/api/orders", {**body, "side": "SELL", "limit_price": "380"}, expect=201)
    expect(depth).to_contain_text("380.00")


def test_behaviours_are_set_by_a_form_that_offers_what_the_mode_has(broker: Broker, page: BrokerPage) -> None:
    broker.behave(default="manual", symbols={}, clients={})
    page.view("behaviours")
    page.get("add-symbols").click()
    page.get("field-mode").select_option("fill")
    expect(page.get("field-steps")).to_have_count(0)
    page.get("field-mode").select_option("partial")
    page.confirm(key="V", steps="4", interval="0", size="")
    row = page.page.locator('[data-part="symbols"][data-name="V"]')
    expect(row).to_contain_text("in 4 steps")
    set_now = broker.rest("GET", "/api/behaviours")["symbols"]["V"]
    assert (set_now["mode"], set_now["steps"], set_now["interval"]) == ("partial", 4, 0.0)
    broker.behave(symbols={"V": "ignore"})  # by another hand
    expect(row).to_contain_text("ignore")
    row.get_by_test_id("behaviour-remove").click()
    page.confirm()
    expect(row).to_have_count(0)
    assert broker.rest("GET", "/api/behaviours")["symbols"] == {}


def test_faults_are_set_seen_by_the_client_and_ended(
    broker: Broker, page: BrokerPage, browser_context: BrowserContext
) -> None:
    broker.behave(default="fill", symbols={}, clients={})
    page.view("faults")
    expect(page.get("no-faults")).to_be_visible()
    other = BrokerPage(browser_context, broker)
    with broker.client(sender="WRONGED") as client:
        client.logon()
        page.get("add-fault").click()
        page.get("field-kind").select_option("reject_orders")
        page.get("field-reject_orders.times").fill("0")
        page.get("form-confirm").click()
        expect(page.get("form")).to_contain_text("is required: the name in SenderCompID(49)")
        page.get("field-sender_comp_id").fill("WRONGED")
        page.get("form-confirm").click()
        expect(page.page.locator("[id='field-reject_orders.times-note']")).to_contain_text(
            "must be a whole number from 1 to"
        )
        page.errors.clear()  # the browser logs every 422
        page.confirm(**{"reject_orders.times": "1", "reject_orders.text": "on purpose"})
        row = page.page.locator('[data-client="WRONGED"][data-kind="reject_orders"]')
        expect(row).to_contain_text("text on purpose, times 1")
        expect(other.get("faults-on")).to_have_text("1 fault on")
        client.order("a")
        assert client.expect("8", t39=8)[58] == "on purpose"
        expect(row).to_contain_text("over")
        expect(other.get("faults-on")).to_have_count(0)
        page.get("add-fault-for").click()
        page.get("field-kind").select_option("unlisted_tags")
        page.confirm(**{"unlisted_tags.fields": "9001=x=y|9002=z"})
        client.order("b")
        report = client.expect("8", t39=0)
        assert (report[9001], report[9002]) == ("x=y", "z")
        expect(row).to_contain_text("struck once")  # what was there goes on as it was
        client.expect("8", t39=2)
        other.get("faults-on").click()
        other.page.locator('[data-client="WRONGED"][data-kind="unlisted_tags"]').get_by_test_id(
            "fault-end"
        ).click()
        other.confirm()
        expect(page.page.locator('[data-kind="unlisted_tags"]')).to_have_count(0)
        page.get("end-faults").click()
        page.confirm()
        expect(page.get("no-faults")).to_be_visible()
        client.order("c")
        assert 9001 not in client.expect("8", t39=0)
    assert broker.rest("GET", "/api/faults")["clients"] == []
    assert not other.errors


def test_clients_are_counted_disconnected_and_reset(broker: Broker, page: BrokerPage) -> None:
    page.view("clients")
    with broker.client(sender="COUNTED") as client:
        client.logon()
        row = page.page.locator('[data-client="COUNTED"]')
        expect(row.get_by_test_id("client-state")).to_have_attribute("data-state", "logged_on")
        row.get_by_test_id("client-open").click()
        expect(page.page.locator("tr.more")).to_contain_text("Logon (A)")
        row.get_by_test_id("client-disconnect").click()
        page.confirm(text="lunch")
        client.expect("5", t58="lunch")
        expect(row.get_by_test_id("client-state")).to_have_attribute("data-state", "disconnected")
        row.get_by_test_id("client-reset").click()
        page.confirm()
        expect(row.locator("td.num.right").first).to_have_text("1")
    page.view("health")
    expect(page.page.locator("#view-health")).to_contain_text("Writable")
    expect(page.page.locator("#view-health")).to_contain_text("Logout (5)")


def test_a_broker_that_was_killed_comes_back(browser_context: BrowserContext, tmp_path: Path) -> None:
    own = Broker(tmp_path)
    try:
        own.behave(default="manual")
        page = BrokerPage(browser_context, own)
        with own.client(sender="AWAY") as client:
            client.logon()
            order = resting(own, client, "a")
        expect(page.cell(order, "status")).to_contain_text("New")
        own.process.kill()
        expect(page.get("banner")).to_contain_text("No connection to the broker")
        expect(page.get("link")).to_have_attribute("data-state", "lost")
        own.start()
        page.expect_live()
        expect(page.get("banner")).not_to_contain_text("No connection")
        page.press(order, "fill")
        page.confirm()
        expect(page.cell(order, "status")).to_contain_text("Filled")
    finally:
        own.process.stop()


def test_a_database_that_is_locked_is_told_and_so_is_its_end(broker: Broker, page: BrokerPage) -> None:
    broker.behave(default="manual")
    with broker.client(sender="LOCKED") as client, closing(sqlite3.connect(broker.database)) as other:
        client.logon()
        other.execute("BEGIN IMMEDIATE")
        client.order("a", t40=2, t44="200.00")
        expect(page.get("banner")).to_contain_text("The database can't be written")
        expect(page.get("link")).to_have_attribute("data-state", "online")
        other.rollback()
        client.expect("8", t39=0)
        expect(page.get("banner")).to_have_text("")
        (order,) = broker.orders(sender_comp_id="LOCKED")
        expect(page.cell(order["id"], "status")).to_contain_text("New")


def test_more_than_can_be_read_is_shown_right_in_the_end(broker: Broker, page: BrokerPage) -> None:
    broker.behave(default={"mode": "partial", "steps": 2, "interval": 0.2})
    with broker.client(sender="FAST") as client:
        client.logon()
        sent = [
            client.message("D", t11=f"f{number}", t21=1, t55="AAPL", t54=1, t38=100, t40=1, t60=now())
            for number in range(2000)
        ]
        reader = threading.Thread(target=lambda: [client.receive() for _ in range(3 * len(sent))])
        reader.start()
        client.send_bytes(b"".join(sent))
        reader.join(60)
    newest = broker.orders(sender_comp_id="FAST", limit=1)[0]
    assert newest["status"] == "FILLED"
    expect(page.cell(newest["id"], "status")).to_contain_text("Filled")
    page.get("orders-search").fill("FAST")
    page.get("open-only").click()
    expect(page.get("orders-grid").locator('[row-id] [col-id="symbol"]')).to_have_count(0)
    expect(page.get("banner")).to_have_text("")
    page.get("open-only").click()


def test_the_page_by_keyboard_and_on_a_phone(broker: Broker, page: BrokerPage) -> None:
    page.get("tab-orders").focus()
    page.page.keyboard.press("ArrowRight")
    expect(page.get("tab-executions")).to_have_attribute("aria-selected", "true")
    page.page.keyboard.press("ArrowLeft")
    page.page.set_viewport_size({"width": 390, "height": 844})
    page.page.reload()
    page.expect_live()
    for name in ("orders", "executions", "stocks", "clients", "behaviours", "faults", "health"):
        page.view(name)
        expect(page.page.locator(f"#view-{name}")).to_be_visible()
        wide = page.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 390, (name, wide)
