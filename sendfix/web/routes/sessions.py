"""Sessions: what they are, how they stand, and opening and closing them."""

from __future__ import annotations

from typing import Any

from sendfix.web import answers, schemas
from sendfix.web.api import Api
from sendfix.web.context import context
from sendfix.web.to_json import session_to_json

api = Api("sessions")


@api.route("GET", "/api/sessions", answers={200: answers.sessions.SessionList})
def sessions() -> dict[str, Any]:
    """All sessions, with their live state."""
    return {"sessions": [session_to_json(session) for session in context().sessions]}


@api.route("POST", "/api/connect", body=schemas.base.SessionName, answers={202: answers.sessions.Accepted})
def connect(body: schemas.base.SessionName) -> tuple[dict[str, Any], int]:
    """Open a session and keep it open.
    The result arrives as the Socket.IO event `connection_result`."""
    name = context().sessions.get(body.session_name).config.name
    context().engine.connect(name)
    return {"session_name": name, "message": f"Connecting {name}."}, 202


@api.route("POST", "/api/disconnect", body=schemas.base.SessionName, answers={202: answers.sessions.Accepted})
def disconnect(body: schemas.base.SessionName) -> tuple[dict[str, Any], int]:
    """Log out of a session and stay out.
    The result arrives as the Socket.IO event `connection_result`."""
    name = context().sessions.get(body.session_name).config.name
    context().engine.disconnect(name)
    return {"session_name": name, "message": f"Logging out of {name}."}, 202


@api.route(
    "GET",
    "/api/can_send_orders",
    query=schemas.sessions.CanSendQuery,
    answers={200: answers.sessions.CanSendAnswer},
)
def can_send_orders(query: schemas.sessions.CanSendQuery) -> dict[str, Any]:
    """Whether orders can be sent, and if not, why not.
    With `session_name` for that session; without, whether any session can."""
    desk, sessions = context().desk, context().sessions
    asked = list(sessions) if query.session_name is None else [sessions.get(query.session_name)]
    reasons = {session.config.name: desk.cannot_send_reason(session) for session in asked}
    answers = {name: {"can_send": reason is None, "reason": reason} for name, reason in reasons.items()}
    return {"can_send_orders": any(answer["can_send"] for answer in answers.values()), "sessions": answers}
