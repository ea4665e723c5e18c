"""JSON bodies of the broker's REST interface, turned into commands; whatever is wrong is named field by field."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from broker.client_commands import DisconnectClient
from broker.market.hours import PHASES, SetPhase
from broker.trading.acts import STATES, CorrectExecution, SetState
from broker.trading.by_hand import (
    AmendOrder,
    CancelOrder,
    EnterOrder,
    FillOrder,
    Refused,
    RejectOrder,
    SetPrice,
)
from broker.trading.reports import ExecRestatement

SIDES: Final = {
    "BUY": "1",
    "SELL": "2",
    "BUY_MINUS": "3",
    "SELL_PLUS": "4",
    "SELL_SHORT": "5",
    "SELL_SHORT_EXEMPT": "6",
}
ORD_TYPES: Final = {
    "MARKET": "1",
    "LIMIT": "2",
    "STOP": "3",
    "STOP_LIMIT": "4",
    "MARKET_ON_CLOSE": "5",
    "LIMIT_ON_CLOSE": "B",
}
TIMES_IN_FORCE: Final = {
    "DAY": "0",
    "GTC": "1",
    "OPG": "2",
    "IOC": "3",
    "FOK": "4",
    "GTX": "5",
    "GTD": "6",
    "CLOSE": "7",
}
_ALIASES: Final = {
    "order_qty": "quantity",
    "qty": "quantity",
    "ord_type": "order_type",
    "tif": "time_in_force",
    "price": "limit_price",
    "stop_px": "stop_price",
    "last_qty": "exec_quantity",
    "last_px": "exec_price",
}
_MAX_TEXT: Final = 200
_MISSING: Final = object()


def name_of(names: Mapping[str, str], code: str) -> str:
    """The name of a FIX code, or the code itself when it has none here."""
    return next((name for name, known in names.items() if known == code), code)


class _Fields:
    """Takes fields out of a body one by one and remembers what is wrong."""

    def __init__(self, body: object) -> None:
        if not isinstance(body, Mapping):
            raise Refused(400, "The body must be a JSON object.")
        self._fields: dict[str, Any] = {}
        self._errors: list[tuple[str, str]] = []
        self._names: dict[str, str] = {}
        for given_key, given in body.items():
            key = str(given_key)
            name = _ALIASES.get(key, key)
            if name in self._fields:
                self._errors.append((key, f"is given twice, as {self._names[name]} too"))
            self._fields[name] = given
            self._names[name] = key

    def _take(self, name: str, required: bool, parse: Callable[[Any], Any]) -> Any:
        given = self._fields.pop(name, _MISSING)
        if given is _MISSING or given is None:
            if required:
                self._errors.append((name, "is required"))
            return None
        try:
            return parse(given)
        except ValueError as error:
            self._errors.append((self._names[name], str(error)))
            return None

    def decimal(self, name: str, required: bool = False) -> Decimal | None:
        found: Decimal | None = self._take(name, required, _decimal)
        return found

    def whole(self, name: str) -> int:
        return int(self._take(name, True, _whole) or 0)

    def text(self, name: str, required: bool = False) -> str | None:
        found: str | None = self._take(name, required, _text)
        return found

    def code(self, name: str, names: Mapping[str, str], default: str | None = None) -> str:
        def parse(given: Any) -> str:
            text = str(given).upper()
            if text in names:
                return names[text]
            if text in names.values():
                return text
            raise ValueError(f"must be one of {', '.join(names)}")

        return str(self._take(name, default is None, parse) or default or "")

    def done(self) -> None:
        """Raises Refused when anything was wrong or unknown."""
        self._errors += [(self._names[name], "is unknown") for name in self._fields]
        if self._errors:
            name, message = self._errors[0]
            raise Refused(422, f"{name} {message}", self._errors)


def _decimal(given: Any) -> Decimal:
    if isinstance(given, bool) or not isinstance(given, str | int | Decimal):
        raise ValueError("must be a number or a string that holds one")
    try:
        number = Decimal(str(given))
    except InvalidOperation:
        raise ValueError("must be a number") from None
    if not number.is_finite() or not 0 < number <= 10**9:
        raise ValueError("must be above 0 and up to 1000000000")
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -8:
        raise ValueError("has more than 8 decimals")
    return number


def _whole(given: Any) -> int:
    text = "" if isinstance(given, bool) or not isinstance(given, str | int) else str(given)
    if not text.isdecimal() or len(text) > 15:
        raise ValueError("must be a whole number")
    return int(text)


def _text(given: Any) -> str:
    if not isinstance(given, str):
        raise ValueError("must be a string")
    if len(given) > _MAX_TEXT or not given.isprintable():
        raise ValueError(f"must be up to {_MAX_TEXT} characters without control characters")
    return given


def enter_order(body: object) -> EnterOrder:
    fields = _Fields(body)
    command = EnterOrder(
        symbol=fields.text("symbol", required=True) or "",
        side=fields.code("side", SIDES),
        ord_type=fields.code("order_type", ORD_TYPES),
        quantity=fields.decimal("quantity", required=True) or Decimal(0),
        limit_price=fields.decimal("limit_price"),
        stop_price=fields.decimal("stop_price"),
        time_in_force=fields.code("time_in_force", TIMES_IN_FORCE, "0"),
        account=fields.text("account"),
    )
    fields.done()
    return command


def amend_order(order_id: int, body: object) -> AmendOrder:
    fields = _Fields(body)
    command = AmendOrder(
        order_id,
        fields.decimal("quantity"),
        fields.decimal("limit_price"),
        fields.decimal("stop_price"),
        _reason(fields) or ExecRestatement.BROKER_OPTION,
    )
    fields.done()
    if command.quantity is None and command.limit_price is None and command.stop_price is None:
        message = "is required, or limit_price or stop_price"
        raise Refused(422, f"quantity {message}", [("quantity", message)])
    return command


def cancel_order(order_id: int, body: object) -> CancelOrder:
    fields = _Fields(body)
    command = CancelOrder(order_id, fields.text("text"), _reason(fields))
    fields.done()
    return command


def _reason(fields: _Fields) -> ExecRestatement | None:
    """ExecRestatementReason(378), by name."""
    code = fields.code("restatement_reason", {one.name: one.value.decode() for one in ExecRestatement}, "")
    return ExecRestatement(code.encode()) if code else None


def reject_order(order_id: int, body: object) -> RejectOrder:
    fields = _Fields(body)
    command = RejectOrder(order_id, fields.text("text"))
    fields.done()
    return command


def disconnect_client(client_id: int, body: object) -> DisconnectClient:
    fields = _Fields(body)
    command = DisconnectClient(client_id, fields.text("text"))
    fields.done()
    return command


def only_text(body: object) -> str | None:
    fields = _Fields(body)
    text = fields.text("text")
    fields.done()
    return text


def correct_execution(exec_id: str, body: object) -> CorrectExecution:
    fields = _Fields(body)
    command = CorrectExecution(
        exec_id, fields.decimal("exec_quantity"), fields.decimal("exec_price"), fields.text("text")
    )
    fields.done()
    if command.quantity is None and command.price is None:
        message = "is required, or exec_price"
        raise Refused(422, f"exec_quantity {message}", [("exec_quantity", message)])
    return command


def set_state(order_id: int, body: object) -> SetState:
    fields = _Fields(body)
    command = SetState(order_id, fields.code("status", {name: name for name in STATES}), fields.text("text"))
    fields.done()
    return command


def set_phase(body: object) -> SetPhase:
    """`phase` null: by the clock again."""
    fields = _Fields(body)
    given = isinstance(body, Mapping) and "phase" in body
    by_clock = given and isinstance(body, Mapping) and body["phase"] is None
    phase = None if by_clock else fields.code("phase", {name: name for name in PHASES})
    if by_clock:
        fields.text("phase")
    fields.done()
    return SetPhase(phase)


def nothing(body: object) -> None:
    """A body that must be empty, where one is given at all."""
    _Fields(body).done()


def fill_order(body: object) -> FillOrder:
    fields = _Fields(body)
    command = FillOrder(
        fields.whole("order_id"),
        fields.decimal("exec_quantity", required=True) or Decimal(0),
        fields.decimal("exec_price"),
    )
    fields.done()
    return command


def set_price(symbol: str, body: object) -> SetPrice:
    fields = _Fields(body)
    command = SetPrice(symbol, fields.decimal("last_price", required=True) or Decimal(0))
    fields.done()
    return command
