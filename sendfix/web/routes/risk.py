"""Limits and kill switches: what holds orders back, and stopping and letting go."""

from __future__ import annotations

from typing import Any

from sendfix.services.mass import Canceled, Filter
from sendfix.web import answers, schemas
from sendfix.web.api import Api
from sendfix.web.context import context
from sendfix.web.to_json import decimal_to_json, kill_switch_to_json, mass_canceled_to_json

api = Api("risk")


@api.route("GET", "/api/risk", answers={200: answers.risk.Risk})
def risk() -> dict[str, Any]:
    """The kill switches that are on, and the limits of each session."""
    return {
        "kill_switches": [kill_switch_to_json(switch) for switch in context().risk],
        "limits": [
            {
                "session_name": session.config.name,
                "max_orders_per_second": session.config.limits.max_orders_per_second,
                "max_order_qty": decimal_to_json(session.config.limits.max_order_qty),
                "max_notional": decimal_to_json(session.config.limits.max_notional),
                "symbols": None
                if session.config.limits.symbols is None
                else sorted(session.config.limits.symbols),
                "blocked_symbols": sorted(session.config.limits.blocked_symbols),
                "duplicate_seconds": session.config.limits.duplicate_seconds,
            }
            for session in context().sessions
        ],
    }


@api.route("POST", "/api/kill_switch", body=schemas.risk.KillSwitch, answers={200: answers.risk.Killed})
def kill_switch(body: schemas.risk.KillSwitch) -> dict[str, Any]:
    """Stop new orders and replaces, of one session or of all, until somebody lets go.
    With `cancel_open` every open order is asked to be canceled, too; `canceled` says for each whether that was sent."""
    switch = context().risk.kill(body.session_name, body.reason)
    canceled = context().mass.cancel(Filter(switch.session_name)) if body.cancel_open else Canceled((), ())
    return {"kill_switch": kill_switch_to_json(switch), **mass_canceled_to_json(canceled)}


@api.route(
    "POST",
    "/api/kill_switch/let_go",
    body=schemas.risk.LetGoOfKillSwitch,
    answers={200: answers.risk.KillLetGo},
)
def let_go_of_kill_switch(body: schemas.risk.LetGoOfKillSwitch) -> dict[str, Any]:
    """Let orders go again.
    A session goes on being stopped while the switch of all sessions is on."""
    return {
        "session_name": body.session_name,
        "was_on": context().risk.let_go(body.session_name, body.reason),
    }
