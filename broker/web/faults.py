"""Faults on demand over REST, by SenderCompID(49)."""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, Response

from broker.faults.faults import ChangeFaults, SetFaults, client_to_json
from broker.faults.kinds import KINDS, parse_faults
from broker.trading.by_hand import Refused
from broker.web import api_input
from broker.web.answers import body, execute, json, the_core

routes = Blueprint("faults", __name__)

MAX_COMP_ID: Final = 100


def _kinds_body() -> dict[str, Any]:
    return {
        name: {
            "text": kind.text,
            "parameters": {
                key: {"type": one.type, "default": _plain(one.default), "limits": list(one.limits)}
                for key, one in kind.parameters.items()
            },
        }
        for name, kind in KINDS.items()
    }


def _plain(default: Any) -> Any:
    return {str(tag): text for tag, text in default.items()} if isinstance(default, dict) else default


def _checked(sender_comp_id: str) -> str:
    try:
        sender_comp_id.encode("latin-1")
    except UnicodeEncodeError:
        is_right = False
    else:
        is_right = len(sender_comp_id) <= MAX_COMP_ID and sender_comp_id.isprintable()
    if not is_right:
        message = f"must be up to {MAX_COMP_ID} printable characters of Latin-1"
        raise Refused(422, f"sender_comp_id {message}", [("sender_comp_id", message)])
    return sender_comp_id


def _answer(sender_comp_id: str) -> Response:
    faults = the_core().application.faults.of(sender_comp_id.encode("latin-1"))
    return json(client_to_json(sender_comp_id, faults))


@routes.get("/api/faults")
def list_faults() -> Response:
    return json({"clients": the_core().application.faults.to_json(), "kinds": _kinds_body()})


@routes.get("/api/faults/<path:sender_comp_id>")
def get_faults(sender_comp_id: str) -> Response:
    return _answer(_checked(sender_comp_id))


@routes.put("/api/faults/<path:sender_comp_id>")
def set_faults(sender_comp_id: str) -> Response:
    execute(SetFaults(_checked(sender_comp_id), parse_faults(body())))
    return _answer(sender_comp_id)


@routes.patch("/api/faults/<path:sender_comp_id>")
def change_faults(sender_comp_id: str) -> Response:
    """Kinds with their parameters; null ends one."""
    given = body()
    ended: frozenset[str] = frozenset()
    if isinstance(given, dict):
        ended = frozenset(name for name in KINDS if name in given and given[name] is None)
        given = {name: one for name, one in given.items() if name not in ended}
    execute(ChangeFaults(_checked(sender_comp_id), parse_faults(given), ended))
    return _answer(sender_comp_id)


@routes.delete("/api/faults/<path:sender_comp_id>")
def delete_faults(sender_comp_id: str) -> Response:
    api_input.nothing(body(optional=True))
    execute(SetFaults(_checked(sender_comp_id), {}))
    return _answer(sender_comp_id)
