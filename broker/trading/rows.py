"""An order as a row of the database, and back. What most orders do not have is in `details`, as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

from broker.fix.states import SessionKey
from broker.fix.wire import Pair
from broker.trading.behaviours import Behaviour, Behaviours
from broker.trading.order import Order, Request, RequestKind, Status, Terms, plain


def _plain_or_none(number: Decimal | None) -> str | None:
    return None if number is None else plain(number)


def _decimal_or_none(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


@lru_cache(maxsize=256)
def _behaviour_text(behaviour: Behaviour) -> str:
    return json.dumps(behaviour.to_json())


def to_row(order: Order) -> dict[str, Any]:
    session = order.session
    return {
        "id": order.id,
        "fix_version": session.version if session else None,
        "sender_comp_id": order.client,
        "target_comp_id": session.broker if session else None,
        "cl_ord_id": order.cl_ord_id,
        "cl_ord_ids": "\x01".join(order.cl_ord_ids),
        "symbol": order.symbol,
        "side": order.side,
        "order_type": order.ord_type,
        "quantity": plain(order.quantity),
        "limit_price": _plain_or_none(order.limit_price),
        "stop_price": _plain_or_none(order.stop_price),
        "time_in_force": order.time_in_force,
        "account": order.account,
        "status": order.shown_status.name,
        "is_open": int(order.goes_on or bool(order.requests)),
        "replaced": int(order.replaced),
        "triggered": int(order.triggered),
        "behaviour": _behaviour_text(order.behaviour),
        "filled_quantity": plain(order.filled_quantity),
        "remaining_quantity": plain(order.leaves_quantity),
        "notional": plain(order.notional),
        "max_floor": _plain_or_none(order.max_floor),
        "expire_at": order.expire_at,
        "list_id": order.list_id,
        "rank": order.rank,
        "details": _details(order),
        "reports": order.reports,
        "text": order.text,
        "created_at": order.created_at,
        "updated_at": order.updated_at,
    }


def _details(order: Order) -> str | None:
    if not (order.requests or order.echo or order.hold or order.idle):
        return None
    return json.dumps(
        {
            "status": order.status.name,
            "hold": order.hold.name if order.hold else None,
            "idle": order.idle,
            "echo": _pairs_to_json(order.echo),
            "requests": [_request_to_json(request) for request in order.requests],
        }
    )


def requests_of(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The requests of an order's row that wait for their answer, as JSON."""
    found: list[dict[str, Any]] = json.loads(row["details"])["requests"] if row["details"] else []
    return found


def from_row(row: dict[str, Any]) -> Order:
    details = json.loads(row["details"]) if row["details"] else None
    order = Order(
        id=row["id"],
        session=session_of(row),
        cl_ord_id=row["cl_ord_id"],
        symbol=row["symbol"],
        side=row["side"],
        ord_type=row["order_type"],
        quantity=Decimal(row["quantity"]),
        limit_price=_decimal_or_none(row["limit_price"]),
        stop_price=_decimal_or_none(row["stop_price"]),
        time_in_force=row["time_in_force"],
        account=row["account"],
        behaviour=Behaviours().changed({"default": json.loads(row["behaviour"])}).default,
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        status=Status[details["status"] if details else row["status"]],
        replaced=bool(row["replaced"]),
        triggered=bool(row["triggered"]),
        filled_quantity=Decimal(row["filled_quantity"]),
        notional=Decimal(row["notional"]),
        max_floor=_decimal_or_none(row["max_floor"]),
        expire_at=row["expire_at"],
        list_id=row["list_id"],
        rank=row["rank"],
        cl_ord_ids=row["cl_ord_ids"].split("\x01"),
        reports=row["reports"],
        text=row["text"],
        stored=True,
    )
    if details:
        order.hold = Status[details["hold"]] if details["hold"] else None
        order.idle = details["idle"]
        order.echo = _pairs_from_json(details["echo"])
        order.requests = [_request_from_json(order, one) for one in details["requests"]]
    return order


def _pairs_to_json(pairs: Iterable[Pair]) -> list[list[str]]:
    return [[tag.decode("latin-1"), value.decode("latin-1")] for tag, value in pairs]


def _pairs_from_json(pairs: list[list[str]]) -> list[Pair]:
    return [(tag.encode("latin-1"), value.encode("latin-1")) for tag, value in pairs]


def _request_to_json(request: Request) -> dict[str, Any]:
    terms = request.terms
    return {
        "type": request.kind.value,
        "cl_ord_id": request.cl_ord_id,
        "orig_cl_ord_id": request.orig_cl_ord_id,
        "due": request.due,
        "announced": request.announced,
        "terms": None
        if terms is None
        else {
            "order_type": terms.ord_type,
            "quantity": plain(terms.quantity),
            "limit_price": _plain_or_none(terms.limit_price),
            "stop_price": _plain_or_none(terms.stop_price),
            "time_in_force": terms.time_in_force,
            "max_floor": _plain_or_none(terms.max_floor),
            "expire_at": terms.expire_at,
            "expiry": _pairs_to_json(terms.expiry),
        },
    }


def _request_from_json(order: Order, body: dict[str, Any]) -> Request:
    terms = body["terms"]
    return Request(
        RequestKind(body["type"]),
        body["cl_ord_id"],
        body["orig_cl_ord_id"],
        body["due"],
        body["announced"],
        terms
        and Terms(
            order.symbol,
            terms["order_type"],
            Decimal(terms["quantity"]),
            _decimal_or_none(terms["limit_price"]),
            _decimal_or_none(terms["stop_price"]),
            terms["time_in_force"],
            _decimal_or_none(terms["max_floor"]),
            terms["expire_at"],
            tuple(_pairs_from_json(terms["expiry"])),
        ),
    )


def session_of(row: dict[str, Any]) -> SessionKey | None:
    """The session that an order's or session's row names."""
    if row["fix_version"] is None:
        return None
    parts = (row["fix_version"], row["sender_comp_id"], row["target_comp_id"])
    return SessionKey(*(part.encode("latin-1") for part in parts))
