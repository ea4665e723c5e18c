"""What an engineer does with a session: the real engine and broker, by REST."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from tests.support.stack import FIX44, Stack, eventually


@pytest.fixture(autouse=True)
def resting(stack: Stack) -> None:
    stack.behave(default="manual")


def checks(stack: Stack, name: str = FIX44) -> dict[str, dict[str, Any]]:
    found = stack.get(f"/api/sessions/{name}/diagnosis")["checks"]
    return {check["name"]: check for check in found}


def state_of(stack: Stack, name: str = FIX44) -> dict[str, Any]:
    return next(one for one in stack.get("/api/sessions")["sessions"] if one["name"] == name)


def disconnect(stack: Stack) -> dict[str, Any]:
    stack.post("/api/disconnect", {"session_name": FIX44}, 202)
    eventually(lambda: state_of(stack)["phase"] == "not_connected", "it is disconnected")
    return state_of(stack)


def connect(stack: Stack) -> None:
    stack.post("/api/connect", {"session_name": FIX44}, 202)
    stack.wait_logged_on(FIX44)


def test_a_session_that_is_logged_on_has_nothing_in_its_way(stack: Stack) -> None:
    answer = stack.get(f"/api/sessions/{FIX44}/diagnosis")
    assert answer["summary"] == "The session is logged on."
    assert {check["verdict"] for check in answer["checks"]} == {"ok", "skipped"}
    names = [check["name"] for check in answer["checks"]]
    assert names[:5] == ["configuration", "enabled", "schedule", "connection wanted", "journal"]
    assert names[-1] == "heartbeats"


def test_each_thing_in_the_way_is_named_with_what_to_do(own_stack: Stack) -> None:
    stack = own_stack
    assert stack.broker is not None
    disconnect(stack)
    found = checks(stack)
    assert found["connection wanted"]["verdict"] == "fail"
    assert found["connection wanted"]["action"] == "Press Connect."
    assert found["TCP"]["verdict"] == "ok"
    requests.put(
        f"{stack.broker_url}/api/faults/SENDFIX44",
        json={"refuse_logon": {"text": "unknown CompID"}},
        timeout=10,
    ).raise_for_status()
    stack.post("/api/connect", {"session_name": FIX44}, 202)
    eventually(lambda: state_of(stack)["phase"] == "waiting_to_reconnect", "the logon is refused")
    found = checks(stack)
    assert (found["answer"]["verdict"], found["TCP"]["verdict"]) == ("fail", "ok")
    assert '"unknown CompID"' in found["answer"]["evidence"]
    assert found["answer"]["action"] == "Check both CompIDs and the FIX version with them."
    stack.broker.stop()
    found = checks(stack)
    assert found["TCP"]["verdict"] == "fail"
    assert "refused" in found["TCP"]["evidence"].lower()
    assert stack.get(f"/api/sessions/{FIX44}/diagnosis")["summary"].startswith("127.0.0.1:")


def test_numbers_are_previewed_confirmed_and_written_down(own_stack: Stack) -> None:
    stack = own_stack
    stack.behave(default="manual")
    sent = stack.send(FIX44, ord_type="LIMIT", price="230.10")
    stack.wait_order(sent, status="NEW")
    path = f"/api/sessions/{FIX44}/sequence"
    refused = stack.post(f"{path}/preview", {"action": "reset"}, 409)
    assert "disconnect it before" in refused["detail"]
    before = disconnect(stack)
    out, into = before["next_sender_seq_num"], before["next_target_seq_num"]
    assert stack.get(path) == {
        "session_name": FIX44, "next_sender_seq_num": out, "next_target_seq_num": into,
    }  # fmt: skip

    preview = stack.post(f"{path}/preview", {"action": "set", "next_target_seq_num": into - 2}, 200)
    (effect,) = preview["effects"]
    assert (effect["kind"], effect["begin"], effect["end"]) == ("replayed", into - 2, into - 1)
    assert effect["orders"] == [sent]
    assert [message["msg_seq_num"] for message in effect["messages"]] == [into - 1, into - 2]
    assert preview["open_orders"] == [sent]

    done = stack.post(path, {"token": preview["token"], "reason": "they had an outage"}, 200)
    assert done["next_target_seq_num"] == into - 2
    again = stack.post(path, {"token": preview["token"]}, 409)
    assert "no preview with this token" in again["detail"]
    events = stack.get(f"/api/messages?session_name={FIX44}&direction=EVENT&text=outage")["messages"]
    assert len(events) == 1
    connect(stack)
    order = stack.wait_order(sent, status="NEW")
    assert len(order["executions"]) == 1, "what came again was counted once"

    # What moved on since a preview is not done.
    disconnect(stack)
    preview = stack.post(f"{path}/preview", {"action": "reset"}, 200)
    assert {effect["kind"] for effect in preview["effects"]} == {"overwritten", "lost", "refused"}
    connect(stack)
    disconnect(stack)
    moved = stack.post(path, {"token": preview["token"]}, 409)
    assert "moved on" in moved["detail"]

    preview = stack.post(f"{path}/preview", {"action": "reset"}, 200)
    stack.post(path, {"token": preview["token"]}, 200)
    assert (state_of(stack)["next_sender_seq_num"], state_of(stack)["next_target_seq_num"]) == (1, 1)
    assert stack.get(f"/api/sessions/{FIX44}/store")["messages"] == []
    clients = requests.get(f"{stack.broker_url}/api/clients", timeout=10).json()["clients"]
    client = next(one for one in clients if one["sender_comp_id"] == "SENDFIX44")
    requests.post(f"{stack.broker_url}/api/clients/{client['id']}/reset", timeout=10).raise_for_status()
    connect(stack)
    stack.wait_order(stack.send(FIX44, ord_type="LIMIT", price="230.10"), status="NEW")


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"action": "set"}, 422, "next_sender_seq_num"),
        ({"action": "set", "next_sender_seq_num": 0}, 422, "next_sender_seq_num"),
        ({"action": "set", "next_sender_seq_num": "x"}, 422, "next_sender_seq_num"),
        ({"action": "reset", "next_target_seq_num": 7}, 422, "next_target_seq_num"),
        ({"action": "forget"}, 422, "action"),
        ({"action": "reset", "msg_seq_num": 1}, 422, "msg_seq_num"),
        ({"action": "gap_fill", "msg_seq_num": 1}, 422, "new_seq_no"),
        ({"action": "gap_fill", "msg_seq_num": 3, "new_seq_no": 3}, 422, "new_seq_no"),
        ({"action": "gap_fill", "msg_seq_num": 2**31 - 2, "new_seq_no": 2**31 - 1}, 422, "msg_seq_num"),
        ({"action": "gap_fill", "msg_seq_num": 1.5, "new_seq_no": True}, 422, "msg_seq_num"),
        ({}, 422, "action"),
    ],
)
def test_a_preview_of_nonsense_names_the_field(stack: Stack, body: Any, status: int, field: str) -> None:
    answer = stack.post(f"/api/sessions/{FIX44}/sequence/preview", body, status)
    assert answer["errors"][0]["field"] == field


def test_a_gap_is_filled_after_a_preview_of_what_never_arrives(stack: Stack) -> None:
    sent = stack.send(FIX44, ord_type="LIMIT", price="230.10")
    stack.wait_order(sent, status="NEW")
    (mine,) = stack.get(f"/api/messages?session_name={FIX44}&msg_type=D&text={sent}")["messages"]
    number = mine["msg_seq_num"]
    path = f"/api/sessions/{FIX44}/sequence"
    body = {"action": "gap_fill", "msg_seq_num": number, "new_seq_no": number + 1}
    preview = stack.post(f"{path}/preview", body, 200)
    (effect,) = preview["effects"]
    assert (effect["kind"], effect["begin"], effect["end"]) == ("never_delivered", number, number)
    assert (effect["orders"], preview["open_orders"]) == ([sent], [])
    stack.post(path, {"token": preview["token"], "reason": "nobody misses it"}, 200)
    stack.post(path, {"token": preview["token"]}, 409)
    events = stack.get(f"/api/messages?session_name={FIX44}&direction=EVENT&text=nobody misses it")
    assert len(events["messages"]) == 1
    (filled,) = stack.get(f"/api/messages?session_name={FIX44}&msg_type=4&direction=OUT")["messages"]
    assert f"|34={number}|" in filled["raw"]
    # The broker has got it long ago, and the session goes on.
    stack.wait_order(stack.send(FIX44, ord_type="LIMIT", price="230.10"), status="NEW")


@pytest.mark.parametrize(
    "text",
    ["", "a\x01b", "x" * 201, 7, None, "\ud800"],
    ids=["empty", "SOH", "long", "number", "none", "half"],
)
def test_a_logout_with_a_text_that_fix_has_no_room_for_is_refused(stack: Stack, text: Any) -> None:
    answer = stack.post(f"/api/sessions/{FIX44}/logout", {"text": text}, 422)
    assert answer["errors"][0]["field"] == "text"
    assert stack.session(FIX44)["logged_on"]


def test_the_store_and_messages_of_the_session_layer(stack: Stack) -> None:
    sent = stack.send(FIX44, ord_type="LIMIT", price="230.10")
    stack.wait_order(sent, status="NEW")
    stored = stack.get(f"/api/sessions/{FIX44}/store")["messages"]
    mine = next(one for one in stored if f"11={sent}|" in one["raw"])
    assert (mine["msg_type"], mine["msg_type_name"]) == ("D", "NewOrderSingle")
    assert {"tag": 11, "name": "ClOrdID", "value": sent} in [
        {key: field[key] for key in ("tag", "name", "value")} for field in mine["fields"]
    ]
    one = stack.get(f"/api/sessions/{FIX44}/store?begin={mine['msg_seq_num']}&end={mine['msg_seq_num']}")
    assert [message["raw"] for message in one["messages"]] == [mine["raw"]]
    last = stack.session(FIX44)["next_target_seq_num"] - 1
    tested = stack.post(f"/api/sessions/{FIX44}/test_request", {}, 202)
    asked = stack.post(
        f"/api/sessions/{FIX44}/resend_request", {"begin_seq_no": last, "end_seq_no": last}, 202
    )
    assert asked["msg_seq_num"] == tested["msg_seq_num"] + 1

    def heard(text: str, part: str = "") -> bool:
        found = stack.get(f"/api/messages?session_name={FIX44}&direction=IN&text={text}")["messages"]
        return any(part in message["raw"] for message in found)

    eventually(lambda: heard("112=PERSON"), "the TestRequest is answered")
    eventually(lambda: heard(f"|34={last}|", "|43=Y|"), "the message comes again")
    assert len(stack.wait_order(sent, status="NEW")["executions"]) == 1
    assert stack.post("/api/sessions/NONE/test_request", {}, 404)["title"] == "Unknown session"
