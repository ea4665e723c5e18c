"""Whatever comes, in whatever order: one state, over restarts and from the journal alone, and no quantity lost."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sendfix.domain.enums import ExecType, OrdStatus
from sendfix.domain.order import Order
from sendfix.services.positions import Positions
from sendfix.web.to_json import order_to_json
from tests.unit.services.desk_kit import NOW, SESSIONS, DeskKit, MemoryStore, fix
from tests.unit.services.test_exposures import sums_of
from tests.unit.storage.test_storage import Storage

IN, OUT, EVENT = 0, 1, 2
Entry = tuple[str, int, bytes]

OURS = st.sampled_from("ABCD")
IDS = st.sampled_from(["A", "B", "C", "D", "Q", "S44/Q", "NONE", ""])
CODES = st.sampled_from([*(one.value for one in ExecType), "Z", "é", ""])
NUMBERS = st.sampled_from(["0", "10", "40", "100", "150", "-5", "1e9", "NaN", "1e999", "٣", "x", ""])
GOOD_NUMBERS = st.sampled_from(["0", "10", "40", "60", "100", "150"])
FIELDS: dict[int, st.SearchStrategy[str]] = {
    11: IDS,
    41: IDS,
    37: st.sampled_from(["O1", "O2", "NONE", ""]),
    17: st.sampled_from(["0", *(f"E{number}" for number in range(8))]),
    19: st.sampled_from([f"E{number}" for number in range(8)]),
    20: st.sampled_from(["0", "0", "1", "2", "3", "9"]),
    150: CODES,
    39: st.sampled_from([*(one.value for one in OrdStatus), "?"]),
    55: st.sampled_from(["AAPL", "MSFT", "A" * 80]),
    54: st.sampled_from(["1", "2", "?"]),
    38: NUMBERS,
    32: NUMBERS,
    31: NUMBERS,
    14: NUMBERS,
    151: NUMBERS,
    6: NUMBERS,
    44: GOOD_NUMBERS,
    43: st.sampled_from(["Y", "N"]),
    58: st.sampled_from(["too late", "ü"]),
    102: st.sampled_from(["0", "1"]),
    103: st.sampled_from(["5", "6"]),
    378: st.sampled_from(["0", "1", "2"]),
    45: st.integers(0, 40).map(str),
    372: st.sampled_from(["D", "E", "F", "G", "AB", "AC", "H", "AF", "0"]),
    379: IDS,
    442: st.sampled_from(["1", "2", "3"]),
    66: st.sampled_from(["L1", "L2"]),
    431: st.sampled_from(["3", "7"]),
}
OURS_TYPES = frozenset({"D", "E", "G", "F", "AB", "AC"})
# A report that is whole, so that more than its refusal is tried.
WHOLE = (11, 37, 17, 150, 39, 55, 54, 38, 14, 151)


@st.composite
def answers(draw: st.DrawFn) -> tuple[str, list[tuple[int, str]]]:
    msg_type = draw(st.sampled_from(["8", "8", "8", "8", "9", "3", "j", "N"]))
    tags = draw(st.sets(st.sampled_from(sorted(FIELDS))))
    if msg_type == "8" and draw(st.booleans()):
        tags |= set(WHOLE)
        good = {**FIELDS, 38: GOOD_NUMBERS, 14: GOOD_NUMBERS, 151: GOOD_NUMBERS, 32: GOOD_NUMBERS}
        return msg_type, [(tag, draw(good[tag])) for tag in sorted(tags)]
    return msg_type, [(tag, draw(FIELDS[tag])) for tag in sorted(tags)]


@st.composite
def requests(draw: st.DrawFn) -> tuple[str, list[tuple[int, str]]]:
    msg_type = draw(st.sampled_from(["D", "D", "G", "F", "E", "AB", "AC"]))
    if msg_type == "E":
        ids = draw(st.lists(OURS, min_size=1, max_size=3))
        fields = [(66, draw(FIELDS[66])), (68, str(len(ids))), (73, str(len(ids)))]
        for number, cl_ord_id in enumerate(ids, 1):
            fields += [(11, cl_ord_id), (67, str(number)), (55, "AAPL"), (54, "1"), (38, draw(GOOD_NUMBERS))]
        return msg_type, fields
    fields = [(11, draw(OURS)), (55, "AAPL"), (54, "1"), (38, draw(GOOD_NUMBERS)), (40, "2"), (44, "10")]
    if msg_type in ("G", "F", "AC"):
        fields.append((41, draw(OURS)))
    if msg_type in ("AB", "AC") and draw(st.booleans()):
        fields += [(555, "2"), (600, "AAPL"), (624, "1"), (600, "MSFT"), (624, "2")]
    if msg_type in ("D", "G") and draw(st.booleans()):
        fields += [(78, "2"), (79, "X"), (80, "1"), (79, "Y"), (80, draw(GOOD_NUMBERS))]
    return msg_type, fields


STEPS = st.lists(
    st.tuples(st.sampled_from(sorted(SESSIONS)), st.one_of(requests(), answers(), answers())), max_size=30
)


def journal(steps: Sequence[tuple[str, tuple[str, list[tuple[int, str]]]]]) -> list[Entry]:
    """Every step as an entry; our MsgSeqNums rise."""
    entries: list[Entry] = []
    for number, (session_name, (msg_type, fields)) in enumerate(steps, 2):
        body = "|".join(f"{tag}={value}" for tag, value in fields)
        head = f"8={SESSIONS[session_name]}|9=1|35={msg_type}|34={number}|52=20260302-14:03:{number:02}"
        direction = OUT if msg_type in OURS_TYPES else IN
        entries.append((session_name, direction, fix(f"{head}|{body}|10=0|")))
        if number % 11 == 0:
            raw = {"event": "not_resent", "cl_ord_id": "B", "msg_seq_num": number, "text": "old"}
            entries.append((session_name, EVENT, json.dumps(raw).encode()))
    return entries


def fold(kit: DeskKit, entries: Sequence[Entry]) -> None:
    for entry in entries:
        kit.entry(*entry)


def restarted(store: MemoryStore) -> DeskKit:
    """A desk that takes up what the last one stored."""
    records = json.loads(json.dumps(list(store.records.values())))
    return DeskKit(store, [Order.from_record(record) for record in records])


def positions_of(kit: DeskKit, kept_fills: int = 1000) -> Positions:
    """What a desk makes of all that is stored."""
    positions = Positions(kit.sessions, kit.store, (), lambda: NOW, kept_fills)
    positions.load()
    return positions


def exposures_of(kit: DeskKit) -> list[Any]:
    """What limits measure, but for what orders without a price are worth: that goes by when they were first seen."""
    return [(orders, rest) for orders, _worth, _unpriced, *rest in sums_of(kit)]


def check(kit: DeskKit) -> None:
    events = [row.raw for row in kit.heard.messages if row.direction == "EVENT"]
    assert not [text for text in events if "could not be folded" in text]
    for order in kit.blotter:
        json.dumps(order_to_json(order))
        tally = order.tally
        assert tally.total is not None
        assert (tally.total == order.cum_qty) == ("executions" not in order.warnings)
        assert tally.qty == sum((qty for qty, _px in tally.fills.values()), Decimal(0))


@given(STEPS, st.data())
def test_any_entries_lead_to_one_state(
    steps: list[tuple[str, tuple[str, list[tuple[int, str]]]]], data: st.DataObject
) -> None:
    entries = journal(steps)
    whole = DeskKit()
    sums_of(whole)  # from now on kept as they change
    fold(whole, entries)
    check(whole)
    assert len(whole.store.folded) == len(entries)

    cut = data.draw(st.integers(0, len(entries)), label="restart before entry")
    first = DeskKit()
    fold(first, entries[:cut])
    second = restarted(first.store)
    fold(second, entries[cut:])
    check(second)
    assert second.store.records == whole.store.records
    booked = [execution.to_record() for kit in (first, second) for execution in kit.heard.executions]
    assert booked == [execution.to_record() for execution in whole.heard.executions]
    assert exposures_of(second) == exposures_of(restarted(second.store)) == exposures_of(whole)
    assert positions_of(second).positions() == positions_of(whole).positions() == whole.positions.positions()
    few = positions_of(whole, kept_fills=1)
    few.refresh()
    assert few.whole
    assert few.positions() == whole.positions.positions()


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS, st.data())
def test_any_entries_lead_to_one_state_in_a_database(
    tmp_path_factory: pytest.TempPathFactory,
    steps: list[tuple[str, tuple[str, list[tuple[int, str]]]]],
    data: st.DataObject,
) -> None:
    entries = journal(steps)
    whole = DeskKit()
    fold(whole, entries)
    cut = data.draw(st.integers(0, len(entries)), label="restart before entry")
    path: Path = tmp_path_factory.mktemp("desk") / "desk.db"
    stored = 0
    for part in (entries[:cut], entries[cut:]):
        storage = Storage(path)
        try:
            resume = storage.reader.resume(recent_orders=1000)
            store = MemoryStore()
            store.records = {order.order_no: order.to_record() for order in resume.orders}
            kit = DeskKit(store, resume.orders)
            fold(kit, part)
            for folded in store.folded:
                storage.writer.record(folded)
            storage.writer.flush(10)
            stored += len(part)
            found = {order.order_no: order.to_record() for order in storage.reader.resume(1000).orders}
        finally:
            storage.close()
    assert stored == len(entries)
    assert found == whole.store.records


OLD_TYPES = {"F": 0, "H": 1, "G": 2}


@dataclass
class Broker:
    """An honest counterparty with one order: what it reports adds up."""

    version: str
    order_qty: int
    live: dict[str, int] = field(default_factory=dict)
    reports: list[str] = field(default_factory=list)

    @property
    def cum(self) -> int:
        return sum(self.live.values())

    def fill(self, qty: int) -> None:
        qty = min(qty, self.order_qty - self.cum)
        if qty:
            self._report("F", qty)

    def bust(self, which: int) -> None:
        if self.live:
            self._report("H", 0, sorted(self.live)[which % len(self.live)])

    def correct(self, which: int, qty: int) -> None:
        if self.live:
            ref = sorted(self.live)[which % len(self.live)]
            self._report("G", min(qty, self.order_qty - self.cum + self.live[ref]), ref)

    def _report(self, exec_type: str, qty: int, ref: str | None = None) -> None:
        exec_id = f"E{len(self.reports):02}"
        if ref is not None:
            del self.live[ref]
        if qty:
            self.live[exec_id] = qty
        status = "2" if self.cum == self.order_qty else "1" if self.cum else "0"
        if self.version == "FIX.4.2":
            kind = f"150={2 if status == '2' else 1}|20={OLD_TYPES[exec_type]}"
        else:
            kind = f"150={exec_type}"
        leaves, avg_px = self.order_qty - self.cum, 10 if self.cum else 0
        report = f"37=O1|11=A|17={exec_id}|{kind}|39={status}|55=AAPL|54=1|38={self.order_qty}|32={qty}|31=10"
        report += f"|14={self.cum}|151={leaves}|6={avg_px}"
        self.reports.append(report if ref is None else f"{report}|19={ref}")


ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("fill"), st.integers(1, 60)),
        st.tuples(st.just("bust"), st.integers(0, 5)),
        st.tuples(st.just("correct"), st.integers(0, 5), st.integers(1, 60)),
    ),
    min_size=1,
    max_size=12,
)


@given(st.sampled_from(sorted(SESSIONS)), ACTS, st.data())
def test_what_an_honest_counterparty_reports_is_conserved(
    session_name: str, acts: list[tuple[Any, ...]], data: st.DataObject
) -> None:
    """Some messages are missed and resent later, some come twice, and the desk restarts in between."""
    version = SESSIONS[session_name]
    broker = Broker(version, 100)
    for name, *arguments in acts:
        getattr(broker, name)(*arguments)
    kit = DeskKit()
    kit.entry(session_name, OUT, fix(f"8={version}|35=D|34=2|11=A|55=AAPL|54=1|38=100|40=2|44=10|10=0|"))
    booked = 0
    missed: list[tuple[int, str]] = []
    numbered = list(enumerate(broker.reports, 2))

    def deliver(number: int, body: str, poss_dup: bool = False) -> None:
        at = f"20260302-14:03:{number:02}"
        dup = f"|43=Y|122={at}" if poss_dup else ""
        kit.entry(session_name, IN, fix(f"8={version}|35=8|34={number}|52={at}{dup}|{body}|10=0|"))

    for number, body in numbered:
        what = data.draw(st.sampled_from(["deliver", "deliver", "miss", "twice", "restart"]))
        if what == "miss":
            missed.append((number, body))
            continue
        deliver(number, body)
        if what == "twice":
            deliver(number, body, poss_dup=True)
        if what == "restart":
            booked += len(kit.heard.executions)
            kit = restarted(kit.store)
    for number, body in missed:
        deliver(number, body, poss_dup=True)
    booked += len(kit.heard.executions)
    order = kit.desk.order("A")
    assert booked == len(broker.reports)
    position = next(iter(positions_of(kit).positions()), None)
    assert (position.net_qty if position else 0) == order.tally.total == broker.cum
    assert (order.cum_qty, order.warnings) == (broker.cum, {})
