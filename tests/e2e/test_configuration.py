"""Sessions added, edited, switched and removed while the others trade; and a file changed by hand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from playwright.sync_api import BrowserContext, expect

from tests.e2e.desk_page import DeskPage
from tests.support.stack import FIX42, FIX44, Stack, eventually, session_config

THIRD = "THIRD"


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    running = Stack(tmp_path_factory.mktemp("configured"))
    try:
        yield running.start()
    finally:
        running.stop()


def call(stack: Stack, method: str, path: str, expect: int, **body: Any) -> dict[str, Any]:
    answer = requests.request(method, f"{stack.desk_url}{path}", json=body, timeout=20)
    assert answer.status_code == expect, (method, path, body, answer.status_code, answer.text)
    found: dict[str, Any] = answer.json()
    return found


def file_of(stack: Stack) -> Path:
    return Path(stack.environ["SENDFIX_CONFIG"])


def test_a_session_is_added_trades_and_is_removed_while_the_others_stay_up(stack: Stack) -> None:
    connected_at = stack.session(FIX44)["connected_at"]
    new = session_config(THIRD, "FIX.4.4", "SENDFIXTHIRD", stack.fix_port)
    wrong = call(stack, "POST", "/api/sessions", 422, session={**new, "port": "x"}, reason="r")
    assert wrong["errors"] == [{"field": "port", "message": 'is "x"; give a whole number from 1 to 65535'}]
    call(stack, "POST", "/api/sessions", 201, session=new, reason="a new broker")
    stack.wait_logged_on(THIRD)
    sent = stack.send(THIRD, ord_type="LIMIT", price="150")
    stack.wait_order(sent, status="NEW")
    assert stack.get("/health")["status"] == "ok"
    assert stack.session(FIX44)["connected_at"] == connected_at

    assert "is connected" in call(stack, "DELETE", f"/api/sessions/{THIRD}", 409, reason="r")["detail"]
    call(stack, "POST", "/api/disconnect", 202, session_name=THIRD)
    eventually(lambda: stack.session(THIRD)["state"] == "not_connected", "disconnected")
    call(stack, "DELETE", f"/api/sessions/{THIRD}", 200, reason="no longer wanted")
    eventually(
        lambda: THIRD not in [one["name"] for one in stack.get("/api/sessions")["sessions"]], "it is gone"
    )
    assert stack.order(sent)["session_name"] == THIRD
    assert call(stack, "POST", "/api/cancel_order", 404, cl_ord_id=sent)["title"] == "Unknown session"
    assert [one["name"] for one in json.loads(file_of(stack).read_text())["sessions"]] == [FIX42, FIX44]
    assert file_of(stack).with_name("sessions.json.previous").exists()

    # Added again, it goes on with its journal and its numbers.
    call(stack, "POST", "/api/sessions", 201, session=new, reason="after all")
    stack.wait_logged_on(THIRD)
    call(stack, "POST", "/api/cancel_order", 202, cl_ord_id=sent)
    stack.wait_order(sent, status="CANCELED")
    assert stack.session(FIX44)["connected_at"] == connected_at


def test_what_needs_a_reconnect_waits_for_it_and_the_rest_does_not(stack: Stack) -> None:
    path = f"/api/sessions/{FIX44}/config"
    found = stack.get(path)
    edited = {**found["session"], "account": "ACC-1", "heartbeat_interval": 7}
    changed = call(stack, "PUT", path, 200, session=edited, version=found["version"], reason="faster")
    assert (changed["applied"], changed["needs_reconnect"]) == (["account"], ["heartbeat_interval"])
    eventually(lambda: stack.session(FIX44)["pending_reconnect"] == ["heartbeat_interval"], "it is shown")
    sent = stack.send(FIX44, ord_type="LIMIT", price="150")
    assert stack.order(sent)["account"] == "ACC-1"
    stale = call(stack, "PUT", path, 409, session=edited, version=found["version"], reason="again")
    assert "changed by somebody else" in stale["detail"]

    call(stack, "POST", f"/api/sessions/{FIX44}/disable", 200, reason="a holiday")
    eventually(lambda: stack.session(FIX44)["state"] == "not_connected", "logged out")
    refused = call(stack, "POST", "/api/connect", 409, session_name=FIX44)
    assert "switched off" in refused["detail"]
    call(stack, "POST", f"/api/sessions/{FIX44}/enable", 200, reason="back")
    stack.wait_logged_on(FIX44)
    assert stack.session(FIX44)["pending_reconnect"] == []
    logons = stack.get("/api/messages", msg_type="A", direction="OUT", session_name=FIX44)["messages"]
    assert "|108=7|" in logons[0]["raw"]
    events = stack.get("/api/messages", direction="EVENT", session_name=FIX44, text="faster")["messages"]
    assert [event["raw"] for event in events] == [
        "Configuration changed (heartbeat_interval, account): faster"
    ]


def test_a_file_changed_by_hand_is_applied_and_a_broken_one_is_named(stack: Stack) -> None:
    good = file_of(stack).read_text()
    file_of(stack).write_text(good.replace('"port"', '"prot"', 1))
    health = eventually(
        lambda: (found := stack.get("/health"))["configuration_problem"] and found, "it is said"
    )
    assert f'session {FIX42}: port: is missing (it has "prot"' in health["configuration_problem"]
    assert health["status"] == "degraded"
    sent = stack.send(FIX42, ord_type="LIMIT", price="150")
    stack.wait_order(sent, status="NEW")
    document = json.loads(good)
    document["sessions"][0]["account"] = "BY-HAND"
    file_of(stack).write_text(json.dumps(document))
    eventually(lambda: stack.get("/health")["configuration_problem"] is None, "it is mended")
    assert stack.order(stack.send(FIX42, ord_type="LIMIT", price="150"))["account"] == "BY-HAND"


@pytest.mark.browser
def test_a_person_adds_edits_switches_and_removes_a_session(
    stack: Stack, browser_context: BrowserContext
) -> None:
    desk = DeskPage(browser_context.new_page(), stack).open()
    desk.get("add-session").click()
    for key, value in {
        "name": "FOURTH",
        "server_ip": "127.0.0.1",
        "port": "0",
        "sender_comp_id": "SENDFIXFOURTH",
        "target_comp_id": "BROKER",
        "password": "plain",
        "reason": "a fourth",
    }.items():
        desk.get(f"config-{key}").fill(value)
    desk.get("config-save").click()
    expect(desk.get("config-password-fault")).to_contain_text("give a variable of the environment")
    desk.get("config-password").fill("")
    desk.get("config-save").click()
    expect(desk.get("config-port-fault")).to_contain_text("give a whole number from 1 to 65535")
    desk.get("config-port").fill(str(stack.fix_port))
    desk.get("config-auto_connect").check()
    desk.get("config-save").click()
    expect(desk.get("session-FOURTH")).to_have_attribute("data-state", "connected")

    # Among more than two sessions one that is well, and not traded on, is a line.
    desk.page.get_by_label("Details of FOURTH").click()
    desk.get("edit-FOURTH").click()
    expect(desk.get("config-name")).to_have_value("FOURTH")
    desk.get("config-heartbeat_interval").fill("9")
    desk.get("session-config").get_by_text("Further keys").click()
    desk.get("config-further").fill('{"limits": {"max_order_qty": 0}}')
    desk.get("config-reason").fill("slower")
    desk.get("config-save").click()
    expect(desk.get("config-problem")).to_have_text("limits.max_order_qty: is 0; give a number above 0")
    desk.get("config-further").fill('{"limits": {"max_order_qty": 500}}')
    desk.get("config-save").click()
    expect(desk.get("pending-FOURTH")).to_have_text("With the next connection: heartbeat_interval")

    desk.get("edit-FOURTH").click()
    expect(desk.get("config-remove")).to_be_disabled()
    desk.get("config-reason").fill("closed")
    desk.get("config-switch").click()
    expect(desk.get("session-FOURTH")).to_have_attribute("data-state", "not_connected")
    desk.get("edit-FOURTH").click()
    expect(desk.get("config-switch")).to_have_text("Switch on")
    desk.get("config-reason").fill("gone")
    desk.get("config-remove").click()
    expect(desk.get("session-FOURTH")).to_have_count(0)
