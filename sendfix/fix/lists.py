"""NewOrderList(E): one message with many orders."""

from __future__ import annotations

from sendfix.fix.dictionary import Dictionary
from sendfix.fix.groups import Fields, nest
from sendfix.fix.parse import SOH, parse

ORDERS = 73
LIST_REJECTED = "7"
"""ListOrderStatus(431)."""


def list_orders(raw: bytes, dictionary: Dictionary) -> tuple[Fields, list[Fields]]:
    """The fields of the list, and those of each of its orders."""
    message = dictionary.message("E")
    top = nest(parse(raw), {} if message is None else message.groups)
    return top, top.groups.get(ORDERS, [])


def orders_apart(raw: bytes, dictionary: Dictionary) -> list[bytes]:
    """Each order of the list as if it were sent alone, without its groups."""
    _, orders = list_orders(raw, dictionary)
    return [
        SOH.join(["35=D", *(f"{tag}={value}" for tag, value in order.values.items()), ""]).encode()
        for order in orders
    ]
