"""Market data and quotes on the wire: what is asked, and what is understood of the answers."""

from __future__ import annotations

import contextlib
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sendfix.domain.errors import InvalidRequest
from sendfix.domain.market import Book, Problem
from sendfix.fix.dictionary import load
from sendfix.fix.market_data import (
    read_market_data,
    read_quote,
    read_quote_refusal,
    read_rejection,
    values_of,
)
from sendfix.fix.market_requests import Terms, encode_market_data_request, encode_quote_request
from tests.unit.domain.test_market import AT

FIX42, FIX44 = load("FIX.4.2"), load("FIX.4.4")


def soh(text: str) -> bytes:
    return text.replace("|", "\x01").encode()


def test_a_request_is_in_the_order_of_the_dictionary() -> None:
    body = encode_market_data_request(FIX44, "M1", ["AAPL", "MSFT"], 5, Terms(entry_types=("0", "1")))
    expected = "35=V|262=M1|263=1|264=5|265=1|266=Y|267=2|269=0|269=1|146=2|55=AAPL|55=MSFT|"
    assert body == soh(expected)
    plain = Terms(update_type="0", aggregated=None, entry_types=("0", "B"), only_depth=1)
    body = encode_market_data_request(FIX42, "M1", ["AAPL"], 5, plain)
    assert body == soh("35=V|262=M1|263=1|264=1|265=0|267=1|269=0|146=1|55=AAPL|")


def test_a_version_without_market_data_says_so() -> None:
    with pytest.raises(InvalidRequest, match=r"FIX\.4\.1 has no market data: it has no message V"):
        encode_market_data_request(load("FIX.4.1"), "M1", ["AAPL"], 5, Terms())


def test_a_quote_request_has_side_and_quantity_where_they_are_given() -> None:
    assert encode_quote_request(FIX44, "Q1", "AAPL", "BUY", 10) == soh(
        "35=R|131=Q1|146=1|55=AAPL|54=1|38=10|"
    )
    assert encode_quote_request(FIX42, "Q1", "AAPL", None, None) == soh("35=R|131=Q1|146=1|55=AAPL|")
    with pytest.raises(InvalidRequest, match=r"order_qty: OrderQty\(38\) must be a number"):
        encode_quote_request(FIX44, "Q1", "AAPL", "BUY", "many")


def test_a_snapshot_is_taken_apart() -> None:
    message = read_market_data(
        soh(
            "8=FIX.4.4|9=1|35=W|34=2|262=M1|55=AAPL|268=2|269=0|270=10.50|271=5|346=2|290=1"
            "|269=2|270=10.5|271=3|272=20260302|273=14:03:00.5|10=1|"
        )
    )
    first, second = message.entries
    assert (message.msg_type, message.md_req_id, message.symbol, message.poss_dup) == (
        "W",
        "M1",
        "AAPL",
        False,
    )
    assert (first.px, first.size, first.orders, first.position) == (Decimal("10.50"), Decimal(5), 2, 1)
    assert second.at == AT.replace(microsecond=500_000)
    assert message.problem is None


def test_an_entry_without_a_symbol_has_that_of_the_one_before() -> None:
    message = read_market_data(
        soh(
            "8=FIX.4.4|9=1|35=X|43=Y|268=3|279=0|269=0|55=A|270=1|271=1|279=2|269=1|270=2|279=0|55=B|270=3|10=1|"
        )
    )
    assert [(one.action, one.symbol) for one in message.entries] == [("0", "A"), ("2", "A"), ("0", "B")]
    assert message.poss_dup
    assert message.md_req_id is None


def test_an_entry_begins_as_the_first_one_does() -> None:
    message = read_market_data(
        soh("35=X|268=2|269=0|279=0|55=A|270=1|271=1|269=1|279=0|55=A|270=2|271=2|10=1|")
    )
    assert [(one.entry_type, one.px) for one in message.entries] == [("0", Decimal(1)), ("1", Decimal(2))]


def test_what_comes_before_a_field_that_cannot_be_read_is_there() -> None:
    message = read_market_data(soh("35=X|268=2|279=0|269=0|55=A|270=1|271=1|279=0|269=0|55=A|270=x|10=1|"))
    assert (len(message.entries), message.problem) == (1, "MDEntryPx(270) must be a number, got 'x'")


def test_quotes_and_their_refusals() -> None:
    quote = read_quote(
        values_of("35=S\x01131=Q1\x01117=7\x0155=A\x01132=1.5\x01133=x\x01134=10\x0162=20260302-14:03:00\x01")
    )
    assert (quote.bid_px, quote.offer_px, quote.valid_until_time) == (Decimal("1.5"), None, AT)
    refused = read_quote_refusal(values_of("35=AG\x01131=Q1\x01658=1\x01146=1\x0155=A\x01"), FIX44)
    assert refused is not None
    assert (refused.symbol, refused.text) == ("A", "QuoteRequestRejectReason(658) 1, UNKNOWN_SYMBOL")
    acknowledged = values_of("35=b\x01131=Q1\x01297=0\x01")
    assert read_quote_refusal(acknowledged, FIX42) is None
    rejected = read_quote_refusal(values_of("35=b\x01131=Q1\x01297=5\x01300=1\x01"), FIX42)
    assert rejected is not None
    assert rejected.refused


def test_a_reject_of_a_field_says_the_same_as_the_refusal_of_a_request() -> None:
    values = values_of("35=3\x0145=7\x01371=265\x01372=V\x01373=5\x01")
    rejection = read_rejection(values, FIX44)
    assert (rejection.ref_seq_num, rejection.reason) == (7, "6")


FIELDS = st.lists(
    st.tuples(
        st.sampled_from([35, 43, 55, 262, 268, 269, 270, 271, 272, 273, 278, 279, 280, 290, 346, 10, 212]),
        st.one_of(
            st.sampled_from(["W", "X", "0", "1", "2", "3", "5", "-1", "1e400", "", "99999999999", "Y"]),
            st.text(max_size=6),
        ),
    ),
    max_size=30,
)


@given(fields=FIELDS, garbage=st.binary(max_size=20))
def test_nothing_that_comes_can_do_harm(fields: list[tuple[int, str]], garbage: bytes) -> None:
    raw = "".join(f"{tag}={value}\x01" for tag, value in fields).encode("utf-8", "replace") + garbage
    message = read_market_data(raw)
    book = Book()
    for fold in (book.snapshot, book.update):
        with contextlib.suppress(Problem):
            fold(message.entries, AT)
    for level in book.bids.levels():
        assert level.size > 0
    values = values_of(raw.decode("latin-1"))
    read_quote(values)
    read_quote_refusal(values, FIX44)
    assert read_rejection(values, FIX44).text
