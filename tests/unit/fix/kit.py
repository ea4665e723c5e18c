"""Messages as one reads them, with "|" for SOH."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from sendfix.domain.commands import NewOrder
from sendfix.domain.errors import InvalidRequest
from sendfix.domain.events import NewOrderSent
from sendfix.domain.order import Order
from sendfix.fix.dictionary import Dictionary
from sendfix.fix.encode import encode_new
from sendfix.fix.interpret import interpret

IN, OUT, EVENT = 0, 1, 2
AT = datetime(2026, 11, 20, 14, 30, 0, 123456, tzinfo=UTC)
TIME = "60=20261120-14:30:00.123"
LIMIT: dict[str, object] = {
    "symbol": "AAPL",
    "side": "BUY",
    "order_qty": 100,
    "ord_type": "LIMIT",
    "price": "10.50",
}


def fix(text: str) -> bytes:
    return text.replace("|", "\x01").encode("latin-1")


def body(raw: bytes) -> set[str]:
    """The fields of a body as a set of "tag=value": their order is of no meaning outside groups."""
    return set(raw.decode("latin-1").strip("\x01").split("\x01"))


def new(
    dictionary: Dictionary,
    fields: Mapping[str, object],
    custom_tags: Mapping[int, str] | None = None,
    cl_ord_id: str = "A1",
) -> bytes:
    return encode_new(NewOrder("SIM", cl_ord_id, AT, fields, custom_tags or {}), dictionary)


def errors_of(
    dictionary: Dictionary,
    fields: Mapping[str, object],
    custom_tags: Mapping[int, str] | None = None,
    cl_ord_id: str = "A1",
) -> dict[str, str]:
    """What is said about each field when the order is refused; empty when it is not."""
    try:
        new(dictionary, fields, custom_tags, cl_ord_id)
    except InvalidRequest as refused:
        errors = refused.errors
    else:
        return {}
    said = {error.field: error.message for error in errors}
    assert len(said) == len(errors), "a field was complained about twice"
    return said


def order_of(
    dictionary: Dictionary, fields: Mapping[str, object], custom_tags: Mapping[int, str] | None = None
) -> Order:
    """The order that these fields make, by way of the wire."""
    raw = b"8=FIX.x\x019=0\x01" + new(dictionary, fields, custom_tags) + b"34=2\x0110=000\x01"
    event = interpret("SIM", OUT, raw, AT, dictionary)
    assert isinstance(event, NewOrderSent)
    return Order.from_new(event, 1)
