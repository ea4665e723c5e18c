"""Statistics, held against a count that is naive and slow."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sendfix.domain.statistics import (
    GROUPINGS,
    PERCENTILES,
    Delays,
    Report,
    Sent,
    course_of,
    hour_of,
    statistics,
)

MS = 1_000_000
HOUR = 3_600_000 * MS


def sent(**changes: object) -> Sent:
    values: dict[str, object] = {
        "session_name": "S44",
        "account": "A1",
        "symbol": "AAPL",
        "side": "BUY",
        "status": "FILLED",
        "order_qty": Decimal(100),
        "price": Decimal(10),
        "arrival_px": Decimal(10),
        "sent_ns": HOUR,
    }
    return Sent(**{**values, **changes})  # type: ignore[arg-type]


def report(exec_id: str, exec_type: str = "TRADE", after_ms: int = 1, **changes: object) -> Report:
    values: dict[str, object] = {
        "exec_ref_id": "",
        "last_qty": None,
        "last_px": None,
        "cum_qty": None,
        "transact_ns": None,
    }
    return Report(exec_id, exec_type=exec_type, received_ns=HOUR + after_ms * MS, **{**values, **changes})  # type: ignore[arg-type]


def fill(exec_id: str, qty: int, px: str = "10", after_ms: int = 1, **changes: object) -> Report:
    return report(exec_id, after_ms=after_ms, last_qty=Decimal(qty), last_px=Decimal(px), **changes)


REPORTS = st.lists(
    st.builds(
        lambda number, kind, ref, qty, px, ms: report(
            f"E{number}",
            kind,
            ms,
            exec_ref_id=f"E{ref}" if kind in ("TRADE_CANCEL", "TRADE_CORRECT") else "",
            last_qty=Decimal(qty) if kind in ("TRADE", "TRADE_CORRECT") and qty else None,
            last_px=Decimal(px) if kind in ("TRADE", "TRADE_CORRECT") else None,
            transact_ns=HOUR + ms * MS // 2 if ms % 3 else None,
        ),
        st.integers(0, 10**6),
        st.sampled_from(["PENDING_NEW", "NEW", "TRADE", "TRADE", "TRADE_CANCEL", "CANCELED", "REJECTED"]),
        st.integers(0, 5),
        st.integers(0, 60),
        st.integers(1, 20),
        st.integers(0, 1000),
    ),
    max_size=8,
).map(lambda reports: [numbered(one, number) for number, one in enumerate(reports)])


def numbered(one: Report, number: int) -> Report:
    return report(
        f"E{number}",
        one.exec_type,
        (one.received_ns - HOUR) // MS,
        exec_ref_id=one.exec_ref_id,
        last_qty=one.last_qty,
        last_px=one.last_px,
        transact_ns=one.transact_ns,
    )


ORDERS = st.lists(
    st.tuples(
        st.builds(
            sent,
            session_name=st.sampled_from(["S42", "S44"]),
            account=st.sampled_from(["", "A1"]),
            side=st.sampled_from(["BUY", "SELL", "CROSS"]),
            status=st.sampled_from(["FILLED", "NEW", "CANCELED", "REJECTED"]),
            order_qty=st.sampled_from([None, Decimal(1), Decimal(50), Decimal(100)]),
            price=st.sampled_from([None, Decimal("9.5")]),
            arrival_px=st.sampled_from([None, Decimal(0), Decimal("10.25")]),
            sent_ns=st.integers(0, 3 * HOUR),
        ),
        REPORTS,
    ),
    max_size=8,
)


def counted(reports: list[Report]) -> list[Report]:
    """Busts name what they take back; there are no corrections here."""
    busted = {one.exec_ref_id for one in reports if one.exec_type == "TRADE_CANCEL"}
    return [one for one in reports if one.last_qty and one.exec_id not in busted]


def naive_percentile(values: list[int], percent: int) -> int | None:
    return next(
        (
            value
            for value in sorted(values)
            if sum(other <= value for other in values) * 100 >= percent * len(values)
        ),
        None,
    )


def naive_slippage(orders: list[tuple[Sent, list[Report]]]) -> Decimal | None:
    cost = value = Decimal(0)
    for one, reports in orders:
        if one.arrival_px and one.side != "CROSS":
            for each in counted(reports):
                assert each.last_px is not None
                assert each.last_qty is not None
                difference = each.last_px - one.arrival_px
                cost += (difference if one.side == "BUY" else -difference) * each.last_qty
                value += one.arrival_px * each.last_qty
    return cost * 10_000 / value if value else None


@given(ORDERS, st.sampled_from(sorted(GROUPINGS)))
def test_statistics_are_as_counted_one_by_one(orders: list[tuple[Sent, list[Report]]], by: str) -> None:
    found = statistics(orders, by)
    assert list(found.groups) == sorted({GROUPINGS[by](one) for one, _ in orders})
    for key, figures in [*found.groups.items(), (None, found.total)]:
        group = [(one, reports) for one, reports in orders if key is None or GROUPINGS[by](one) == key]
        assert figures.orders == len(group)
        assert figures.rejected == sum(one.status == "REJECTED" for one, _ in group)
        assert figures.canceled == sum(one.status == "CANCELED" for one, _ in group)
        fills = [(one, counted(reports)) for one, reports in group]
        quantities = [sum(each.last_qty or 0 for each in each_fills) for _, each_fills in fills]
        assert figures.executed_qty == sum(quantities)
        assert figures.filled == sum(
            bool(one.order_qty) and done >= one.order_qty  # type: ignore[operator]
            for (one, _), done in zip(group, quantities, strict=True)
        )
        assert figures.turnover == sum(
            (each.last_qty or 0) * (each.last_px or 0) for _, each_fills in fills for each in each_fills
        )
        acks = [
            next(
                (each.received_ns - one.sent_ns for each in reports if each.exec_type != "PENDING_NEW"), None
            )
            for one, reports in group
        ]
        firsts = [
            min(each.received_ns for each in each_fills) - one.sent_ns
            for one, each_fills in fills
            if each_fills
        ]
        for delays, values in (
            (figures.to_ack, [value for value in acks if value is not None]),
            (figures.to_first_fill, firsts),
        ):
            for percent in PERCENTILES:
                assert delays.percentile(percent) == naive_percentile(values, percent)
            assert delays.highest == max(values, default=None)
        expected = naive_slippage(group)
        slippage = figures.against_arrival.basis_points
        assert (slippage is None) is (expected is None)
        if slippage is not None and expected is not None:
            assert abs(slippage - expected) < Decimal("1e-15")


@given(st.lists(st.integers(-1000, 1000), min_size=1), st.integers(1, 100))
def test_a_percentile_is_a_value_that_was_measured(values: list[int], percent: int) -> None:
    found = Delays(list(values)).percentile(percent)
    assert found in values
    assert found == naive_percentile(values, percent)


def test_a_course() -> None:
    course = course_of(
        sent(),
        [
            report("P", "PENDING_NEW", 1),
            report("N", "NEW", 2),
            fill("F1", 40, after_ms=5),
            fill("F2", 60, after_ms=9),
            report("C", "CANCELED", 20),
        ],
    )
    assert course.acknowledged is not None
    assert course.acknowledged.received_ns - HOUR == 2 * MS
    assert course.first_fill is not None
    assert course.first_fill.received_ns - HOUR == 5 * MS
    assert course.filled is not None
    assert course.filled.received_ns - HOUR == 9 * MS


def test_a_bust_takes_back_the_fill_and_what_it_filled() -> None:
    bust = report("B", "TRADE_CANCEL", 30, exec_ref_id="F1")
    course = course_of(sent(), [fill("F1", 40, after_ms=5), fill("F2", 60, after_ms=9), bust])
    assert course.executed_qty == 60
    assert course.filled is None
    assert course.first_fill is not None
    assert course.first_fill.received_ns - HOUR == 9 * MS
    assert course_of(sent(), [bust, fill("F1", 40, after_ms=40)]).executed_qty == 0


def test_a_correction_counts_from_the_fill_that_it_corrects() -> None:
    correction = report(
        "C1", "TRADE_CORRECT", 500, exec_ref_id="F1", last_qty=Decimal(100), last_px=Decimal("10.5")
    )
    course = course_of(sent(), [fill("F1", 40, "99", after_ms=5), correction])
    assert [(one.qty, one.px) for one in course.fills] == [(Decimal(100), Decimal("10.5"))]
    assert course.filled is not None
    assert course.filled.received_ns - HOUR == 5 * MS


def test_fills_without_ids_of_their_own() -> None:
    reports = [fill("0", 40, cum_qty=Decimal(40)), fill("0", 60, cum_qty=Decimal(100))]
    assert course_of(sent(), reports).executed_qty == 100


@pytest.mark.parametrize(
    ("side", "px", "basis_points"),
    [
        ("BUY", "10.01", 10),
        ("BUY", "9.99", -10),
        ("SELL", "10.01", -10),
        ("SELL_SHORT", "9.99", 10),
        ("CROSS", "9", None),
    ],
)
def test_what_is_paid_more_is_a_cost(side: str, px: str, basis_points: int | None) -> None:
    found = statistics([(sent(side=side), [fill("F", 100, px)])], "side").total
    assert found.against_arrival.basis_points == basis_points
    assert found.against_limit.basis_points == basis_points
    assert found.against_arrival.orders == (basis_points is not None)


def test_ratios_of_nothing() -> None:
    nothing = statistics([], "symbol").total
    assert (nothing.fill_ratio, nothing.qty_fill_ratio, nothing.reject_rate) == (None, None, None)
    assert (nothing.to_ack.percentile(99), nothing.against_arrival.basis_points) == (None, None)


def test_delays_by_the_counterpartys_clock() -> None:
    early = fill("F", 100, after_ms=5, transact_ns=HOUR - 2 * MS)
    figures = statistics([(sent(), [early])], "hour").total
    assert figures.to_fill.values == [5 * MS]
    assert figures.to_fill_transact.values == [-2 * MS]


def test_the_hour_is_that_of_the_sending() -> None:
    assert hour_of(sent(sent_ns=HOUR)) == "1970-01-01T01:00:00Z"
    assert hour_of(sent(sent_ns=HOUR - 1)) == "1970-01-01T00:00:00Z"
