"""Statistics out of the database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sendfix.domain.statistics import Statistics
from sendfix.services.columns import ORDERS
from sendfix.services.search import Condition, Op
from sendfix.storage.database import migrate, open_engine
from sendfix.storage.lanes import Lanes
from sendfix.storage.statistics import StatisticsReader
from sendfix.storage.writer import Writer
from tests.unit.services.desk_kit import DeskKit


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[StatisticsReader]:
    """Three orders of ours, one filled and then busted, one filled, one that rests; and one that is not ours."""
    kit = DeskKit()
    busted, filled, resting = (kit.send(symbol=symbol).cl_ord_id for symbol in ("AAPL", "AAPL", "MSFT"))
    for cl_ord_id in (busted, filled, resting):
        kit.acknowledge(cl_ord_id)
    kit.fill(busted)
    kit.fill(filled)
    exec_id = next(
        one.execution.execution.exec_id
        for one in kit.store.folded
        if one.execution is not None and one.order is not None
        and one.order.cl_ord_ids[0] == busted and one.execution.execution.last_qty
    )  # fmt: skip
    kit.report(busted, f"17=B1|19={exec_id}|150=H|39=0|14=0|151=100|6=0|38=100|54=1|55=AAPL")
    kit.report("STRANGER", "17=S1|37=O9|150=F|39=2|32=5|31=10|14=5|151=0|6=10|38=5|54=1|55=AAPL")
    url = f"sqlite:///{tmp_path / 'desk.db'}"
    engine = open_engine(url)
    migrate(engine)
    writer = Writer(engine, lambda _problem: None)
    writer.start()
    for folded in kit.store.folded:
        writer.record(folded)
    writer.flush(10)
    lanes = Lanes([open_engine(url)], seconds=20)
    yield StatisticsReader(lanes)
    lanes.close()
    writer.close()


def same(found: Statistics) -> Statistics:
    return found


def test_statistics_of_what_is_stored(reader: StatisticsReader) -> None:
    found = reader.statistics((), "symbol", same)
    assert list(found.groups) == ["AAPL", "MSFT"]
    aapl = found.groups["AAPL"]
    assert (aapl.orders, aapl.filled, aapl.executed_qty) == (2, 1, 100)
    assert len(aapl.to_ack.values) == 2
    assert (found.total.orders, found.total.filled) == (3, 1)


def test_a_part_of_the_orders(reader: StatisticsReader) -> None:
    part = (Condition(ORDERS.columns["symbol"], Op.ANY_OF, ("MSFT",)),)
    found = reader.statistics(part, "session_name", same)
    assert (list(found.groups), found.total.orders, found.total.executed_qty) == (["S44"], 1, 0)
    assert len(found.total.to_ack.values) == 1
    nothing = reader.statistics((Condition(ORDERS.columns["symbol"], Op.ANY_OF, ("X",)),), "side", same)
    assert nothing.groups == {}
