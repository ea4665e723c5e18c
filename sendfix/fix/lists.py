"""NewOrderList(E): one message with many orders. In FIX 4.0 and 4.1, which have no group of orders, it has one."""

from __future__ import annotations

from collections import Counter

from sendfix.fix.dictionary import Dictionary
from sendfix.fix.groups import Fields, nest
from sendfix.fix.parse import SOH, parse

MSG_TYPE, ORDERS = 35, 73
LIST_REJECTED = "7"
"""ListOrderStatus(431)."""


def list_orders(raw: bytes, dictionary: Dictionary) -> tuple[Fields, list[Fields]]:
    """The fields of the list, and those of each of its orders."""
    message = dictionary.message("E")
    if message is None or ORDERS not in message.groups:
        top = nest(parse(raw), {})
        return top, [top]
    top = nest(parse(raw), message.groups)
    return top, top.groups.get(ORDERS, [])


def orders_apart(raw: bytes, dictionary: Dictionary) -> list[bytes]:
    """Each order of the list as if it were sent alone, without its groups."""
    _, orders = list_orders(raw, dictionary)
    return [
        SOH.join(
            ["35=D", *(f"{tag}={value}" for tag, value in order.values.items() if tag != MSG_TYPE), ""]
        ).encode()
        for order in orders
    ]


def comes_apart(raw: bytes, dictionary: Dictionary) -> bool:
    """Whether the orders that are found in the list are all that it says. One that is sent without validation may have
    a field twice, or one in its group that the dictionary does not have there, behind which no more are found."""
    message = dictionary.message("E")
    top, orders = list_orders(raw, dictionary)
    twice = Counter(tag for tag, _value in parse(raw)) - Counter(top.tags())
    outside = set() if message is None else message.group_tags & top.values.keys() - message.fields.keys()
    # In FIX 4.0 and 4.1 the message is the one order.
    counted = orders == [top] or top.values.get(ORDERS) == str(len(orders))
    return bool(orders) and not twice and not outside and counted
