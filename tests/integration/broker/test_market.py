"""Market data from a broker as it runs: by REST, over a restart, to a client that does not read, to QuickFIX."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from broker.market.feed import MOST_UNREAD
from broker.market.tape import KEPT
from tests.integration.broker.conftest import Broker

BOOK_ONLY = {"mode": "match", "market": False}


def cross(broker: Broker, symbol: str, quantity: int, price: str) -> None:
    """A trade of the house with itself."""
    for side in ("buy", "sell"):
        order = {"symbol": symbol, "side": side, "order_type": "limit", "quantity": quantity}
        broker.rest("POST", "/api/orders", {**order, "limit_price": price}, 201)


def day_of(stock: dict[str, Any]) -> list[Any]:
    return [stock[name] for name in ("open", "high", "low", "volume", "previous_close")]


def test_the_day_and_the_book_over_rest_and_over_a_restart(own_broker: Broker) -> None:
    broker = own_broker
    broker.behave(default=BOOK_ONLY)
    assert day_of(broker.rest("GET", "/api/stocks/DIS")) == [None, None, None, "0", "96.85"]
    for quantity, price in ((10, "97"), (20, "98.5"), (5, "96")):
        cross(broker, "DIS", quantity, price)
    order = {"symbol": "DIS", "order_type": "limit"}
    for side, quantity, price in (("buy", 7, "95"), ("buy", 3, "95"), ("buy", 1, "94"), ("sell", 4, "99.5")):
        body = {**order, "side": side, "quantity": quantity, "limit_price": price}
        broker.rest("POST", "/api/orders", body, 201)
    for _ in range(2):
        stock = broker.rest("GET", "/api/stocks/DIS")
        assert day_of(stock) == ["97", "98.5", "96", "35", "96.85"]
        assert (stock["last_price"], stock["bid"], stock["ask"]) == ("96", "95", "99.5")
        assert stock in broker.rest("GET", "/api/stocks")["stocks"]
        depth = broker.rest("GET", "/api/stocks/DIS/depth?levels=1")
        assert depth == {
            "symbol": "DIS",
            "bids": [{"price": "95", "quantity": "10", "orders": 2}],
            "offers": [{"price": "99.5", "quantity": "4", "orders": 1}],
        }
        assert len(broker.rest("GET", "/api/stocks/DIS/depth")["bids"]) == 2
        broker.process.kill()
        broker.start()


@pytest.mark.parametrize(
    "arguments", ["levels=0", "levels=1001", "levels=x", "levels=%F0%9F%98%80", "depth=1"]
)
def test_bad_arguments_of_depth_are_named(broker: Broker, arguments: str) -> None:
    problem = broker.rest("GET", f"/api/stocks/AAPL/depth?{arguments}", expect=422)
    assert problem["errors"][0]["field"] == arguments.partition("=")[0]
    broker.rest("GET", "/api/stocks/NOSUCH/depth", expect=404)


def test_a_client_that_does_not_read_is_disconnected_and_others_go_on(own_broker: Broker) -> None:
    broker = own_broker
    broker.behave(default=BOOK_ONLY)

    def waiting() -> int:
        clients = broker.rest("GET", "/api/clients")["clients"]
        return int(next(one["waiting_bytes"] for one in clients if one["sender_comp_id"] == "SLOW"))

    with broker.client(sender="MAKER") as maker, broker.client(sender="SLOW") as slow:
        maker.logon()
        slow.logon()
        for number in range(400):
            maker.order(f"b{number}", t55="MA", t40=2, t44=f"{100 + number / 100:.2f}")
        for _ in range(400):
            maker.expect("8", t39=0)
        slow.send("V", t262="trades", t263=1, t264=0, t265=1, t267=1, t269=2, t146=1, t55="MA")
        for number in range(150):
            slow.send("V", t262=number, t263=1, t264=0, t265=0, t267=1, t269=0, t146=1, t55="MA")
        # Each new price is 150 books of 400 prices, until all the buffers on the way are full.
        before = unread = 0
        for number in range(100):
            maker.order(f"c{number}", t55="MA", t40=2, t44=f"{120 + number}")
            maker.expect("8", t39=0)
            before, unread = unread, waiting()
            if before == unread > MOST_UNREAD:
                break
        assert before == unread > MOST_UNREAD, "the broker goes on sending"
        maker.order("supply", t55="MA", t54=2, t38=2 * KEPT, t40=2, t44="300")
        maker.expect("8", t39=0)
        for number in range(KEPT + 1):
            maker.order(f"t{number}", t55="MA", t38=1, t40=2, t44="300")
        broker.process.wait_for(rf"SLOW .* disconnected: too slow: more than {KEPT} trades")
        for _ in range(3 * (KEPT + 1)):
            maker.expect("8")
        assert waiting() < 3 << 20
        logout = slow.drain()[-1]
        assert b"\x0135=5\x01" in logout
        assert b"\x0158=too slow: " in logout
        maker.send("V", t262="m", t263=0, t264=1, t267=1, t269=2, t146=1, t55="MA")
        maker.expect("W", t270="300", t271="1")
        assert waiting() == 0


@pytest.mark.parametrize("version", ["FIX.4.2", "FIX.4.4"])
def test_quickfix_understands_every_message(broker: Broker, name: str, version: str, tmp_path: Path) -> None:
    """A process of its own: QuickFIX with its data dictionary rejects nothing, and its picture is the book."""
    broker.behave(clients={name: BOOK_ONLY})
    script = Path(__file__).with_name("quickfix_market.py")
    command = [sys.executable, str(script), str(broker.port), version, name, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    wanted = {"8", "W", "X", "Y", "S", "d", "f", "h"} | ({"b", "j"} if version == "FIX.4.2" else {"AG", "y"})
    assert set(seen["types"]) == wanted
    assert seen["rejected"] == []
    depth = broker.rest("GET", "/api/stocks/HD/depth?levels=1000")
    for side, entry_type in (("bids", "0"), ("offers", "1")):
        assert seen["book"][entry_type] == {one["price"]: one["quantity"] for one in depth[side]}
    assert len(seen["book"]["0"]) >= 2
    assert seen["trades"] == ["5@379"]
