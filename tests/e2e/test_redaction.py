"""Messages are shown without the fields that SENDFIX_REDACT_TAGS names; orders are folded from them all the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.support.stack import FIX44, Stack, eventually


@pytest.fixture
def discreet(tmp_path: Path) -> Iterator[Stack]:
    stack = Stack(tmp_path, {"SENDFIX_REDACT_TAGS": "1,55"}).start()
    yield stack
    stack.stop()


def test_what_is_hidden_is_in_no_message_and_in_the_order(discreet: Stack) -> None:
    stack = discreet
    stack.wait_logged_on(FIX44)
    cl_ord_id = stack.send(FIX44, account="SECRET-1", symbol="MSFT", ord_type="LIMIT", price="1")
    order = stack.order(cl_ord_id)
    assert (order["account"], order["symbol"]) == ("SECRET-1", "MSFT")

    messages = stack.get(f"/api/orders/{cl_ord_id}/messages")["messages"]
    assert messages
    log = stack.get("/api/messages", msg_type="D", direction="OUT")["messages"]
    detail = stack.get(f"/api/messages/{log[0]['id']}")
    number = log[0]["msg_seq_num"]
    stored = stack.get(f"/api/sessions/{FIX44}/store?begin={number}&end={number}")["messages"]
    for raw in (messages[0]["raw"], log[0]["raw"], detail["raw"], stored[0]["raw"]):
        assert "|1=***|" in raw
        assert "|55=***|" in raw
    for found in (messages, log, detail, stored):
        assert "SECRET-1" not in str(found)
        assert "MSFT" not in str(found)
    decoded = stack.post("/api/decode", {"raw": "8=FIX.4.4|35=A|1=SECRET-1|554=word|"}, 200)
    assert [field["value"] for field in decoded["fields"]] == ["FIX.4.4", "A", "***", "***"]

    for query in ({"text": "MSFT"}, {"text": "secret-1"}):
        assert stack.get("/api/messages", **query)["messages"] == []
    for query in ({"symbol": "MSFT"}, {"tag": "55:MSFT"}, {"tag": "Account~SECRET"}):
        answer = requests.get(f"{stack.desk_url}/api/messages", params=query, timeout=15)
        assert (answer.status_code, "SENDFIX_REDACT_TAGS" in answer.text) == (422, True)
    exported = requests.get(f"{stack.desk_url}/api/messages.csv", timeout=15).text
    assert "|55=***|" in exported
    assert "MSFT" not in exported

    text = Path(stack.environ["SENDFIX_LOG_DIR"]) / f"{FIX44}.messages.log"
    eventually(lambda: f"|11={cl_ord_id}|" in text.read_text(), "the message is in the text log")
    assert "SECRET-1" not in text.read_text()
