"""What our own messages mean to orders: new orders, replaces and cancels."""

from __future__ import annotations

from datetime import datetime
from functools import cache

from sendfix.domain.events import CancelSent, ListSent, NewOrderSent, ReplaceSent, StatusAsked
from sendfix.domain.values import FieldValue
from sendfix.fix.dictionary import Dictionary
from sendfix.fix.groups import nest
from sendfix.fix.lists import list_orders
from sendfix.fix.parse import msg_type_of, parse, parse_values
from sendfix.fix.reading import ORD_TYPES, SIDES, TIMES_IN_FORCE, Values, code, decimal, needed, number

# What these events have a place of their own for, and what belongs to the message rather than the order.
_OWN_PLACE = frozenset({1, 11, 37, 38, 40, 41, 44, 54, 55, 59, 60, 99})


def new_order(session_name: str, raw: bytes, at: datetime, dictionary: Dictionary) -> NewOrderSent:
    values = parse_values(raw)
    fields, custom_tags = _other_fields(values, raw, dictionary)
    msg_seq_num, poss_dup = number(values.get(34)), values.get(43) == "Y"
    return _order_sent(session_name, at, msg_seq_num, poss_dup, values, fields, custom_tags)


def new_list(session_name: str, raw: bytes, at: datetime, dictionary: Dictionary) -> ListSent:
    top, orders = list_orders(raw, dictionary)
    msg_seq_num, poss_dup = number(top.values.get(34)), top.values.get(43) == "Y"
    found = []
    for entry in orders:
        own = [
            tag
            for tag in entry.values
            if tag not in _OWN_PLACE and tag not in dictionary.header and tag not in dictionary.trailer
        ]
        fields = {"list_id": needed(top.values, 66, "ListID"), **entry.by_key(dictionary, own)}
        custom_tags = {tag: entry.values[tag] for tag in own if dictionary.field(tag) is None}
        found.append(_order_sent(session_name, at, msg_seq_num, poss_dup, entry.values, fields, custom_tags))
    return ListSent(session_name, at, tuple(found))


def _order_sent(
    session_name: str,
    at: datetime,
    msg_seq_num: int | None,
    poss_dup: bool,
    values: Values,
    fields: dict[str, FieldValue],
    custom_tags: dict[int, str],
) -> NewOrderSent:
    get = values.get
    return NewOrderSent(
        session_name,
        at,
        msg_seq_num,
        needed(values, 11, "ClOrdID"),
        get(55),
        code(SIDES, get(54)),
        decimal(values, 38, "OrderQty"),
        code(ORD_TYPES, get(40)),
        decimal(values, 44, "Price"),
        decimal(values, 99, "StopPx"),
        code(TIMES_IN_FORCE, get(59)),
        get(1),
        fields,
        custom_tags,
        poss_dup,
    )


def replace(session_name: str, raw: bytes, at: datetime, dictionary: Dictionary) -> ReplaceSent:
    values = parse_values(raw)
    fields, custom_tags = _other_fields(values, raw, dictionary)
    get = values.get
    return ReplaceSent(
        session_name,
        at,
        number(get(34)),
        needed(values, 11, "ClOrdID"),
        needed(values, 41, "OrigClOrdID"),
        decimal(values, 38, "OrderQty"),
        decimal(values, 44, "Price"),
        decimal(values, 99, "StopPx"),
        code(ORD_TYPES, get(40)),
        code(TIMES_IN_FORCE, get(59)),
        get(1),
        fields,
        custom_tags,
        get(43) == "Y",
        _keys_of(dictionary, msg_type_of(raw) or ""),
    )


def cancel(session_name: str, raw: bytes, at: datetime, _dictionary: Dictionary) -> CancelSent:
    values = parse_values(raw)
    return CancelSent(
        session_name,
        at,
        number(values.get(34)),
        needed(values, 11, "ClOrdID"),
        needed(values, 41, "OrigClOrdID"),
        values.get(43) == "Y",
    )


def status_request(
    session_name: str, raw: bytes, at: datetime, _dictionary: Dictionary
) -> StatusAsked | None:
    cl_ord_id = parse_values(raw).get(11)
    return StatusAsked(session_name, at, cl_ord_id) if cl_ord_id else None


@cache
def _keys_of(dictionary: Dictionary, msg_type: str) -> frozenset[str]:
    message = dictionary.message(msg_type)
    return frozenset() if message is None else frozenset(dictionary.fields[tag].key for tag in message.fields)


def _other_fields(
    values: Values, raw: bytes, dictionary: Dictionary
) -> tuple[dict[str, FieldValue], dict[int, str]]:
    """The rest: fields of the message by key, its repeating groups among them, and custom tags."""
    message = dictionary.message(values.get(35, ""))
    fields: dict[str, FieldValue] = {}
    custom_tags: dict[int, str] = {}
    for tag in reversed(values):
        if tag in _OWN_PLACE or tag in dictionary.header or tag in dictionary.trailer:
            continue
        if message is not None and (tag in message.groups or tag in message.group_tags):
            continue
        if message is not None and tag in message.fields:
            fields[dictionary.fields[tag].key] = values[tag]
        else:
            custom_tags[tag] = values[tag]
    if message is not None and not message.groups.keys().isdisjoint(values):
        nested = nest(parse(raw), message.groups)
        fields.update(nested.by_key(dictionary, nested.groups))
    return fields, custom_tags
