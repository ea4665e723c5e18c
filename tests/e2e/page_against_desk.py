"""What a page holds, against what the desk has: nothing missing, nothing twice."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

from tests.support.stack import Stack, eventually

# The page's own stores, by its own modules.
HELD = """
async (since) => {
  const { src } = document.querySelector('script[type=module]');
  const load = (name) => import(new URL(`state/${name}.js`, src));
  const [{ orders, executions }, { log }] = await Promise.all([load('desk'), load('log')]);
  return {
    orders: orders.all().map((one) => [one.cl_ord_id, one.status, one.cum_qty]).sort(),
    executions: executions.all().map((one) => one.id).filter((id) => id > since).sort((a, b) => a - b),
    messages: log.lines.map((one) => one.id).filter((id) => id > since).sort((a, b) => a - b),
  };
}
"""

# Each state of the connection that the page shows, with how many orders it then has.
WATCH = """
async () => {
  const { src } = document.querySelector('script[type=module]');
  const { orders } = await import(new URL('state/desk.js', src));
  const light = document.querySelector('[data-testid=desk-link]');
  window.seen = [];
  const note = () => window.seen.push([light.dataset.state, orders.size]);
  new MutationObserver(note).observe(light, { attributeFilter: ['data-state'] });
}
"""


def everything(stack: Stack, path: str, key: str, **query: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    before = None
    while True:
        answer = stack.get(path, limit=1000, **query, **({} if before is None else {"before": before}))
        rows += answer[key]
        before = answer["next_before"]
        if before is None:
            return rows


def newest_message(stack: Stack) -> int:
    found: int = stack.get("/api/messages", limit=1, direction="IN,OUT,EVENT")["messages"][0]["id"]
    return found


def expect_the_same(page: Page, stack: Stack, since: int) -> dict[str, Any]:
    """Until the page has the desk's orders, and the executions and messages with an id above `since`."""
    held: dict[str, Any] = {}

    def same() -> bool:
        nonlocal held
        held = page.evaluate(HELD, since)
        orders = everything(stack, "/api/orders", "orders")
        executions = everything(stack, "/api/executions", "executions", id_min=since + 1)
        messages = everything(stack, "/api/messages", "messages", id_min=since + 1, direction="IN,OUT,EVENT")
        return held == {
            "orders": sorted([one["cl_ord_id"], one["status"], one["cum_qty"]] for one in orders),
            "executions": sorted(one["id"] for one in executions),
            "messages": sorted(one["id"] for one in messages),
        }

    try:
        eventually(same, "the page has what the desk has")
    except AssertionError as error:
        raise AssertionError(f"{error}\nheld: {str(held)[:2000]}") from None
    return held
