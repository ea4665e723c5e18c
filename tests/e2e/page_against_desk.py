"""What a page holds, against what the desk has: nothing missing, nothing twice."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

from tests.support.stack import Stack, eventually

# The page's own stores, by its own modules.
HELD = """
async ([since, ordersSince]) => {
  const { src } = document.querySelector('script[type=module]');
  const load = (name) => import(new URL(`state/${name}.js`, src));
  const [{ orders, executions }, { log }, { positions }] = await Promise.all(
    [load('desk'), load('log'), load('positions')],
  );
  const byId = (rows, also) => rows.filter((one) => one.id > since)
    .map((one) => [one.id, ...also.map((key) => one[key])]).sort((a, b) => a[0] - b[0]);
  return {
    orders: orders.all().filter((one) => one.order_no > ordersSince)
      .map((one) => [one.cl_ord_id, one.status, one.cum_qty, one.leaves_qty]).sort(),
    executions: byId(executions.all(), ['exec_id']),
    messages: byId(log.lines, ['session_name', 'direction', 'msg_seq_num']),
    positions: positions.all().map((one) => [one.session_name, one.account ?? '', one.symbol, one.net_qty]).sort(),
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


# A network that lets no WebSocket through.
NO_WEBSOCKET = """
(() => {
  const { WebSocket } = window;
  window.WebSocket = function (_url, protocols) { return new WebSocket('ws://127.0.0.1:1/', protocols); };
})();
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


def expect_the_same(page: Page, stack: Stack, since: int, orders_since: int = 0) -> dict[str, Any]:
    """Until the page has the desk's orders with a number above `orders_since`, its positions, and the executions and
    messages with an id above `since`."""
    held: dict[str, Any] = {}
    differs: list[str] = []

    def same() -> bool:
        nonlocal held, differs
        orders = everything(stack, "/api/orders", "orders", order_no_min=orders_since + 1)
        executions = everything(stack, "/api/executions", "executions", id_min=since + 1)
        messages = everything(stack, "/api/messages", "messages", id_min=since + 1, direction="IN,OUT,EVENT")
        positions = stack.get("/api/positions")["positions"]
        truth = {
            "orders": sorted(
                [one["cl_ord_id"], one["status"], one["cum_qty"], one["leaves_qty"]] for one in orders
            ),
            "executions": sorted([one["id"], one["exec_id"]] for one in executions),
            "messages": sorted(
                [one["id"], one["session_name"], one["direction"], one["msg_seq_num"]] for one in messages
            ),
            "positions": sorted(
                [one["session_name"], one["account"] or "", one["symbol"], one["net_qty"]]
                for one in positions
            ),
        }
        held = page.evaluate(HELD, [since, orders_since])
        # Heartbeats come all the time: those of just now are not looked at.
        newest = truth["messages"][-1][0] if truth["messages"] else since
        held["messages"] = [one for one in held["messages"] if one[0] <= newest]
        differs = [f"{key}: {_difference(held[key], truth[key])}" for key in truth if held[key] != truth[key]]
        return not differs

    try:
        eventually(same, "the page has what the desk has")
    except AssertionError as error:
        raise AssertionError(f"{error}\n" + "\n".join(differs)) from None
    return held


def _difference(held: list[Any], truth: list[Any]) -> str:
    there, wanted = {str(one) for one in held}, {str(one) for one in truth}
    missing, wrong = sorted(wanted - there), sorted(there - wanted)
    return f"{len(missing)} missing {missing[:3]}, {len(wrong)} wrong {wrong[:3]}, {len(held) - len(there)} twice"
