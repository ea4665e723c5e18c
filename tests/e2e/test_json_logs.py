"""The logs of engine and desk as JSON, and the id that follows a request."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.support.stack import FIX44, Stack, eventually


@pytest.fixture
def logging_stack(tmp_path: Path) -> Iterator[Stack]:
    stack = Stack(tmp_path, {"SENDFIX_LOG_FORMAT": "json"}).start()
    yield stack
    stack.stop()


def lines(path: Path) -> list[dict[str, Any]]:
    """Each line must be an object."""
    found = [json.loads(line) for line in path.read_text().splitlines()]
    assert all(isinstance(one, dict) for one in found)
    return found


def test_an_order_is_followed_by_the_id_of_its_request(logging_stack: Stack) -> None:
    stack = logging_stack
    stack.wait_logged_on(FIX44)
    body = {"session_name": FIX44, "symbol": "MSFT", "side": "BUY", "quantity": 100, "order_type": "MARKET"}
    url = f"{stack.desk_url}/api/send_order"
    answer = requests.post(url, json=body, headers={"X-Request-ID": "algo-7:1"}, timeout=15)
    assert answer.status_code == 201
    assert answer.headers["X-Request-ID"] == "algo-7:1"
    cl_ord_id = answer.json()["cl_ord_id"]
    logs = Path(stack.environ["SENDFIX_WEB_LOG_DIR"])
    (sent,) = eventually(
        lambda: [one for one in lines(logs / "error.log") if one.get("cl_ord_id") == cl_ord_id],
        "it is logged",
    )
    assert (sent["request_id"], sent["session"], sent["level"]) == ("algo-7:1", FIX44, "INFO")
    (access,) = eventually(
        lambda: [one for one in lines(logs / "access.log") if one.get("request_id") == "algo-7:1"],
        "the request is in the access log",
    )
    assert (access["status"], access["message"]) == (201, "POST /api/send_order HTTP/1.1")
    engine = lines(Path(stack.environ["SENDFIX_LOG_DIR"]) / "engine.log")
    (passed_on,) = eventually(
        lambda: [
            one
            for one in lines(Path(stack.environ["SENDFIX_LOG_DIR"]) / "engine.log")
            if one.get("request_id") == "algo-7:1"
        ],
        "the engine's line about it",
    )
    assert (passed_on["session"], passed_on["level"]) == (FIX44, "INFO")
    (order,) = stack.get(f"/api/messages?session_name={FIX44}&direction=OUT&text={cl_ord_id}")["messages"]
    assert passed_on["message"].endswith(f": MsgSeqNum(34) {order['msg_seq_num']}")
    assert FIX44 in {one.get("session") for one in engine}
    assert all({"time", "level", "logger", "message"} <= one.keys() for one in engine)

    for given in ("", "x" * 65, "a b", "é"):
        refused = requests.get(
            f"{stack.desk_url}/no-such", headers={"X-Request-ID": given.encode()}, timeout=15
        )
        made = refused.headers["X-Request-ID"]
        assert made.isalnum()
        assert made != given
