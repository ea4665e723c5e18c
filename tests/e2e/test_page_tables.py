"""The tables of the page: choosing rows, what stays at the edge, tooltips, and who draws when."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.desk_page import DeskPage
from tests.support.stack import FIX44, Stack

SYMBOL = "TABLES"


@pytest.fixture
def desk(stack: Stack, page: Page) -> DeskPage:
    """Five orders in sight, and no others but those of this file."""
    stack.behave(default="reject")
    desk = DeskPage(page, stack).ready()
    sent = [stack.send(FIX44, symbol=SYMBOL, ord_type="LIMIT", price="1", order_qty=7) for _ in range(5)]
    desk.get("blotter-search").fill(SYMBOL)
    for cl_ord_id in sent:
        desk.expect_row(cl_ord_id, status="Rejected")
    others = page.locator("[data-testid=orders-grid] .ag-row [col-id=symbol]").filter(has_not_text=SYMBOL)
    expect(others).to_have_count(0)
    return desk


def box(desk: DeskPage, row: int) -> Locator:
    """The rows of the document are not in the order in which they are shown."""
    return desk.page.locator(f"[data-testid=orders-grid] [row-index='{row}'] [data-testid=row-select]")


def expect_chosen(desk: DeskPage, *expected: bool) -> None:
    for row, checked in enumerate(expected):
        expect(box(desk, row)).to_be_checked(checked=checked)


def test_rows_are_chosen_one_by_one_up_to_the_next_all_or_by_the_space_bar(desk: DeskPage) -> None:
    every = desk.get("select-all")
    shown = desk.get("row-select").count()
    box(desk, 1).check()
    expect(desk.get("cancel-selected")).to_contain_text("(1)")
    expect(every).to_have_js_property("indeterminate", True)

    box(desk, 3).click(modifiers=["Shift"])
    expect(desk.get("cancel-selected")).to_contain_text("(3)")
    expect_chosen(desk, False, True, True, True, False)

    every.click()
    expect(desk.get("cancel-selected")).to_contain_text(f"({shown})")
    expect(every).to_be_checked()
    desk.stack.send(FIX44, symbol="OTHERTABLE", ord_type="LIMIT", price="1", order_qty=7)
    desk.get("blotter-search").fill("")
    expect(every).to_have_js_property("indeterminate", True)

    every.click()  # what is chosen in part becomes all, as everywhere
    expect(every).to_be_checked()
    every.click()
    expect(desk.get("cancel-selected")).to_have_count(0)
    expect_chosen(desk, False, False, False)

    desk.page.locator("[data-testid=orders-grid] [row-index='1'] [col-id=symbol]").click()
    desk.page.keyboard.press("Space")
    expect_chosen(desk, False, True, False)


def test_what_can_be_done_to_a_row_stays_at_the_edge_and_cells_tell_more(desk: DeskPage) -> None:
    grid = desk.get("orders-grid")
    time = grid.locator("[row-index='0'] [col-id=created_at]")
    time.hover()
    expect(time).to_have_attribute("title", re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"))

    button = grid.locator("[row-index='0'] [data-testid=row-detail]")
    viewport = grid.locator(".ag-grid-viewport")
    before = button.bounding_box()
    viewport.evaluate("(element) => { element.scrollLeft = 200; }")
    expect(time).not_to_be_in_viewport()
    assert button.bounding_box() == before
    desk.page.set_viewport_size({"width": 1100, "height": 700})
    expect(button).to_be_in_viewport(ratio=1)


# Two that take long, two that do not, and one that fails, all due at once; each notes the frame in which it is drawn.
TURNS = """
async () => {
  const { src } = document.querySelector('script[type=module]');
  const { Turn } = await import(new URL('state/turns.js', src));
  const frames = [];
  let frame = 0;
  const count = () => { frame += 1; requestAnimationFrame(count); };
  requestAnimationFrame(count);
  const slow = (ms) => { const ends = performance.now() + ms; while (performance.now() < ends); };
  let told = [];
  addEventListener('error', (event) => { told.push(event.message); event.preventDefault(); });
  const turns = { long: [30], longer: [40], short: [0], shorter: [0], broken: [0] };
  const made = Object.entries(turns).map(([name, [ms]]) => new Turn(() => {
    slow(ms);
    frames.push([name, frame]);
    if (name === 'broken') throw new Error('as it should');
  }, 0));
  const drawn = async (times) => { while (frames.length < times) await new Promise(requestAnimationFrame); };
  made.forEach((turn) => turn.ask()); // none has a known cost: they are drawn together, and it is learnt
  await drawn(5);
  for (const turn of made) { // each by itself, so that each learns its own
    const before = frames.length;
    turn.ask();
    turn.ask();
    await drawn(before + 1);
  }
  frames.length = 0;
  made.forEach((turn) => turn.ask());
  await drawn(5);
  return { frames: Object.fromEntries(frames), count: frames.length, told };
}
"""


def test_what_takes_long_to_draw_has_a_frame_to_itself(page: Page) -> None:
    seen: dict[str, Any] = page.evaluate(TURNS)
    assert seen["count"] == 5
    assert seen["frames"]["long"] != seen["frames"]["longer"]
    assert len(seen["told"]) == 3
