"""Many orders at once: check them, send them, cancel them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sendfix.domain.enums import Side
from sendfix.domain.errors import FieldError, InvalidRequest, SendFixError
from sendfix.services.mass import Filter
from sendfix.web import answers, schemas
from sendfix.web.api import Api, validate
from sendfix.web.context import context
from sendfix.web.csv_orders import CsvOrder, orders_of_csv
from sendfix.web.order_fields import custom_tags_of, fields_of
from sendfix.web.to_json import errors_to_json, mass_canceled_to_json

api = Api("batch")

EITHER = FieldError("orders", "give either orders or csv")


@api.route(
    "POST", "/api/check_orders", body=schemas.orders.ManyOrders, answers={200: answers.orders.CheckedOrders}
)
def check_orders(body: schemas.orders.ManyOrders) -> dict[str, Any]:
    """What would become of these orders just now, one by one. Nothing is sent."""
    if body.csv is None:
        return {"orders": [], "lines": [], "notes": [], **_results(_lines(body), _check)}
    read = _read(body)
    lines = [one.fields for one in read]
    return {
        "orders": lines,
        "lines": [one.line for one in read],
        "notes": [one.notes for one in read],
        **_results(lines, _check),
    }


@api.route(
    "POST", "/api/send_orders", body=schemas.orders.ManyOrders, answers={200: answers.orders.SentOrders}
)
def send_orders(body: schemas.orders.ManyOrders) -> dict[str, Any]:
    """Send up to 1,000 orders, in this order, each by itself: one that is refused stops no other.
    A result for each, in the same order."""
    return _results(_lines(body), _send)


@api.route(
    "POST",
    "/api/cancel_orders",
    body=schemas.orders.CancelOrders,
    answers={202: answers.orders.CanceledOrders},
)
def cancel_orders(body: schemas.orders.CancelOrders) -> tuple[dict[str, Any], int]:
    """Ask for the cancel of every open order that fits; without a filter `all` must be true.
    One by one, or with one OrderMassCancelRequest for each session that has `mass_cancel` in its configuration."""
    if not (body.all or body.session_name or body.symbol or body.side):
        raise InvalidRequest(
            [FieldError("all", "give session_name, symbol or side; or true for every open order")]
        )
    side = None if body.side is None else Side[body.side]
    return mass_canceled_to_json(context().mass.cancel(Filter(body.session_name, body.symbol, side))), 202


@api.route(
    "POST",
    "/api/mass_status",
    body=schemas.orders.MassStatus,
    answers={202: answers.orders.MassStatusRequested},
)
def mass_status(body: schemas.orders.MassStatus) -> tuple[dict[str, Any], int]:
    """Ask the counterparty how all open orders of a session stand, or those of a symbol or side.
    With one OrderMassStatusRequest where the FIX version and the counterparty have it, else order by order."""
    side = None if body.side is None else Side[body.side]
    asked = context().mass.ask_status(Filter(body.session_name, body.symbol, side))
    return {
        "session_name": asked.session_name,
        "mass_status_req_id": asked.mass_status_req_id,
        "asked": asked.asked,
    }, 202


@api.route(
    "POST", "/api/orders/<path:cl_ord_id>/request_status", answers={202: answers.orders.StatusRequested}
)
def request_status(cl_ord_id: str) -> tuple[dict[str, Any], int]:
    """Ask the counterparty how an order stands (OrderStatusRequest).
    Its answer is an ExecutionReport, which shows on the order; it counts no fill."""
    order = context().desk.request_status(cl_ord_id)
    return {"cl_ord_id": order.cl_ord_id, "session_name": order.session_name}, 202


def _lines(body: schemas.orders.ManyOrders) -> list[dict[str, Any]]:
    if body.csv is not None:
        return [one.fields for one in _read(body)]
    if body.orders is None:
        raise InvalidRequest([EITHER])
    return list(body.orders)


def _read(body: schemas.orders.ManyOrders) -> list[CsvOrder]:
    if body.csv is None or body.orders is not None:
        raise InvalidRequest([EITHER])
    return orders_of_csv(body.csv, body.session_name)


def _results(
    lines: list[dict[str, Any]], act: Callable[[schemas.orders.SendOrder], str | None]
) -> dict[str, Any]:
    results = [_result(line, act) for line in lines]
    good = sum(result["ok"] for result in results)
    return {"results": results, "ok": good, "refused": len(results) - good}


def _result(line: Mapping[str, Any], act: Callable[[schemas.orders.SendOrder], str | None]) -> dict[str, Any]:
    try:
        cl_ord_id = act(validate(schemas.orders.SendOrder, line))
    except InvalidRequest as error:
        return {"ok": False, "cl_ord_id": None, "reason": str(error), "errors": errors_to_json(error.errors)}
    except SendFixError as error:
        return {"ok": False, "cl_ord_id": None, "reason": str(error), "errors": []}
    return {"ok": True, "cl_ord_id": cl_ord_id, "reason": None, "errors": []}


def _check(order: schemas.orders.SendOrder) -> None:
    context().desk.check_order(
        order.session_name, fields_of(order), custom_tags_of(order.custom_tags), order.cl_ord_id
    )


def _send(order: schemas.orders.SendOrder) -> str:
    sent = context().desk.send_order(
        order.session_name, fields_of(order), custom_tags_of(order.custom_tags), order.cl_ord_id
    )
    return sent.cl_ord_ids[0]
