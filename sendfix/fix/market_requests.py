"""MarketDataRequest(V) and QuoteRequest(R) as bodies, in the order of the session's data dictionary.

QuickFIX lets a repeating group through only in the dictionary's order, and reads on in the message where a group has a
field that the dictionary does not give it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from sendfix.domain.errors import FieldError, InvalidRequest
from sendfix.fix.dictionary import Dictionary, Message
from sendfix.fix.fieldtypes import format_text, formatter_of

SUBSCRIBE, UNSUBSCRIBE = "1", "2"
"""SubscriptionRequestType(263)."""
FULL_REFRESH, INCREMENTAL = "0", "1"
"""MDUpdateType(265)."""
ENTRY_TYPES = ("0", "1", "2", "4", "5", "7", "8", "B")
"""MDEntryType(269) that a book has a place for: bid, offer, trade, open, close, high, low, volume."""
MAX_SYMBOL = 64
LIVE = "LMD"
"""How the MDReqID(262) of a desk's own subscriptions begins: their answers are live only, and in no journal."""
_MARKET_DATA = re.compile(rb"\x0135=[WX]\x01")
_ASKED_BY_HAND = re.compile(rb"\x01262=(?!%s)" % LIVE.encode())
HEAD_BYTES = 256
"""Of a message, in which its MDReqID(262) is to be found."""

Entries: TypeAlias = Sequence[Mapping[int, str]]


@dataclass(frozen=True, slots=True)
class Terms:
    """How a counterparty is asked. `aggregated` None leaves AggregatedBook(266) out; `only_depth` is in place of the
    MarketDepth(264) that is wanted."""

    update_type: str = INCREMENTAL
    aggregated: bool | None = True
    entry_types: tuple[str, ...] = ENTRY_TYPES
    only_depth: int | None = None


def check_symbol(symbol: str, field: str) -> str | FieldError:
    """The symbol as it goes out, or what is wrong with it."""
    try:
        text = format_text(symbol)
    except ValueError as error:
        return FieldError(field, f"Symbol(55) {error}")
    if len(text) > MAX_SYMBOL:
        return FieldError(field, f"Symbol(55) must have at most {MAX_SYMBOL} characters, got {len(text)}")
    return text


def is_live_market_data(raw: bytes) -> bool:
    """Whether it is a W or X that nobody has asked for by hand."""
    if _MARKET_DATA.search(raw, 0, 64) is None:
        return False
    return _ASKED_BY_HAND.search(raw, 0, HEAD_BYTES) is None


def has_market_data(dictionary: Dictionary) -> bool:
    return dictionary.message("V") is not None


def encode_market_data_request(
    dictionary: Dictionary,
    md_req_id: str,
    symbols: Sequence[str],
    depth: int,
    terms: Terms,
    request_type: str = SUBSCRIBE,
) -> bytes:
    """MarketDataRequest(V). Raises `InvalidRequest` where the version has none."""
    message = _message(dictionary, "V", "market data")
    field = dictionary.field(269)
    known = field.values if field is not None else {}
    fields = {
        262: md_req_id,
        263: request_type,
        264: str(depth if terms.only_depth is None else terms.only_depth),
        265: terms.update_type,
    }
    if terms.aggregated is not None:
        fields[266] = "Y" if terms.aggregated else "N"
    groups: dict[int, Entries] = {
        267: [{269: one} for one in terms.entry_types if one in known],
        146: [{55: symbol} for symbol in symbols],
    }
    return _body(message, fields, groups)


def encode_quote_request(
    dictionary: Dictionary, quote_req_id: str, symbol: str, side: object, order_qty: object
) -> bytes:
    """QuoteRequest(R) for one symbol. Raises `InvalidRequest`."""
    message = _message(dictionary, "R", "quotes")
    entry = {55: symbol}
    errors: list[FieldError] = []
    for key, value in (("side", side), ("order_qty", order_qty)):
        field = dictionary.field_by_key(key)
        if value is None or field is None:
            continue
        try:
            entry[field.tag] = formatter_of(field)(value)
        except ValueError as error:
            errors.append(FieldError(key, f"{field.name}({field.tag}) {error}"))
    if errors:
        raise InvalidRequest(errors)
    if 146 not in message.groups:
        # FIX 4.0 and 4.1 ask for one symbol a message.
        return _body(message, {131: quote_req_id, **entry}, {})
    return _body(message, {131: quote_req_id}, {146: [entry]})


def _message(dictionary: Dictionary, msg_type: str, what: str) -> Message:
    message = dictionary.message(msg_type)
    if message is None:
        text = f"{dictionary.version} has no {what}: it has no message {msg_type}"
        raise InvalidRequest([FieldError("session_name", text)])
    return message


def _body(message: Message, fields: Mapping[int, str], groups: Mapping[int, Entries]) -> bytes:
    parts = [f"35={message.msg_type}"]
    for tag in message.fields:
        if tag in groups:
            rank = {member: number for number, member in enumerate(message.groups[tag].fields)}
            parts.append(f"{tag}={len(groups[tag])}")
            for entry in groups[tag]:
                ordered = sorted((one for one in entry if one in rank), key=rank.__getitem__)
                parts += [f"{one}={entry[one]}" for one in ordered]
        elif tag in fields:
            parts.append(f"{tag}={fields[tag]}")
    parts.append("")
    return "\x01".join(parts).encode("ascii")
