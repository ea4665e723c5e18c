"""A broker started on the database of an older one goes on where that one was."""

from __future__ import annotations

import time
from pathlib import Path

from tests.integration.broker.conftest import Broker
from tests.support.stack import eventually
from tests.unit.broker.test_upgrade import old_database


def test_a_client_goes_on_after_an_upgrade(tmp_path: Path) -> None:
    old_database(tmp_path / "broker.db", created_at=time.time())
    broker = Broker(tmp_path)
    try:
        with broker.client(sender="OLD", next_out=4) as client:
            client.send("A", t98=0, t108=30)
            client.expect("A", t34=5)
            client.change("F", "c", "b")
            client.expect("8", t34=6, t37="O1", t11="c", t41="b", t39=4, t14=40)
            client.order("a")
            client.expect("8", t39=8, t103=6)
        (order,) = broker.orders(sender_comp_id="OLD")
        assert (order["status"], len(order["cl_ord_ids"])) == ("CANCELED", 3)
    finally:
        broker.process.stop()


def test_an_old_order_expires_at_the_start(tmp_path: Path) -> None:
    old_database(tmp_path / "broker.db", created_at=time.time() - 200 * 86400)
    broker = Broker(tmp_path)
    try:
        eventually(lambda: broker.orders(sender_comp_id="OLD")[0]["status"] == "EXPIRED", "it is expired")
    finally:
        broker.process.stop()
