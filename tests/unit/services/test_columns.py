"""Keys sort as what they stand for, and say it exactly."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from sendfix.services.columns import (
    EXECUTIONS,
    NO_TEXT,
    NO_TIME,
    ORDERS,
    decimal_of_key,
    execution_keys,
    number_key,
    order_keys,
    time_key,
)
from tests.unit.services.desk_kit import DeskKit

NUMBERS = st.decimals(
    min_value=Decimal(-(10**18) + 1), max_value=Decimal(10**18 - 1), places=12, allow_nan=False
)


@given(NUMBERS, NUMBERS)
def test_keys_of_numbers_sort_as_the_numbers_do(one: Decimal, other: Decimal) -> None:
    assert (number_key(one) < number_key(other)) is (one < other)
    assert (number_key(one) == number_key(other)) is (one == other)
    assert decimal_of_key(number_key(one)) == one
    assert number_key(one) > NO_TEXT


def test_a_number_has_one_key_however_it_is_written() -> None:
    assert (
        len({number_key(Decimal(text)) for text in ("100", "1E+2", "100.000", "+100.", "0100.000000000000")})
        == 1
    )
    assert number_key(Decimal("-0")) == number_key(Decimal(0))
    assert number_key(None) == NO_TEXT
    assert decimal_of_key(NO_TEXT) is None


@given(st.integers(0, 10**12), st.integers(0, 10**12))
def test_keys_of_times_sort_as_the_times_do(one: int, other: int) -> None:
    start = datetime(1999, 1, 1, tzinfo=UTC)
    first, second = start + timedelta(microseconds=one), start + timedelta(microseconds=other)
    assert (time_key(first) < time_key(second)) is (first < second)
    assert time_key(first) > NO_TIME


def test_times_beyond_what_a_database_holds_stay_within_it() -> None:
    assert time_key(datetime.max.replace(tzinfo=UTC)) == 2**63 - 1
    assert time_key(None) == NO_TIME


def test_keys_are_written_out_as_the_table_has_them() -> None:
    kit = DeskKit()
    order = kit.send(price=Decimal("10.5"), account="A1", symbol="X" * 60)
    kit.acknowledge(order.cl_ord_id)
    kit.fill(order.cl_ord_id)
    assert order_keys(order) == {column.stored: column.of(order) for column in ORDERS.columns.values()}
    booked = [one.execution for one in kit.store.folded if one.execution is not None]
    assert booked
    for one in booked:
        assert execution_keys(one) == {
            column.stored: column.of(one) for column in EXECUTIONS.columns.values()
        }


def test_an_order_has_a_key_for_each_of_its_columns() -> None:
    order = DeskKit().send(price=Decimal("10.5"), account="A1")
    keys = order_keys(order)
    assert list(keys) == [column.stored for column in ORDERS.columns.values()]
    assert (keys["symbol"], keys["side"], keys["account"]) == (order.symbol, "BUY", "A1")
    assert decimal_of_key(str(keys["price"])) == Decimal("10.5")
