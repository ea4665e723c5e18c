"""The walk over the page for the first day."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.desk_page import DeskPage
from tests.support.stack import Stack

pytestmark = pytest.mark.browser

IN_SIGHT = """
(box) => {
  const { left, top, right, bottom } = box.getBoundingClientRect();
  return left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight;
}
"""


def walk(page: Page, desk: DeskPage) -> list[str]:
    """The headings of all steps, gone through by the keyboard."""
    headings = []
    while True:
        expect(desk.get("tour-next")).to_be_focused()
        box = desk.get("tour").locator(".tour-box")
        expect(desk.get("tour").locator(".tour-ring")).to_be_visible()
        assert box.evaluate(IN_SIGHT), headings
        headings.append(box.locator("h2").inner_text())
        last = desk.get("tour-next").inner_text() == "Done"
        page.keyboard.press("Enter")
        if last:
            return headings
        expect(box.locator("h2")).not_to_have_text(headings[-1])


@pytest.mark.parametrize(("width", "steps"), [(1440, 9), (390, 8)], ids=["wide", "phone"])
def test_the_tour_is_offered_once_on_an_empty_desk(
    stack: Stack, browser: Browser, width: int, steps: int
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 844})
    context.set_default_timeout(15_000)
    page = context.new_page()
    page.route("**/api/orders?*", lambda route: route.fulfill(json={"orders": [], "next_before": None}))
    desk = DeskPage(page, stack).open()
    if width < 760:
        desk.get("nav-blotter").click()
    desk.get("tour-start").click()
    headings = walk(page, desk)
    assert len(headings) == steps
    expect(desk.get("tour")).to_have_count(0)
    expect(desk.get("tour-offer")).to_have_count(0)
    if width > 760:
        expect(desk.get("help-button")).to_be_focused()  # the offer is gone; here it can be had again
    desk.open()
    if width < 760:
        desk.get("nav-blotter").click()
    expect(desk.get("blotter")).to_contain_text("No orders yet.")
    expect(desk.get("tour-offer")).to_have_count(0)
    if width > 760:
        desk.get("help-button").click()
        desk.get("help-tour").click()
        expect(desk.get("tour-next")).to_be_focused()
        page.keyboard.press("ArrowRight")
        expect(desk.get("tour")).to_contain_text(headings[1])
        page.keyboard.press("ArrowLeft")
        expect(desk.get("tour")).to_contain_text(headings[0])
        page.keyboard.press("Escape")
        expect(desk.get("help-button")).to_be_focused()
    context.close()
