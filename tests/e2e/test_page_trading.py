"""A whole trade in a real browser: connect, send, see it filled, replace, cancel, decode a message."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.desk_page import DeskPage, broker_fills
from tests.support.stack import FIX42, FIX44, Stack, eventually

pytestmark = pytest.mark.browser

BOTH = pytest.mark.parametrize("session", [FIX42, FIX44])


@pytest.fixture
def desk(stack: Stack, page: Page) -> DeskPage:
    stack.behave(default="manual")
    return DeskPage(page, stack).ready()


def orders_of(stack: Stack, symbol: str) -> int:
    return len(stack.get("/api/orders", symbol=symbol)["orders"])


@BOTH
def test_a_session_is_disconnected_and_connected(desk: DeskPage, session: str) -> None:
    card, button = desk.get(f"session-{session}"), desk.get(f"connect-{session}")
    expect(card).to_have_attribute("data-state", "connected")

    button.click()
    expect(card).to_have_attribute("data-state", re.compile("not_connected|disconnected"))
    desk.choose(session)
    expect(desk.get("send")).to_be_disabled()
    expect(desk.get("send-hint")).to_contain_text(session)

    expect(button).to_have_text("Connect")
    button.click()
    expect(card).to_have_attribute("data-state", "connected")
    expect(card).to_contain_text("Connected")
    expect(desk.get("send")).to_be_enabled()


@BOTH
def test_an_order_is_sent_seen_filled_in_parts_and_decoded(
    desk: DeskPage, stack: Stack, session: str
) -> None:
    desk.choose(session)
    desk.page.keyboard.press("/")
    expect(desk.get("ticket-symbol")).to_be_focused()
    desk.fill_ticket(symbol="AAPL", order_qty="300", price="230.10")
    expect(desk.get("preview")).to_contain_text("55=AAPL")
    expect(desk.get("preview")).to_contain_text("44=230.10")

    sent = desk.send(key=True)
    desk.expect_row(sent, symbol="AAPL", side="Buy", order_qty="300", price="230.10", status="New")

    broker_fills(stack, sent, 100, "230.05")
    desk.expect_row(sent, status="Part filled", cum_qty="100", leaves_qty="200", avg_px="230.05")
    broker_fills(stack, sent, 200, "230.10")
    desk.expect_row(sent, status="Filled", cum_qty="300", leaves_qty="0")
    expect(desk.get("toasts")).to_contain_text(f"Filled: AAPL {sent}")

    desk.get("tab-executions").click()
    fills = desk.page.locator("[data-testid=executions-grid] [row-id]").filter(has_text=sent)
    expect(fills).to_have_count(3)
    desk.get("tab-orders").click()

    desk.get("log-search").fill(sent)
    desk.log_lines("8").last.click()
    fields = {row["name"]: row for row in desk.decoded()}
    assert fields["ClOrdID"] == {"tag": "11", "name": "ClOrdID", "value": sent, "meaning": ""}
    assert fields["OrdStatus"]["tag"] == "39"
    assert fields["OrdStatus"]["meaning"] == "FILLED"


def test_a_position_is_seen_as_it_grows_and_turns(desk: DeskPage, stack: Stack) -> None:
    desk.get("tab-positions").click()
    row = desk.page.locator("[data-testid=positions-grid] .ag-row").filter(has_text="PAGE-POS")
    bought = stack.send(FIX44, account="PAGE-POS", symbol="NVDA", ord_type="LIMIT", price="100")
    broker_fills(stack, bought, 40, "99.50")
    expect(row.locator('[col-id="net_qty"]')).to_contain_text("40")
    expect(row.locator('[col-id="average_px"]')).to_contain_text("99.50")
    broker_fills(stack, bought, 60, "98")
    expect(row.locator('[col-id="day_profit"]')).to_contain_text("−60.00")
    expect(row.locator('[col-id="average_px"]')).to_contain_text("98.60")
    desk.get("blotter-search").fill("PAGE-POS")
    total = desk.get("positions-total")
    expect(total).to_contain_text("1 position")
    expect(total).to_contain_text("Day P&L −60.00")
    desk.get("blotter-search").fill("")
    row.get_by_test_id("close-position").click()
    expect(desk.get("ticket-symbol")).to_have_value("NVDA")
    expect(desk.get("ticket-order_qty")).to_have_value("100")
    expect(desk.get("ticket-account")).to_have_value("PAGE-POS")
    expect(desk.get("send")).to_contain_text("Sell")

    sold = stack.send(FIX44, account="PAGE-POS", symbol="NVDA", side="SELL", ord_type="LIMIT", price="90")
    broker_fills(stack, sold, 100, "101")
    expect(row.locator('[col-id="average_realised"]')).to_contain_text("+240.00")
    desk.page.reload()
    expect(row.locator('[col-id="net_qty"]')).to_contain_text("0")
    desk.get("held-only").click()
    expect(row).to_have_count(0)
    desk.get("held-only").click()
    for tab in ("tab-statistics", "tab-orders"):
        desk.page.keyboard.press("e")
        expect(desk.get(tab)).to_have_attribute("aria-selected", "true")


@BOTH
def test_an_order_is_replaced_and_canceled_from_the_ticket(desk: DeskPage, session: str) -> None:
    desk.choose(session)
    desk.get("side-sell").click()
    desk.fill_ticket(symbol="MSFT", order_qty="50", price="500")
    sent = desk.send()
    desk.expect_row(sent, side="Sell", status="New")

    desk.cell(sent, "symbol").click()
    expect(desk.get("ticket")).to_have_attribute("data-mode", "replace")
    desk.fill_ticket(order_qty="80", price="501.5")
    expect(desk.get("preview")).to_contain_text(f"41={sent}")
    desk.get("replace").click()
    desk.expect_row(sent, order_qty="80", price="501.50")

    expect(desk.get("ticket-order")).to_contain_text("Sell 80 MSFT at 501.5")
    desk.get("cancel").click()
    desk.expect_row(sent, status="Canceled")
    expect(desk.get("cancel")).to_be_disabled()

    desk.cell(sent, "symbol").dblclick()
    chain = desk.get("drawer").locator(".chain li")
    expect(chain).to_have_count(3)
    expect(chain.first).to_contain_text(sent)
    expect(desk.get("drawer")).to_contain_text("OrderCancelReplaceRequest")


def test_an_order_of_a_rare_type_stands_on_the_ticket_as_it_is(desk: DeskPage, stack: Stack) -> None:
    sent = stack.send(FIX44, symbol="VZ", ord_type="LIMIT_OR_BETTER", price="11.5")
    desk.cell(sent, "symbol").click()
    expect(desk.get("ticket-ord_type").locator("option:checked")).to_have_text("Limit or better")
    expect(desk.get("ticket-price")).to_have_value("11.5")
    expect(desk.get("preview")).to_contain_text("40=7")


def test_a_request_that_is_not_answered_stands_on_the_row(desk: DeskPage, stack: Stack) -> None:
    desk.choose(FIX44)
    desk.fill_ticket(symbol="JPM", order_qty="10", price="100")
    sent = desk.send()
    desk.expect_row(sent, status="New")

    stack.behave(default="ignore")
    desk.page.locator(f'[row-id$="/{sent}"] [data-testid=row-cancel]').click()
    desk.expect_row(sent, status="Cancel sent")


def test_many_orders_are_canceled_with_one_question(desk: DeskPage) -> None:
    desk.choose(FIX42)
    sent = []
    for symbol in ("V", "MA", "HD"):
        desk.fill_ticket(symbol=symbol, order_qty="10", price="20")
        expect(desk.get("send")).to_be_enabled()
        sent.append(desk.send())
    for cl_ord_id in sent[:2]:
        desk.expect_row(cl_ord_id, status="New")
        desk.page.locator(f'[row-id$="/{cl_ord_id}"] [data-testid=row-select]').check()

    desk.get("cancel-selected").click()
    expect(desk.get("question").locator(".asked li")).to_have_count(2)
    desk.get("keep").click()
    desk.expect_row(sent[0], status="New")

    desk.get("cancel-selected").click()
    desk.get("confirm").click()
    desk.expect_row(sent[0], status="Canceled")
    desk.expect_row(sent[1], status="Canceled")
    desk.expect_row(sent[2], status="New")


def test_the_rows_are_walked_by_keys(desk: DeskPage, stack: Stack) -> None:
    keyboard = desk.page.keyboard
    send = lambda: stack.send(FIX44, symbol="HD", ord_type="LIMIT", price="20", order_qty=4711)  # noqa: E731
    older, newer = send(), send()
    desk.expect_row(older, status="New")
    desk.expect_row(newer, status="New")
    keyboard.press("f")
    keyboard.type("4711")
    expect(desk.get("blotter-passing")).to_contain_text("2 of ")
    keyboard.press("ArrowDown")
    focused = desk.page.locator("[data-testid=orders-grid] .ag-row:focus-within")
    expect(focused).to_have_attribute("row-id", re.compile(newer))
    keyboard.press("ArrowDown")
    expect(focused).to_have_attribute("row-id", re.compile(older))

    newest = send()
    desk.expect_row(newest, status="New")
    expect(focused).to_have_attribute("row-id", re.compile(older))
    keyboard.press("x")
    expect(desk.get("question")).to_contain_text(older)
    keyboard.press("Escape")
    keyboard.press("ArrowUp")
    expect(focused).to_have_attribute("row-id", re.compile(newer))
    keyboard.press("Space")
    expect(desk.get("cancel-selected")).to_contain_text("(1)")
    keyboard.press("Space")
    keyboard.press("Enter")
    expect(desk.get("drawer")).to_contain_text(newer)
    keyboard.press("Escape")
    expect(focused).to_have_attribute("row-id", re.compile(newer))
    keyboard.press("r")
    expect(desk.get("ticket-order")).to_contain_text("Buy 4,711 HD at 20.00")
    expect(desk.get("ticket-order_qty")).to_be_focused()


def test_each_press_is_an_order_and_the_same_again_is_asked_about(desk: DeskPage, stack: Stack) -> None:
    desk.choose(FIX44)
    desk.fill_ticket(symbol="bac", order_qty="11", price="20")
    sent: list[str] = []
    desk.page.on("response", lambda answer: "/api/send_order" in answer.url and sent.append(answer.url))
    for symbol in (
        "csco",
        "Intc",
        "orcl",
    ):  # by the time the next one is typed, the one before is not answered
        desk.page.keyboard.press("Control+Enter")
        desk.page.keyboard.type(symbol)  # over the symbol of the last one
    desk.page.keyboard.press("Control+Enter")
    for symbol in ("BAC", "CSCO", "INTC", "ORCL"):
        eventually(lambda symbol=symbol: orders_of(stack, symbol), f"{symbol} was sent")

    desk.page.keyboard.press("Control+Enter")
    expect(desk.get("question")).to_contain_text("Buy 11 ORCL")
    desk.page.keyboard.press("Enter")
    expect(desk.get("question")).to_have_count(0)
    assert orders_of(stack, "ORCL") == 1
    desk.get("send").dblclick()
    with desk.page.expect_response("**/api/send_order"):
        desk.get("confirm").click()
    assert orders_of(stack, "ORCL") == 2
    assert len(sent) == 5


def test_enter_goes_to_the_next_field_and_letters_choose_the_type(desk: DeskPage, stack: Stack) -> None:
    desk.choose(FIX42)
    posts: list[str] = []
    desk.page.on("request", lambda request: request.method == "POST" and posts.append(request.url))
    desk.fill_ticket(symbol="ko", price="1")
    quantity, kind = desk.get("ticket-order_qty"), desk.get("ticket-ord_type")
    quantity.fill("5")
    quantity.press("Enter")
    expect(desk.get("ticket-symbol")).to_have_value("KO")
    expect(kind).to_be_focused()
    for letters, code in {"m": "1", "l": "2", "s": "3", "sl": "4", "moc": "5", "p": "P"}.items():
        kind.press_sequentially(letters)
        expect(kind).to_have_value(code)
    assert posts == []


def test_a_line_fills_the_ticket_and_is_sent_by_another_press(desk: DeskPage, stack: Stack) -> None:
    desk.choose(FIX44)
    line, means = desk.get("command"), desk.get("command-means")
    desk.page.keyboard.press("o")
    desk.page.keyboard.type("ss 1.5k pypl stp 61 60.5 ioc LINE moc")
    expect(means).to_contain_text(
        "Sell short 1,500 PYPL · Stop limit stop at 61 limit 60.5 · IOC · Account LINE"
    )
    expect(means).to_contain_text("moc: Market on close: the session’s dictionary has no such type")
    line.press("Control+Enter")
    expect(line).to_be_focused()
    expect(desk.get("ticket-symbol")).to_have_value("")

    for _ in "moc":
        desk.page.keyboard.press("Backspace")
    desk.page.keyboard.type("111=300")
    line.press("Control+Enter")
    expect(line).to_have_value("")
    for tag in ("55=PYPL", "54=5", "38=1500", "40=4", "44=60.5", "99=61", "59=3", "111=300"):
        expect(desk.get("preview").get_by_text(tag, exact=True)).to_be_visible()
    assert orders_of(stack, "PYPL") == 0
    sent = desk.send(key=True)
    assert stack.order(sent)["account"] == "LINE"
    expect(line).to_be_focused()
    desk.page.keyboard.press("ArrowUp")
    expect(line).to_have_value(re.compile("^ss 1.5k pypl"))


PARSED = """
async (lines) => {
  const { src } = document.querySelector('script[type=module]');
  const load = (name) => import(new URL(name, src));
  const { parseOrder } = await load('fix/command_line.js');
  const { ORD_TYPES, SIDES, TIFS } = await load('fix/names.js');
  const known = { sides: SIDES, ordTypes: ORD_TYPES, tifs: TIFS, fieldOf: () => undefined, own: [] };
  return lines.map((line) => {
    const { values, unknown } = parseOrder(line, known);
    return [values, unknown.map(([word]) => word)];
  });
}
"""
LINES: dict[str, tuple[dict[str, str], list[str]]] = {
    "b 100 AAPL 230.5 ACC1": (
        {"side": "1", "order_qty": "100", "symbol": "AAPL", "price": "230.5", "account": "ACC1"},
        [],
    ),
    "s S 1,000 m": ({"side": "2", "order_qty": "1000", "symbol": "S", "ord_type": "1"}, []),
    "S .5k DAY @.5 gtc": (
        {"side": "2", "order_qty": "500", "symbol": "DAY", "price": "0.5", "time_in_force": "1"},
        [],
    ),
    "b 7 700 stp 9": (
        {"side": "1", "order_qty": "7", "symbol": "700", "ord_type": "3", "stop_px": "9"},
        [],
    ),
    "b 7 X stp 9 lmt 8": (
        {"side": "1", "order_qty": "7", "symbol": "X", "ord_type": "4", "stop_px": "9", "price": "8"},
        [],
    ),
    "b 7 X mkt 8 ioc fok": (
        {"side": "1", "order_qty": "7", "symbol": "X", "ord_type": "1", "time_in_force": "3"},
        ["fok", "8"],
    ),
    "buy -1 X 0 no=1": ({"side": "1", "symbol": "X"}, ["-1", "no=1", "0"]),
    "100 AAPL": ({"symbol": "AAPL"}, ["100"]),
    "\u00df <b> \u4e2d=\u6587": ({"symbol": "<b>"}, ["\u00df", "\u4e2d=\u6587"]),
}


def test_an_order_in_one_line_is_understood_or_said_not_to_be(desk: DeskPage) -> None:
    parsed = desk.page.evaluate(PARSED, list(LINES))
    assert dict(zip(LINES, ((values, words) for values, words in parsed), strict=True)) == LINES


def test_no_single_key_trades(desk: DeskPage, stack: Stack) -> None:
    desk.choose(FIX44)
    older = stack.send(FIX44, symbol="DIS", ord_type="LIMIT", price="19")
    desk.fill_ticket(symbol="DIS", order_qty="10", price="20")
    sent = desk.send()
    desk.expect_row(sent, status="New")
    requests_seen: list[str] = []
    desk.page.on("request", lambda request: requests_seen.append(f"{request.method} {request.url}"))

    desk.page.locator("body").press("Escape")
    for key in "abcdefghijklmnopqrstuvwxyzX":
        desk.page.locator("body").press(key)
        desk.page.keyboard.press("Escape")
    expect(desk.get("question")).to_have_count(0)
    desk.get("tab-orders").click()
    desk.cell(older, "symbol").click()
    desk.page.keyboard.press("x")
    expect(desk.get("question")).to_contain_text(older)
    desk.page.keyboard.press("Enter")  # keeps it
    expect(desk.get("question")).to_have_count(0)

    assert [request for request in requests_seen if request.startswith("POST ")] == []
    assert stack.order(sent)["status"] == "NEW"


def test_the_ticket_says_what_is_wrong_beside_the_field(desk: DeskPage) -> None:
    desk.choose(FIX42)
    desk.fill_ticket(symbol="AAPL", order_qty="-5", ord_type="Stop limit")
    expect(desk.get("fault-order_qty")).to_have_text("A number above 0.")
    expect(desk.get("ticket-stop_px")).to_be_visible()
    desk.fill_ticket(order_qty="5", ord_type="Market")
    expect(desk.get("fault-order_qty")).to_have_count(0)
    expect(desk.get("ticket-price")).to_have_count(0)

    desk.get("add-field").click()
    desk.get("extra-name").fill("NoSuchField")
    desk.get("extra-name").press("Tab")
    desk.get("extra-value").press("Tab")
    expect(desk.get("fault-extra")).to_contain_text("is not a field of NewOrderSingle")
    desk.get("extra-name").fill("9001")
    desk.get("extra-value").fill("house")
    expect(desk.get("fault-extra")).to_have_count(0)
    expect(desk.get("preview")).to_contain_text("9001=house")

    sent = desk.send()
    assert desk.stack.order(sent)["custom_tags"] == {"9001": "house"}
