"""Any message of the dictionary: composed over REST, sent by QuickFIX, answered by the broker."""

from __future__ import annotations

from typing import Any

import pytest

from sendfix.web import answers
from tests.support.stack import FIX42, FIX44, Stack, eventually

ORDER = {"symbol": "V", "side": "BUY", "order_qty": 30, "ord_type": "LIMIT", "price": "150"}


def sent(stack: Stack, session_name: str, msg_type: str, **fields: Any) -> Any:
    body = {"session_name": session_name, "msg_type": msg_type, "fields": fields}
    answer = stack.post("/api/send_message", body, 201)
    answers.composer.SentMessage.model_validate(answer, strict=True)
    return answer


def first_answer(stack: Stack, message_id: int) -> Any:
    path = f"/api/messages/{message_id}/answers"
    eventually(lambda: stack.get(path)["messages"], "an answer")
    found = stack.get(path)
    answers.composer.MessageAnswers.model_validate(found, strict=True)
    assert found["waiting"] is False
    return found["messages"][0]


@pytest.mark.parametrize("session_name", [FIX42, FIX44])
def test_a_quote_request_is_quoted(stack: Stack, session_name: str) -> None:
    request = sent(stack, session_name, "R", no_related_sym=[{"symbol": "MSFT"}, {"symbol": "V"}])
    assert "|146=2|55=MSFT|55=V" in request["raw"]
    answer = first_answer(stack, request["message_id"])
    assert (answer["msg_type"], answer["direction"]) == ("S", "IN")


def test_a_message_that_is_wrong_on_purpose_is_rejected_before_our_eyes(stack: Stack) -> None:
    body = {"session_name": FIX44, "raw": "35=D|11=WRONG-1|55=V|54=1|40=1|38=x|60=now|", "validate": False}
    checked = stack.post("/api/check_message", {**body, "validate": True}, 200)
    answers.composer.CheckedMessage.model_validate(checked, strict=True)
    assert {error["field"] for error in checked["errors"]} == {"order_qty", "transact_time"}
    answer = first_answer(stack, stack.post("/api/send_message", body, 201)["message_id"])
    assert answer["msg_type"] == "3"


@pytest.mark.parametrize("session_name", [FIX42, FIX44])
def test_a_list_of_orders_from_its_check_to_its_end(stack: Stack, session_name: str) -> None:
    stack.behave(default="manual")
    orders = [ORDER, {**ORDER, "side": "SELL", "price": "300", "account": "LIST"}]
    body = {"session_name": session_name, "msg_type": "E", "fields": {"no_orders": orders}}
    checked = stack.post("/api/check_message", body, 200)
    assert (checked["ok"], checked["reason"]) == (True, None)
    buy, sell = sent(stack, session_name, "E", no_orders=orders)["orders"]
    assert (buy["symbol"], buy["side"], sell["side"], sell["account"]) == ("V", "BUY", "SELL", "LIST")
    stack.wait_order(buy["cl_ord_id"], status="NEW")
    stack.wait_order(sell["cl_ord_id"], status="NEW")
    for order in (buy, sell):
        types = [
            one["msg_type"] for one in stack.get(f"/api/orders/{order['cl_ord_id']}/messages")["messages"]
        ]
        assert types[0] == "E"
        assert {"8", "N"} <= set(types)
    again = {"list_id": buy["fields"]["list_id"], "no_orders": [ORDER]}
    refused = sent(stack, session_name, "E", **again)["orders"][0]
    stack.wait_order(refused["cl_ord_id"], status="REJECTED")
    for order in (buy, sell):
        stack.post("/api/cancel_order", {"cl_ord_id": order["cl_ord_id"]}, 202)
        stack.wait_order(order["cl_ord_id"], status="CANCELED")


def test_an_order_with_allocations_and_parties(stack: Stack) -> None:
    stack.behave(default="manual")
    groups = {
        "no_allocs": [{"alloc_account": "X", "alloc_qty": "10"}, {"alloc_account": "Y", "alloc_qty": "20"}],
        "no_party_ids": [
            {"party_id": "T1", "party_role": "11", "no_party_sub_ids": [{"party_sub_id": "desk 7"}]}
        ],
    }
    order = stack.post("/api/send_order", {"session_name": FIX44, **ORDER, **groups}, 201)["order"]
    assert order["fields"] == groups
    answers.orders.Order.model_validate(order, strict=True)
    stack.wait_order(order["cl_ord_id"], status="NEW")
    new_id = stack.post("/api/replace_order", {"cl_ord_id": order["cl_ord_id"], "price": "151"}, 202)[
        "cl_ord_id"
    ]
    replaced = stack.wait_order(new_id, cl_ord_id=new_id)
    assert replaced["fields"] == groups
    raw = stack.get(f"/api/orders/{new_id}/messages")["messages"][2]["raw"]
    assert "|78=2|79=X|80=10|79=Y|80=20|" in raw
    stack.post("/api/cancel_order", {"cl_ord_id": new_id}, 202)


def test_the_broker_does_not_know_multileg_orders(stack: Stack) -> None:
    leg = {"leg_symbol": "V", "leg_side": 1, "leg_ratio_qty": 1}
    fields = {"side": "BUY", "order_qty": 1, "ord_type": "LIMIT", "price": 1, "no_legs": [leg]}
    order = sent(stack, FIX44, "AB", **fields)["orders"][0]
    rejected = stack.wait_order(order["cl_ord_id"], status="REJECTED")
    assert rejected["fields"]["no_legs"] == [{"leg_symbol": "V", "leg_side": "1", "leg_ratio_qty": "1"}]


def test_the_dictionary_has_the_entries_of_groups(stack: Stack) -> None:
    fields = {one["name"]: one for one in stack.get(f"/api/sessions/{FIX44}/dictionary")["fields"]}
    parties = {one["name"]: one for one in fields["NoPartyIDs"]["fields"]}
    assert [one["name"] for one in parties["NoPartySubIDs"]["fields"]] == ["PartySubID", "PartySubIDType"]
    assert fields["Symbol"]["fields"] is None
    names = {
        one["msg_type"]: one for one in stack.get(f"/api/sessions/{FIX44}/dictionary/messages")["messages"]
    }
    assert (names["AB"]["name"], names["AB"]["sendable"]) == ("NewOrderMultileg", True)
    assert names["A"]["sendable"] is False


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "msg_type"),
        ({"msg_type": "D", "raw": "35=D|"}, "msg_type"),
        ({"raw": "35=D|", "fields": {"symbol": "V"}}, "raw"),
        ({"msg_type": "D", "validate": False}, "validate"),
        ({"msg_type": "D", "fields": []}, "fields"),
        ({"msg_type": 5}, "msg_type"),
        ({"msg_type": "ZZ"}, "msg_type"),
        ({"msg_type": "5"}, "msg_type"),
        ({"msg_type": "R", "fields": {"no_related_sym": {}}}, "no_related_sym"),
        ({"msg_type": "R", "fields": {"no_related_sym": [{"symbol": [1]}]}}, "no_related_sym[0].symbol"),
        ({"raw": "hello"}, "raw"),
        ({"raw": ""}, "raw"),
        ({"msg_type": "R", "custom_tags": {"x": 1}}, "custom_tags.x"),
    ],
)
def test_nonsense_is_answered_by_field(stack: Stack, body: dict[str, Any], field: str) -> None:
    problem = stack.post("/api/send_message", {"session_name": FIX44, **body}, 422)
    assert field in [error["field"] for error in problem["errors"]]


def test_answers_are_of_our_own_messages_only(stack: Stack) -> None:
    assert stack.refused("/api/messages/999999999/answers", 404)
    incoming = stack.get("/api/messages", direction="IN", limit=1)["messages"][0]
    assert stack.refused(f"/api/messages/{incoming['id']}/answers", 422)
