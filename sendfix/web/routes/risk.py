"""Limits and kill switches: what holds orders back, and stopping and letting go."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sendfix.config.limits import limits_to_json, rule_to_json, rules_of
from sendfix.domain.errors import FieldError, InvalidRequest
from sendfix.domain.headroom import uses
from sendfix.domain.ledger import EXACT
from sendfix.domain.limits import Limits, Rule
from sendfix.domain.values import format_decimal
from sendfix.services.limits import LimitsDocument
from sendfix.services.mass import stop
from sendfix.web import answers, schemas
from sendfix.web.api import Api
from sendfix.web.context import context
from sendfix.web.to_json import decimal_to_json, kill_switch_to_json, mass_canceled_to_json, time_to_json

api = Api("risk")


@api.route("GET", "/api/risk", answers={200: answers.risk.Risk})
def risk() -> dict[str, Any]:
    """The kill switches that are on, the limits of each session, and of each scope that has limits how much is used."""
    limits = context().risk.limits
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
        "scopes": [
            *(
                _scope_to_json(rule, "configuration")
                for rule in limits.of_sessions
                if rule.limits != Limits()
            ),
            *(_scope_to_json(rule, "document") for rule in limits.document.rules),
        ],
        "limits_problem": limits.document.problem,
    }


@api.route("GET", "/api/risk/limits", answers={200: answers.risk.LimitsDocument})
def risk_limits() -> dict[str, Any]:
    """The document of limits by session, account and user.
    A session's own limits are in its configuration."""
    return _document_to_json(context().risk.limits.document)


@api.route("PUT", "/api/risk/limits", body=schemas.risk.PutLimits, answers={200: answers.risk.LimitsDocument})
def put_risk_limits(body: schemas.risk.PutLimits) -> dict[str, Any]:
    """Put these rules in place of all that there are; they hold from the next order on.
    409 when the document has been changed since the `version` that was read."""
    rules, errors = rules_of([_plain(rule) for rule in body.rules])
    if errors:
        raise InvalidRequest([FieldError(error.field, error.problem) for error in errors])
    return _document_to_json(context().risk.limits.change(rules, body.version, body.reason))


@api.route("POST", "/api/kill_switch", body=schemas.risk.KillSwitch, answers={200: answers.risk.Killed})
def kill_switch(body: schemas.risk.KillSwitch) -> dict[str, Any]:
    """Stop new orders and replaces, of one session or of all, until somebody lets go.
    With `cancel_open` every open order is asked to be canceled, too; `canceled` says for each whether that was sent."""
    desk = context()
    switch, canceled = stop(desk.risk, desk.mass, body.session_name, body.reason, body.cancel_open)
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


def _scope_to_json(rule: Rule, source: str) -> dict[str, Any]:
    scope = rule.scope
    sums = context().risk.sums.track(scope.key) if rule.limits.of_sums else None
    return {
        "scope": {"session_name": scope.session_name, "account": scope.account, "user": scope.user},
        "source": source,
        "whose": scope.text,
        "limits": limits_to_json(rule.limits),
        "open_orders": None if sums is None else sums.orders,
        "open_notional": None if sums is None else _amount(sums.notional),
        "executed_today": None if sums is None else _amount(sums.executed),
        "uses": []
        if sums is None
        else [
            {
                "rule": one.rule,
                "used": _amount(one.used),
                "limit": decimal_to_json(one.limit),
                "symbol": one.symbol,
            }
            for one in uses(rule, sums, lambda symbol: _last_px(scope.session_name, symbol))
        ],
    }


def _amount(value: Decimal) -> str:
    """Without superfluous zeros."""
    return format_decimal(EXACT.normalize(value))


def _last_px(session_name: str | None, symbol: str) -> Decimal | None:
    """Where the scope has no session, the freshest of all sessions."""
    if session_name is not None:
        found = context().prices.last(session_name, symbol)
        return None if found is None else found.px
    prices = [context().prices.last(session.config.name, symbol) for session in context().sessions]
    known = [price for price in prices if price is not None]
    return max(known, key=lambda price: price.at).px if known else None


def _document_to_json(document: LimitsDocument) -> dict[str, Any]:
    return {
        "version": document.version,
        "rules": [rule_to_json(rule) for rule in document.rules],
        "changed_at": time_to_json(document.changed_at),
        "reason": document.reason,
        "problem": document.problem,
    }


def _plain(value: Any) -> Any:
    """JSON as the configuration's reader knows it: a number with a point is as good as its text."""
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list) else value
