"""Sessions of the configuration: look at them, add, edit, remove and switch them while everything runs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sendfix.domain.errors import StateForbids
from sendfix.web import answers, schemas
from sendfix.web.api import Api
from sendfix.web.context import context

api = Api("configuration")


@api.route("GET", "/api/sessions/<session_name>/config", answers={200: answers.sessions.SessionConfiguration})
def session_config(session_name: str) -> dict[str, Any]:
    """A session as it stands in the configuration file.
    Passwords and values of `logon_fields` are `***`, unless they name a variable of the environment."""
    name = context().sessions.get(session_name).config.name
    found = context().engine.ask("", "session_config", {"name": name})
    return {"session_name": name, "version": found["version"], "session": json.loads(found["session"])}


@api.route(
    "POST", "/api/sessions", body=schemas.sessions.SessionEdit, answers={201: answers.sessions.SessionChanged}
)
def add_session(body: schemas.sessions.SessionEdit) -> tuple[dict[str, Any], int]:
    """Add a session.
    It is written into the configuration file and opened; it connects by itself if it has `auto_connect`."""
    return _put(None, body.session, body), 201


@api.route(
    "PUT",
    "/api/sessions/<session_name>/config",
    body=schemas.sessions.SessionEdit,
    answers={200: answers.sessions.SessionChanged},
)
def edit_session(session_name: str, body: schemas.sessions.SessionEdit) -> dict[str, Any]:
    """Put this in place of a session's configuration.
    What can be is applied at once; the rest waits for the next connection, and `needs_reconnect` names it. The FIX
    version and the CompIDs can be changed while the session is disconnected."""
    return _put(context().sessions.get(session_name).config.name, body.session, body)


@api.route(
    "DELETE",
    "/api/sessions/<session_name>",
    body=schemas.sessions.ConfigReason,
    answers={200: answers.sessions.SessionChanged},
)
def remove_session(session_name: str, body: schemas.sessions.ConfigReason) -> dict[str, Any]:
    """Remove a session that is disconnected and has no open alarm.
    Its orders, its journal and its store stay."""
    name = context().sessions.get(session_name).config.name
    if context().alarms.has_open(name):
        raise StateForbids(
            f"Session {name} has reports that wait to be booked or dismissed; settle them first."
        )
    asked = {"name": name, "version": body.version, "why": body.reason}
    return {"session_name": name, **context().engine.ask("", "remove_session", asked)}


@api.route(
    "POST",
    "/api/sessions/<session_name>/enable",
    body=schemas.sessions.ConfigReason,
    answers={200: answers.sessions.SessionChanged},
)
def enable_session(session_name: str, body: schemas.sessions.ConfigReason) -> dict[str, Any]:
    """Switch a session on. It connects by itself if it has `auto_connect`."""
    return _switch(session_name, True, body)


@api.route(
    "POST",
    "/api/sessions/<session_name>/disable",
    body=schemas.sessions.ConfigReason,
    answers={200: answers.sessions.SessionChanged},
)
def disable_session(session_name: str, body: schemas.sessions.ConfigReason) -> dict[str, Any]:
    """Switch a session off: it logs out and can't be connected until it is switched on."""
    return _switch(session_name, False, body)


def _switch(session_name: str, enabled: bool, body: schemas.sessions.ConfigReason) -> dict[str, Any]:
    name = context().sessions.get(session_name).config.name
    found = context().engine.ask("", "session_config", {"name": name})
    body.version = body.version or found["version"]
    return _put(name, {**json.loads(found["session"]), "enabled": enabled}, body)


def _put(name: str | None, session: Mapping[str, Any], body: schemas.sessions.ConfigReason) -> dict[str, Any]:
    # As text, since the link's encoding has no numbers of any size.
    text = json.dumps(session, default=float)
    asked = {"name": name, "session": text, "version": body.version, "why": body.reason}
    changed = context().engine.ask("", "put_session", asked)
    return {"session_name": name or str(session.get("name")), **changed}
