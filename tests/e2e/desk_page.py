"""The desk's page as a person uses it: what to press, and where to look."""

from __future__ import annotations

from typing import Any

import requests
from playwright.sync_api import Locator, Page, expect

from tests.support.stack import Stack, eventually


class DeskPage:
    """`page` is loaded. Every wait is Playwright's own: until it is so, or the test fails."""

    def __init__(self, page: Page, stack: Stack) -> None:
        expect.set_options(timeout=15_000)  # a busy machine is slow, not wrong
        self.page = page
        self.stack = stack

    def get(self, testid: str) -> Locator:
        return self.page.get_by_test_id(testid)

    def open(self) -> DeskPage:
        self.page.goto(self.stack.desk_url)
        return self.ready()

    def ready(self) -> DeskPage:
        expect(self.get("desk-link")).to_have_attribute("data-state", "online")
        return self

    def choose(self, session: str) -> None:
        self.get("session-picker").click()
        self.get(f"pick-{session}").click()
        expect(self.get("session-picker")).to_contain_text(session)

    def fill_ticket(self, **values: str) -> None:
        for name, value in values.items():
            field = self.get(f"ticket-{name}")
            if name in ("ord_type", "time_in_force"):
                field.select_option(label=value)
            else:
                field.fill(value)

    def send(self, key: bool = False) -> str:
        """Send what is on the ticket by the button, or by Ctrl+Enter; the order's ClOrdID."""
        with self.page.expect_response("**/api/send_order") as answer:
            if key:
                self.page.keyboard.press("Control+Enter")
            else:
                self.get("send").click()
        assert answer.value.status == 201, answer.value.text()
        cl_ord_id: str = answer.value.json()["cl_ord_id"]
        return cl_ord_id

    def cell(self, cl_ord_id: str, column: str) -> Locator:
        """A cell of the order whose chain begins with this ClOrdID."""
        return self.page.locator(
            f'[data-testid=orders-grid] [row-id$="/{cl_ord_id}"] [col-id="{column}"]'
        ).first

    def expect_row(self, cl_ord_id: str, **texts: str) -> None:
        for column, text in texts.items():
            expect(self.cell(cl_ord_id, column)).to_contain_text(text)

    def log_lines(self, msg_type: str) -> Locator:
        return self.page.locator(f'[data-testid=log-line][data-msg-type="{msg_type}"]')

    def decoded(self) -> list[dict[str, Any]]:
        """The fields of the decoded message that is open, without its header where that is folded."""
        rows = self.get("decode").locator("tr.tree-field")
        expect(rows.first).to_be_visible()
        cells = "(rows) => rows.map((row) => [0, 1, 2, 3].map((at) => row.children[at])"
        texts = rows.evaluate_all(
            f"{cells}.map((cell) => (cell.querySelector('.tree-name') ?? cell).innerText))"
        )
        return [dict(zip(("tag", "name", "value", "meaning"), row, strict=True)) for row in texts]


def broker_order(stack: Stack, cl_ord_id: str) -> dict[str, Any]:
    """The broker's own view of the order, once it has it."""

    def found() -> Any:
        orders = requests.get(f"{stack.broker_url}/api/orders", timeout=10).json()["orders"]
        return next((order for order in orders if order["cl_ord_id"] == cl_ord_id), None)

    order: dict[str, Any] = eventually(found, f"the broker has {cl_ord_id}")
    return order


def broker_does(stack: Stack, path: str, **body: Any) -> None:
    """What a person at the broker does, by its REST routes."""
    answer = requests.post(f"{stack.broker_url}{path}", json=body, timeout=10)
    assert answer.ok, answer.text


def broker_fills(stack: Stack, cl_ord_id: str, quantity: int, price: str) -> None:
    order = broker_order(stack, cl_ord_id)
    broker_does(stack, "/api/executions", order_id=order["id"], exec_quantity=quantity, exec_price=price)
