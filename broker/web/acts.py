"""What a person decides about orders and fills: requests that wait, states, busts, corrections, the end of the day."""

from __future__ import annotations

from flask import Blueprint, Response

from broker.trading.acts import BustExecution, CorrectExecution, DecideRequest, EndDay, SetState
from broker.web import api_input
from broker.web.answers import body, execute, json, the_database
from broker.web.orders import order_body
from broker.web.views import execution_to_json

routes = Blueprint("acts", __name__)


def _order_of_execution(order_id: int, exec_id: str) -> Response:
    """The order, and the execution as it is now."""
    execution = the_database().load_execution(exec_id)
    assert execution is not None
    return json({"execution": execution_to_json(execution), "order": order_body(order_id)})


@routes.post("/api/executions/<exec_id>/bust")
def bust_execution(exec_id: str) -> Response:
    text = api_input.only_text(body(optional=True))
    return _order_of_execution(execute(BustExecution(exec_id, text)), exec_id)


@routes.post("/api/executions/<exec_id>/correct")
def correct_execution(exec_id: str) -> Response:
    command: CorrectExecution = api_input.correct_execution(exec_id, body(exact=True))
    return _order_of_execution(execute(command), exec_id)


@routes.post("/api/orders/<int:order_id>/state")
def set_state(order_id: int) -> Response:
    command: SetState = api_input.set_state(order_id, body())
    return json(order_body(execute(command)))


@routes.post("/api/orders/<int:order_id>/requests/<path:cl_ord_id>/accept")
def accept_request(order_id: int, cl_ord_id: str) -> Response:
    api_input.nothing(body(optional=True))
    return json(order_body(execute(DecideRequest(order_id, cl_ord_id, True, None))))


@routes.post("/api/orders/<int:order_id>/requests/<path:cl_ord_id>/reject")
def reject_request(order_id: int, cl_ord_id: str) -> Response:
    text = api_input.only_text(body(optional=True))
    return json(order_body(execute(DecideRequest(order_id, cl_ord_id, False, text))))


@routes.post("/api/end_of_day")
def end_of_day() -> Response:
    api_input.nothing(body(optional=True))
    return json(execute(EndDay()))
