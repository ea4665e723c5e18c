"""Any message of the data dictionary, as a person writes it: by its fields, or as tag=value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sendfix.domain.errors import FieldError, InvalidRequest
from sendfix.domain.values import FieldValue
from sendfix.fix.dictionary import Dictionary, Message
from sendfix.fix.encode import default_handling
from sendfix.fix.fieldtypes import format_utc
from sendfix.fix.groups import Fields, nest
from sendfix.fix.lists import ORDERS, list_orders
from sendfix.fix.parse import SOH, msg_type_of, parse
from sendfix.fix.plan import plan
from sendfix.fix.rules import check_order

SESSION_MESSAGES = frozenset("012345A")
"""MsgType(35) of what QuickFIX alone sends."""
ORDERS_AND_REPLACES = frozenset({"D", "G", "AB", "AC"})
MAX_RAW = 100_000
CL_ORD_ID, TRANSACT_TIME = 11, 60
NEW_LIST = ("E", 66)
"""ListID(66) is new in a NewOrderList alone."""
NO_BIDDING = "3"
"""BidType(394)."""
_SKIPPED = frozenset({8, 9, 10, 34, 35, 49, 52, 56})
"""Of the header and trailer, what stands in every message that is copied from a log."""


@dataclass(slots=True)
class Draft:
    """A message as it is being written. `raw` in place of the others is tag=value with SOH or "|" between; `validate`
    False sends that as it stands. `account` is taken where an order has none."""

    msg_type: str | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    custom_tags: Mapping[int, str] = field(default_factory=dict)
    raw: str | None = None
    validate: bool = True
    account: str | None = None


@dataclass(slots=True)
class Composed:
    """`body` is None when there are errors."""

    msg_type: str
    fields: Mapping[str, Any]
    custom_tags: Mapping[int, str]
    body: bytes | None
    errors: list[FieldError]

    def valid_body(self) -> bytes:
        """Raises `InvalidRequest`."""
        if self.body is None:
            raise InvalidRequest(self.errors)
        return self.body


def compose(draft: Draft, dictionary: Dictionary, now: datetime, new_id: Callable[[], str]) -> Composed:
    """What is required and nobody needs to choose is filled in: a new id, TransactTime(60), HandlInst(21), and in a
    NewOrderList(E) the numbers of its orders. Raises `InvalidRequest` where there is no message to speak of."""
    errors: list[FieldError] = []
    if draft.raw is None:
        msg_type = _checked_type(draft.msg_type, dictionary, "msg_type")
        fields, custom_tags = draft.fields, draft.custom_tags
    else:
        raw = _raw(draft.raw)
        msg_type = _checked_type(msg_type_of(raw), dictionary, "raw")
        if not draft.validate:
            return Composed(msg_type, {}, {}, _as_it_stands(raw, msg_type), [])
        fields, custom_tags = _read(raw, dictionary, dictionary.messages[msg_type], errors)
    lists_orders = msg_type == "E" and ORDERS in dictionary.messages[msg_type].groups
    filled_in = _filled_in(msg_type, fields, draft, new_id, lists_orders)
    body = _body(msg_type, filled_in, custom_tags, dictionary, errors, now, new_id, lists_orders)
    return Composed(msg_type, fields, custom_tags, body, errors)


def _checked_type(msg_type: str | None, dictionary: Dictionary, where: str) -> str:
    if not msg_type:
        raise InvalidRequest([FieldError(where, "MsgType(35) is required")])
    message = dictionary.message(msg_type)
    if message is None:
        raise InvalidRequest([FieldError(where, f"{dictionary.version} has no message {msg_type[:20]!r}")])
    if msg_type in SESSION_MESSAGES:
        reason = (
            f"{message.name}({msg_type}) is a message of the session, which the engine sends: see Numbers"
        )
        raise InvalidRequest([FieldError(where, reason)])
    return msg_type


def _filled_in(
    msg_type: str,
    fields: Mapping[str, Any],
    draft: Draft,
    new_id: Callable[[], str],
    lists_orders: bool,
) -> Mapping[str, Any]:
    orders = fields.get("no_orders")
    if lists_orders and isinstance(orders, list):
        numbered = [
            {
                "cl_ord_id": new_id(),
                "list_seq_no": number,
                **({"account": draft.account} if draft.account else {}),
                **order,
            }
            if isinstance(order, dict) and draft.raw is None
            else order
            for number, order in enumerate(orders, 1)
        ]
        given = {"bid_type": NO_BIDDING, "tot_no_orders": len(orders)}
        return {**given, **fields, "no_orders": numbered}
    if (
        (msg_type in ("D", "AB") or (msg_type == "E" and not lists_orders))
        and draft.account
        and "account" not in fields
    ):
        return {**fields, "account": draft.account}
    return fields


def _body(
    msg_type: str,
    fields: Mapping[str, Any],
    custom_tags: Mapping[int, str],
    dictionary: Dictionary,
    errors: list[FieldError],
    now: datetime,
    new_id: Callable[[], str],
    lists_orders: bool,
) -> bytes | None:
    message = plan(dictionary, msg_type)
    texts: dict[int, str] = {}
    message.add_all(texts, errors, fields, set_by_desk=frozenset())
    custom = message.custom(errors, custom_tags, set_by_desk=frozenset())
    for missing in message.missing(texts):
        if missing.tag == TRANSACT_TIME:
            texts[missing.tag] = format_utc(now)
        elif (
            missing.name == "ClOrdID" or missing.name.endswith("ReqID") or (msg_type, missing.tag) == NEW_LIST
        ):
            texts[missing.tag] = new_id()
    default_handling(texts, message)
    if msg_type in ORDERS_AND_REPLACES or (msg_type == "E" and not lists_orders):
        check_order(texts, dictionary, errors)
    try:
        body = message.body(texts, custom, errors)
    except InvalidRequest:
        return None
    if lists_orders:
        _check_list(body, dictionary, errors)
    return None if errors else body


def _check_list(body: bytes, dictionary: Dictionary, errors: list[FieldError]) -> None:
    _, orders = list_orders(body, dictionary)
    ids: set[str] = set()
    for number, order in enumerate(orders):
        wrong: list[FieldError] = []
        check_order(order.values, dictionary, wrong)
        cl_ord_id = order.values[CL_ORD_ID]
        if cl_ord_id in ids:
            wrong.append(FieldError("cl_ord_id", f"ClOrdID(11) {cl_ord_id!r} is given twice"))
        ids.add(cl_ord_id)
        errors += [FieldError(f"no_orders[{number}].{error.field}", error.message) for error in wrong]


def _raw(text: str) -> bytes:
    """With SOH, as on the wire. Raises `InvalidRequest`."""
    if len(text) > MAX_RAW:
        raise InvalidRequest([FieldError("raw", f"has {len(text)} characters; at most {MAX_RAW} are taken")])
    fields = text.strip().strip(f"|{SOH}").split(SOH if SOH in text else "|")
    if not text.isascii():
        raise InvalidRequest([FieldError("raw", "must be ASCII text")])
    raw = SOH.join([*fields, ""])
    wrong = [part for part in fields if not _tag_of(part)]
    # Data may hold anything, SOH too: then the parts of it are no fields.
    if wrong and "".join(f"{tag}={value}{SOH}" for tag, value in parse(raw.encode())) != raw:
        raise InvalidRequest([FieldError("raw", f"{wrong[0][:40]!r} is no tag=value")])
    return raw.encode()


def _tag_of(part: str) -> str:
    tag, equals, _ = part.partition("=")
    return tag if equals and tag.isdigit() and len(tag) < 10 else ""


def _as_it_stands(raw: bytes, msg_type: str) -> bytes:
    fields = [f"{tag}={value}" for tag, value in parse(raw) if tag not in _SKIPPED]
    return SOH.join([f"35={msg_type}", *fields, ""]).encode()


def _read(
    raw: bytes, dictionary: Dictionary, message: Message, errors: list[FieldError]
) -> tuple[dict[str, FieldValue], dict[int, str]]:
    pairs = [(tag, value) for tag, value in parse(raw) if tag not in _SKIPPED]
    top = nest(pairs, message.groups)
    wrong = _lost(pairs, top) + _wrong_counts(top)
    custom_tags: dict[int, str] = {}
    for tag, value in top.values.items():
        if tag in dictionary.header or tag in dictionary.trailer:
            wrong.append((tag, "belongs to the header or trailer, which the engine writes"))
        elif tag in message.group_tags and tag not in message.fields:
            wrong.append((tag, "stands outside its repeating group"))
        elif tag not in message.fields:
            custom_tags[tag] = value
    for tag, problem in wrong:
        known = dictionary.field(tag)
        name = f"tag {tag}" if known is None else f"{known.name}({tag})"
        errors.append(FieldError("raw" if known is None else known.key, f"{name} {problem}"))
    return top.by_key(dictionary, [tag for tag in top.values if tag in message.fields]), custom_tags


def _lost(pairs: list[tuple[int, str]], top: Fields) -> list[tuple[int, str]]:
    """Fields that stand a second time where one can stand only once."""
    twice = Counter(tag for tag, _ in pairs) - Counter(top.tags())
    return [(tag, "is given twice") for tag in twice]


def _wrong_counts(level: Fields) -> list[tuple[int, str]]:
    wrong = []
    for tag, entries in level.groups.items():
        if level.values[tag] != str(len(entries)):
            wrong.append((tag, f"says {level.values[tag][:10]}, and {len(entries)} entries follow"))
        for entry in entries:
            wrong += _wrong_counts(entry)
    return wrong
