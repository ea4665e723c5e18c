"""What a counterparty says about the market, taken apart: W, X, Y, and quotes with their refusals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from sendfix.domain.market import ACTIONS, NEW, Entry, Problem
from sendfix.domain.values import decimal_of_text
from sendfix.fix.dictionary import Dictionary
from sendfix.fix.parse import parse, parse_values

SNAPSHOT, INCREMENT, REFUSED, QUOTE = "W", "X", "Y", "S"
QUOTE_REFUSALS = frozenset({"AG", "b"})
_NO_ENTRIES, _ACTION, _ENTRY_TYPE, _SYMBOL = 268, 279, 269, 55
_NO_QUOTE = frozenset({"5", "9"})
"""QuoteStatus(297) of a QuoteAcknowledgement(b) that says that there is none: rejected, not found."""


@dataclass(frozen=True, slots=True)
class MarketMessage:
    """A W or X. `symbol` is that of a W. `problem` is what can't be read in it; the entries before it are there."""

    msg_type: str
    md_req_id: str | None
    symbol: str | None
    poss_dup: bool
    entries: tuple[Entry, ...]
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class QuoteMessage:
    """A Quote(S), or with `refused` the refusal of a QuoteRequest(R): `text` says why."""

    quote_req_id: str | None
    quote_id: str | None
    symbol: str | None
    bid_px: Decimal | None = None
    bid_size: Decimal | None = None
    offer_px: Decimal | None = None
    offer_size: Decimal | None = None
    valid_until_time: datetime | None = None
    text: str | None = None
    refused: bool = False


@dataclass(frozen=True, slots=True)
class Rejection:
    """MarketDataRequestReject(Y), BusinessMessageReject(j) or Reject(3): of the request with that id, or that number.
    `reason` is MDReqRejReason(281), empty in a Y without one, None where there is nothing like it."""

    ref_id: str | None
    ref_seq_num: int | None
    ref_msg_type: str | None
    reason: str | None
    text: str


def read_market_data(raw: bytes) -> MarketMessage:
    """Never raises."""
    fields = parse(raw)
    begin = next((number for number, (tag, _) in enumerate(fields) if tag == _NO_ENTRIES), len(fields))
    head = dict(reversed(fields[:begin]))
    # An entry begins with the field that the first begins with, which not everybody chooses as the standard does.
    begins = fields[begin + 1][0] if begin + 1 < len(fields) else _ENTRY_TYPE
    groups: list[dict[int, str]] = []
    group: dict[int, str] = {}
    for tag, value in fields[begin + 1 :]:
        if tag == begins:
            group = {}
            groups.append(group)
        group[tag] = value
    entries: list[Entry] = []
    problem = None
    symbol = head.get(_SYMBOL)
    try:
        for one in groups:
            symbol = one.get(_SYMBOL, symbol)
            entries.append(_entry(one, symbol))
    except Problem as error:
        problem = str(error)
    return MarketMessage(
        head.get(35, ""),
        head.get(262),
        head.get(_SYMBOL),
        head.get(43) == "Y",
        tuple(entries),
        problem,
    )


def read_quote(values: Mapping[int, str]) -> QuoteMessage:
    """Of a Quote(S). What is no number or time is left out: a person looks at it, nothing is computed from it."""
    return QuoteMessage(
        values.get(131),
        values.get(117),
        values.get(_SYMBOL),
        _decimal_or_none(values.get(132)),
        _decimal_or_none(values.get(134)),
        _decimal_or_none(values.get(133)),
        _decimal_or_none(values.get(135)),
        _timestamp(values.get(62)),
        values.get(58),
    )


def read_quote_refusal(values: Mapping[int, str], dictionary: Dictionary) -> QuoteMessage | None:
    """Of a QuoteRequestReject(AG), or a QuoteAcknowledgement(b) that is a refusal."""
    tag = 658 if values.get(35) == "AG" else 300
    if tag == 300 and values.get(297) not in _NO_QUOTE:
        return None
    return QuoteMessage(
        values.get(131),
        values.get(117),
        values.get(_SYMBOL),
        text=_reason(values, tag, dictionary) or "The counterparty gives no quote, and no reason",
        refused=True,
    )


def read_rejection(values: Mapping[int, str], dictionary: Dictionary) -> Rejection:
    """Of a Y, j or 3."""
    msg_type = values.get(35)
    if msg_type == REFUSED:
        text = _reason(values, 281, dictionary) or "no reason given"
        return Rejection(values.get(262), None, "V", values.get(281, ""), text)
    tag = 380 if msg_type == "j" else 373
    # What a Reject(3) says of a field is what a Y says of the same thing.
    reason = {"264": "5", "265": "6", "266": "7", "267": "8", "269": "8"}.get(values.get(371, ""))
    text = _reason(values, tag, dictionary) or "no reason given"
    return Rejection(values.get(379), _whole(values.get(45)), values.get(372), reason, text)


def values_of(raw: str) -> dict[int, str]:
    return parse_values(raw.encode("utf-8", "replace"))


def _entry(values: Mapping[int, str], symbol: str | None) -> Entry:
    get = values.get
    action = get(_ACTION, NEW)
    if action not in ACTIONS:
        raise Problem(f"MDUpdateAction(279) {action!r} is not known")
    return Entry(
        action,
        get(_ENTRY_TYPE),
        _decimal(values, 270, "MDEntryPx") if 270 in values else None,
        _decimal(values, 271, "MDEntrySize") if 271 in values else None,
        _whole(values[346]) if 346 in values else None,
        get(278) or None,
        get(280) or None,
        _whole(values[290]) if 290 in values else None,
        _timestamp(f"{values[272]}-{values[273]}") if 272 in values and 273 in values else None,
        symbol,
    )


def _decimal(values: Mapping[int, str], tag: int, name: str) -> Decimal | None:
    text = values.get(tag)
    if not text:
        return None
    try:
        return decimal_of_text(text)
    except ValueError as error:
        raise Problem(f"{name}({tag}) {error}") from error


def _decimal_or_none(text: str | None) -> Decimal | None:
    try:
        return decimal_of_text(text) if text else None
    except ValueError:
        return None


def _whole(text: str | None) -> int | None:
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 10 else None


def _timestamp(text: str | None) -> datetime | None:
    """UTCTimestamp with any number of decimals; None for anything else."""
    if text is None or text[8:9] != "-" or not text.isascii():
        return None
    whole, _, part = text.partition(".")
    try:
        at = datetime.strptime(whole, "%Y%m%d-%H:%M:%S").replace(tzinfo=UTC)
        return at.replace(microsecond=int(part[:6].ljust(6, "0"))) if part else at
    except ValueError:
        return None


def _reason(values: Mapping[int, str], tag: int, dictionary: Dictionary) -> str | None:
    """Text(58), or else the name of the reason's code."""
    if values.get(58):
        return values[58]
    code = values.get(tag)
    if code is None:
        return None
    field = dictionary.field(tag)
    name = field.values.get(code) if field is not None else None
    label = f"{field.name}({tag})" if field is not None else f"tag {tag}"
    return f"{label} {code}" + (f", {name}" if name else "")


def symbols_of(entries: Iterable[Entry]) -> dict[str | None, list[Entry]]:
    """The entries by symbol, in the order of the message."""
    found: dict[str | None, list[Entry]] = {}
    for entry in entries:
        found.setdefault(entry.symbol, []).append(entry)
    return found
