"""What an engineer does with a session: why it is not logged on, its sequence numbers, its store, session messages."""

from __future__ import annotations

import re
from typing import Any

from sendfix.fix.decode import decode
from sendfix.fix.parse import header, text_of
from sendfix.fix.redact import redact
from sendfix.services.sequence import Effect, GapFill, Numbers, Preview
from sendfix.web import answers, schemas
from sendfix.web.api import Api
from sendfix.web.context import context
from sendfix.web.to_json import field_to_json, message_to_json, readable, time_to_json

api = Api("session_tools")

_CL_ORD_ID = re.compile("\x0111=([^\x01]+)")


@api.route("GET", "/api/sessions/<session_name>/diagnosis", answers={200: answers.sessions.Diagnosis})
def diagnosis(session_name: str) -> dict[str, Any]:
    """Why is it not logged on?
    The engine looks at configuration, schedule, network, TLS, Logon, answer, CompIDs, sequence numbers and heartbeats,
    in the order in which a connection comes about; nothing is changed. Takes up to a few seconds for each address."""
    name = context().sessions.get(session_name).config.name
    return {"session_name": name, **context().engine.ask(name, "diagnose", {})}


@api.route("GET", "/api/sessions/<session_name>/sequence", answers={200: answers.sessions.SequenceNumbers})
def sequence(session_name: str) -> dict[str, Any]:
    """Both next sequence numbers."""
    session = context().sessions.get(session_name)
    return _numbers(session_name, session.next_sender_seq_num, session.next_target_seq_num)


@api.route(
    "POST",
    "/api/sessions/<session_name>/sequence/preview",
    body=schemas.sessions.SequencePreview,
    answers={200: answers.sessions.SequencePreview},
)
def sequence_preview(session_name: str, body: schemas.sessions.SequencePreview) -> dict[str, Any]:
    """What setting the numbers, beginning anew at 1, or filling a gap would lose, repeat or overwrite.
    Nothing is done; the token of the answer confirms it. The session must be disconnected, for a gap fill logged on."""
    context().settle()
    if body.msg_seq_num is not None and body.new_seq_no is not None:
        fill = GapFill(body.msg_seq_num, body.new_seq_no)
        return _preview(context().sequence.preview_gap_fill(session_name, fill))
    made = context().sequence.preview(
        session_name, body.action, body.next_sender_seq_num, body.next_target_seq_num
    )
    return _preview(made)


@api.route(
    "POST",
    "/api/sessions/<session_name>/sequence",
    body=schemas.sessions.SequenceConfirm,
    answers={200: answers.sessions.SequenceNumbers},
)
def set_sequence(session_name: str, body: schemas.sessions.SequenceConfirm) -> dict[str, Any]:
    """Do what a preview showed.
    409 when the numbers have moved on since, or, for a gap fill, when something was sent that it would reach. It is
    written into the session's journal, with `reason`."""
    numbers = context().sequence.confirm(session_name, body.token, body.reason)
    return _numbers(session_name, numbers.sender, numbers.target)


@api.route(
    "GET",
    "/api/sessions/<session_name>/store",
    query=schemas.sessions.StoreQuery,
    answers={200: answers.sessions.StoreContents},
)
def store(session_name: str, query: schemas.sessions.StoreQuery) -> dict[str, Any]:
    """What the engine has kept to send again, by number, decoded."""
    name = context().sessions.get(session_name).config.name
    dictionary = context().dictionary(name)
    found = context().engine.ask(name, "stored", {"begin": query.begin, "end": query.end})
    messages = []
    for number, stored in found["messages"]:
        shown = context().mask(text_of(redact(stored)))
        raw = shown.encode()
        msg_type, _ = header(raw)
        messages.append(
            {
                "msg_seq_num": number,
                "msg_type": msg_type,
                "msg_type_name": dictionary.msg_type_name(msg_type) if msg_type else None,
                "raw": readable(shown),
                "fields": [field_to_json(field) for field in decode(raw, dictionary)],
            }
        )
    return {"session_name": name, "messages": messages}


@api.route("POST", "/api/sessions/<session_name>/test_request", answers={202: answers.sessions.SentAdmin})
def test_request(session_name: str) -> tuple[dict[str, Any], int]:
    """Send a TestRequest(1): the Heartbeat that answers it shows that the other side lives."""
    return _say(session_name, "test_request", {})


@api.route(
    "POST",
    "/api/sessions/<session_name>/resend_request",
    body=schemas.sessions.ResendRange,
    answers={202: answers.sessions.SentAdmin},
)
def resend_request(session_name: str, body: schemas.sessions.ResendRange) -> tuple[dict[str, Any], int]:
    """Send a ResendRequest(2): the counterparty sends these messages again.
    Harmless: what is known is counted once."""
    return _say(session_name, "resend_request", {"begin": body.begin_seq_no, "end": body.end_seq_no})


@api.route(
    "POST",
    "/api/sessions/<session_name>/logout",
    body=schemas.sessions.Logout,
    answers={202: answers.sessions.Accepted},
)
def logout(session_name: str, body: schemas.sessions.Logout) -> tuple[dict[str, Any], int]:
    """Log out with a Text(58), and stay disconnected."""
    name = context().sessions.logged_on(session_name).config.name
    context().engine.ask(name, "logout", {"text": body.text})
    return {"session_name": name, "message": "Logging out"}, 202


@api.route(
    "POST",
    "/api/sessions/<session_name>/circuit_breaker/let_go",
    body=schemas.base.Reason,
    answers={200: answers.sessions.LetGo},
)
def let_go(session_name: str, body: schemas.base.Reason) -> dict[str, Any]:
    """Let new orders go again after the circuit breaker has tripped."""
    name = context().sessions.get(session_name).config.name
    answer = context().engine.ask(name, "let_go", {"why": body.reason or "no reason given"})
    return {"session_name": name, "was_tripped": answer["was_tripped"]}


def _say(session_name: str, question: str, arguments: dict[str, int]) -> tuple[dict[str, Any], int]:
    name = context().sessions.get(session_name).config.name
    sent = context().engine.ask(name, question, arguments)
    return {"session_name": name, "msg_seq_num": sent["msg_seq_num"]}, 202


def _numbers(session_name: str, sender: int | None, target: int | None) -> dict[str, Any]:
    return {"session_name": session_name, "next_sender_seq_num": sender, "next_target_seq_num": target}


def _preview(made: Preview) -> dict[str, Any]:
    return {
        "token": made.token,
        "session_name": made.session_name,
        "action": made.action,
        "now": _pair(made.now),
        "wanted": _pair(made.wanted),
        "effects": [_effect(effect) for effect in made.effects],
        "open_orders": list(made.open_orders),
        "good_until": time_to_json(made.good_until),
        "msg_seq_num": None if made.gap_fill is None else made.gap_fill.msg_seq_num,
        "new_seq_no": None if made.gap_fill is None else made.gap_fill.new_seq_no,
    }


def _pair(numbers: Numbers) -> dict[str, int]:
    return {"next_sender_seq_num": numbers.sender, "next_target_seq_num": numbers.target}


def _effect(effect: Effect) -> dict[str, Any]:
    orders = dict.fromkeys(
        found[1] for message in effect.messages if (found := _CL_ORD_ID.search(message.raw))
    )
    dictionary = context().any_dictionary(effect.messages[0].session_name) if effect.messages else None
    return {
        "kind": effect.kind,
        "text": effect.text,
        "begin": effect.begin,
        "end": effect.end,
        "orders": list(orders),
        "messages": [message_to_json(message, dictionary, context().mask) for message in effect.messages]
        if dictionary
        else [],
    }
