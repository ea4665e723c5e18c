"""Reports that QuickFIX refused or that can't be understood: kept, shown, and booked or dismissed by a person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
import pytest

from sendfix.domain.alarm import Alarm
from sendfix.domain.errors import InvalidRequest, StateForbids, UnknownAlarm
from sendfix.fix.refused import with_reason
from sendfix.services.alarms import AlarmDesk
from sendfix.services.intake import EVENT, IN, REFUSED
from tests.unit.services.desk_kit import DeskKit, dictionary_of, fix

FIRST = "17=E1|150=F|39=1|55=AAPL|54=1|38=100|32=40|31=200|14=40|151=60|6=200"
SECOND = "17=E2|150=F|39=2|55=AAPL|54=1|38=100|32=60|31=201|14=100|151=0|6=200.6"


class AlarmKit(DeskKit):
    """A desk with the person's side of alarms; its engine writes down what is said of them, as the real one does."""

    def __init__(self) -> None:
        super().__init__()
        self.alarm_desk = AlarmDesk(self.alarms, self.blotter, self, self, self._dictionary)  # type: ignore[arg-type]
        self.entries: list[tuple[str, int, bytes]] = []
        self.number = 20

    def _dictionary(self, session_name: str) -> Any:
        return dictionary_of(self.sessions.get(session_name))

    def entry(self, session_name: str, direction: int, raw: bytes) -> None:
        self.entries.append((session_name, direction, raw))
        super().entry(session_name, direction, raw)

    def ask(self, session_name: str, question: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        assert question == "settle_alarm"
        event = {"event": "alarm", "text": "by hand", **arguments}
        self.entry(session_name, EVENT, orjson.dumps(event))
        return {}

    def alarm(self, alarm_id: int) -> Alarm | None:
        found = [folded.alarm for folded in self.store.folded if folded.alarm is not None]
        return next((alarm for alarm in found if alarm.id == alarm_id), None)

    def message(self, cl_ord_id: str, body: str) -> bytes:
        self.number += 1
        header = f"8=FIX.4.4|9=1|35=8|34={self.number}|52=20260302-14:03:{self.number}"
        return fix(f"{header}|37=O1|11={cl_ord_id}|{body}|10=000|")

    def refused(self, cl_ord_id: str, body: str, session_name: str = "S44") -> int:
        """The id of the alarm, if there is a new one; else 0."""
        before = len(self.alarms)
        self.entry(session_name, REFUSED, with_reason("Repeated tag", self.message(cl_ord_id, body)))
        return list(self.alarms)[-1].id if len(self.alarms) > before else 0

    def taken(self, cl_ord_id: str, body: str) -> None:
        self.entry("S44", IN, self.message(cl_ord_id, body))


@pytest.fixture
def kit() -> AlarmKit:
    made = AlarmKit()
    made.send(cl_ord_id="A")
    made.acknowledge("A")
    return made


def test_a_refused_fill_is_not_folded_until_it_is_booked(kit: AlarmKit) -> None:
    alarm_id = kit.refused("A", FIRST)
    order = kit.desk.order("A")
    assert (order.status.name, str(order.cum_qty)) == ("NEW", "0")
    row = kit.heard.messages[-1]
    assert (row.direction, row.refused) == ("IN", "Repeated tag")
    assert kit.heard.alarms == [(alarm_id, "open")]

    booking = kit.alarm_desk.booking(alarm_id, {})
    assert booking.problem is None
    assert booking.before is not None
    assert booking.after is not None
    assert (str(booking.before.cum_qty), str(booking.after.cum_qty)) == ("0", "40")
    assert str(order.cum_qty) == "0"

    settled = kit.alarm_desk.book(alarm_id, "the broker confirms it", {})
    assert (settled.state, settled.reason) == ("booked", "the broker confirms it")
    assert (order.status.name, str(order.cum_qty), str(order.avg_px)) == ("PARTIALLY_FILLED", "40", "200")
    assert [execution.exec_id for execution in kit.heard.executions][-1] == "E1"
    assert len(kit.alarms) == 0
    assert kit.heard.alarms == [(alarm_id, "open"), (alarm_id, "booked")]


def test_a_fill_that_is_booked_after_a_later_one_changes_no_total(kit: AlarmKit) -> None:
    alarm_id = kit.refused("A", FIRST)
    kit.taken("A", SECOND)
    kit.alarm_desk.book(alarm_id, "late", {})
    order = kit.desk.order("A")
    assert (order.status.name, str(order.cum_qty), str(order.leaves_qty)) == ("FILLED", "100", "0")
    assert [(e.exec_id, str(e.last_qty)) for e in kit.heard.executions[1:]] == [("E2", "60"), ("E1", "40")]


def test_one_that_lacks_its_total_and_its_status_is_booked_from_what_the_order_is(kit: AlarmKit) -> None:
    alarm_id = kit.refused("A", "17=E1|150=F|55=AAPL|54=1|32=40|31=200")
    booking = kit.alarm_desk.booking(alarm_id, {})
    assert [(item.tag, item.value) for item in booking.assumed] == [
        (14, "40"),
        (39, "1"),
        (151, "60"),
        (6, "200"),
    ]
    kit.alarm_desk.book(alarm_id, "as agreed", {})
    order = kit.desk.order("A")
    stands = (order.status.name, str(order.cum_qty), str(order.leaves_qty), str(order.avg_px))
    assert stands == ("PARTIALLY_FILLED", "40", "60", "200")


def test_a_report_that_can_not_be_understood_is_an_alarm_and_booked_with_a_correction(kit: AlarmKit) -> None:
    kit.taken("A", FIRST.replace("32=40", "32=4O"))
    (alarm,) = kit.alarms
    assert alarm.kind == "not_understood"
    assert "LastQty(32)" in alarm.why
    problem = kit.alarm_desk.booking(alarm.id, {}).problem
    assert problem is not None
    assert "LastQty(32)" in problem
    with pytest.raises(StateForbids, match=r"It can't be booked: .*LastQty\(32\)"):
        kit.alarm_desk.book(alarm.id, "no", {})
    kit.alarm_desk.book(alarm.id, "forty by telephone", {"32": "40"})
    assert str(kit.desk.order("A").cum_qty) == "40"
    assert alarm.corrections == {"32": "40"}


def test_a_dismissed_one_changes_nothing_and_can_not_be_settled_again(kit: AlarmKit) -> None:
    alarm_id = kit.refused("A", FIRST)
    assert kit.alarm_desk.dismiss(alarm_id, "of the test system").state == "dismissed"
    assert str(kit.desk.order("A").cum_qty) == "0"
    with pytest.raises(StateForbids, match="has been dismissed already"):
        kit.alarm_desk.book(alarm_id, "after all", {})


def test_the_same_report_sent_again_is_one_alarm(kit: AlarmKit) -> None:
    body = FIRST.replace("17=E1|", "")
    first = kit.message("A", body)
    kit.entry("S44", REFUSED, with_reason("Repeated tag", first))
    again = first.replace(b"\x0152=20260302", b"\x0143=Y\x01122=20260302-14:03:00\x0152=20260303")
    kit.entry("S44", REFUSED, with_reason("Repeated tag", again))
    assert len(kit.alarms) == 1


def test_two_reports_with_one_exec_id_are_two_alarms(kit: AlarmKit) -> None:
    assert kit.refused("A", FIRST) != 0
    assert kit.refused("A", FIRST.replace("32=40", "32=41")) != 0
    assert len(kit.alarms) == 2


@pytest.mark.parametrize("sending_time", ["20260302-14:09:00", "20260302-13:50:00", "20260302-25:00:00"])
def test_a_wrong_clock_does_not_say_which_report_is_newer(kit: AlarmKit, sending_time: str) -> None:
    first = kit.message("A", FIRST).replace(b"52=20260302-14:03:21", b"52=" + sending_time.encode())
    kit.entry("S44", REFUSED, with_reason("SendingTime(52) is off", first))
    (alarm,) = kit.alarms
    kit.entry("S44", IN, kit.message("A", SECOND).replace(b"52=20260302-14:03:22", b"52=20260302-14:03:01"))
    kit.alarm_desk.book(alarm.id, "late", {})
    order = kit.desk.order("A")
    assert (order.status.name, str(order.cum_qty), str(order.leaves_qty)) == ("FILLED", "100", "0")


def test_who_comes_second_is_told(kit: AlarmKit) -> None:
    alarm_id = kit.refused("A", FIRST)
    asked = kit.ask

    def slow(session_name: str, question: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        with pytest.raises(StateForbids, match="Somebody else settles"):
            kit.alarm_desk.dismiss(alarm_id, "at the same time")
        return asked(session_name, question, arguments)

    kit.ask = slow  # type: ignore[method-assign]
    assert kit.alarm_desk.book(alarm_id, "first", {}).state == "booked"


@pytest.mark.parametrize("price", ["99999999999999999", "0.000000000001"])
def test_prices_of_any_size_can_be_looked_at(kit: AlarmKit, price: str) -> None:
    alarm_id = kit.refused("A", f"17=E1|150=F|39=1|32=40|31={price}|14=40|151=60")
    assert kit.alarm_desk.booking(alarm_id, {}).problem is None


def test_one_that_came_again_and_was_taken_is_not_booked_twice(kit: AlarmKit) -> None:
    alarm_id = kit.refused("A", FIRST)
    kit.taken("A", FIRST)
    with pytest.raises(StateForbids, match="'E1' has been counted already"):
        kit.alarm_desk.book(alarm_id, "again", {})


def test_what_is_about_no_order_of_the_session_says_how_to_go_on(kit: AlarmKit) -> None:
    alarm_id = kit.refused("nobody", FIRST)
    problem = kit.alarm_desk.booking(alarm_id, {}).problem
    assert problem == (
        "ClOrdID(11) 'nobody' is no order of session S44; give the right one as field 11, or dismiss the alarm"
    )
    kit.alarm_desk.book(alarm_id, "their typing error", {"11": "A"})
    assert str(kit.desk.order("A").cum_qty) == "40"
    other = kit.refused("A", SECOND, "S42")
    assert "no order of session S42" in str(kit.alarm_desk.booking(other, {}).problem)


def test_other_messages_are_logged_and_raise_no_alarm(kit: AlarmKit) -> None:
    kit.entry("S44", REFUSED, with_reason("Invalid Message Type", fix("8=FIX.4.4|35=ZZ|34=9|10=000|")))
    assert len(kit.alarms) == 0
    assert kit.heard.messages[-1].refused == "Invalid Message Type"


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"9999": "1"}, "fields.9999"),
        ({"x": "1"}, "fields.x"),
        ({"0000000063": "1"}, "fields.0000000063"),
        ({"14" + "9" * 5000: "1"}, "fields.14" + "9" * 5000),
        ({"14": ""}, "fields.14"),
        ({"14": "1\x015"}, "fields.14"),
        ({"58": "x" * 201}, "fields.58"),
    ],
)
def test_corrections_that_are_none_are_named(kit: AlarmKit, fields: dict[str, str], named: str) -> None:
    alarm_id = kit.refused("A", FIRST)
    with pytest.raises(InvalidRequest) as error:
        kit.alarm_desk.book(alarm_id, "why", fields)
    assert [problem.field for problem in error.value.errors] == [named]
    with pytest.raises(InvalidRequest, match="reason: say why"):
        kit.alarm_desk.book(alarm_id, "  ", {})
    with pytest.raises(UnknownAlarm):
        kit.alarm_desk.dismiss(4711, "why")
    assert len(kit.alarms) == 1


def test_a_desk_with_an_empty_database_comes_to_the_same(kit: AlarmKit) -> None:
    first, second = kit.refused("A", FIRST), kit.refused("A", SECOND)
    kit.alarm_desk.book(first, "confirmed", {})
    kit.alarm_desk.dismiss(second, "not ours")
    third = kit.refused("A", SECOND.replace("E2", "E3"))
    fresh = DeskKit()
    for session_name, direction, raw in kit.entries:
        fresh.entry(session_name, direction, raw)
    assert fresh.desk.order("A").to_record() == kit.desk.order("A").to_record()
    assert [alarm.to_record() for alarm in fresh.alarms] == [alarm.to_record() for alarm in kit.alarms]
    assert [alarm.id for alarm in fresh.alarms] == [third]


def test_an_event_that_is_garbled_stops_nothing(kit: AlarmKit) -> None:
    kit.entry("S44", EVENT, b'{"event": "alarm", "text": "?", "index": "x", "corrections": 3}')
    kit.taken("A", FIRST)
    assert str(kit.desk.order("A").cum_qty) == "40"


def test_a_report_on_an_order_of_somebody_else_is_booked_on_it(kit: AlarmKit) -> None:
    kit.taken("THEIRS", "17=N|150=0|39=0|55=AAPL|54=1|38=100|14=0|151=100|6=0")
    alarm_id = kit.refused("THEIRS", FIRST)
    assert kit.alarm_desk.booking(alarm_id, {}).problem is None
    kit.alarm_desk.book(alarm_id, "confirmed by telephone", {})
    order = kit.desk.order("S44/THEIRS")
    assert (order.status.name, str(order.cum_qty), list(order.warnings)) == (
        "PARTIALLY_FILLED",
        "40",
        ["adopted"],
    )
