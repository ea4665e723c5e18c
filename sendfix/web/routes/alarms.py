"""Reports of the counterparty that are not in the orders: look at them, book them or dismiss them."""

from __future__ import annotations

from typing import Any

from sendfix.domain.alarm import OPEN, Alarm
from sendfix.fix.decode import decode
from sendfix.services.ports import AlarmQuery
from sendfix.web import answers, schemas
from sendfix.web.api import Api
from sendfix.web.context import context
from sendfix.web.to_json import alarm_to_json, booking_to_json, field_to_json

api = Api("alarms")


@api.route("GET", "/api/alarms", query=schemas.alarms.AlarmsQuery, answers={200: answers.alarms.AlarmList})
def alarms(query: schemas.alarms.AlarmsQuery) -> dict[str, Any]:
    """Reports that QuickFIX refused or the desk could not understand, newest first.
    `state=open` gives those that wait for somebody."""
    context().settle()
    found = context().archive.alarms(AlarmQuery(query.session_name, query.state, query.limit, query.before))
    return {
        "alarms": [_to_json(alarm) for alarm in found],
        "next_before": found[-1].id if len(found) == query.limit else None,
    }


@api.route("GET", "/api/alarms/<int:alarm_id>", answers={200: answers.alarms.AlarmDetail})
def alarm(alarm_id: int) -> dict[str, Any]:
    """One alarm, its message decoded, and what booking it would do."""
    context().settle()
    found = context().alarms.alarm(alarm_id)
    dictionary = context().any_dictionary(found.session_name)
    fields = decode(context().mask(found.raw).encode(), dictionary)
    booking = context().alarms.booking(alarm_id, {}) if found.state == OPEN else None
    return {
        **_to_json(found),
        "fields": [field_to_json(field) for field in fields],
        "booking": None if booking is None else booking_to_json(booking),
    }


@api.route(
    "POST",
    "/api/alarms/<int:alarm_id>/preview",
    body=schemas.alarms.AlarmFields,
    answers={200: answers.alarms.Booking},
)
def preview(alarm_id: int, body: schemas.alarms.AlarmFields) -> dict[str, Any]:
    """What booking it would do, with `fields` in place of what the message says. Nothing is done."""
    return booking_to_json(context().alarms.booking(alarm_id, body.fields))


@api.route(
    "POST",
    "/api/alarms/<int:alarm_id>/book",
    body=schemas.alarms.BookAlarm,
    answers={200: answers.alarms.Alarm},
)
def book(alarm_id: int, body: schemas.alarms.BookAlarm) -> dict[str, Any]:
    """Take the report into account as if it had been accepted.
    409 when that is not possible; the text says why. It is written into the session's journal, with `reason`."""
    return _to_json(context().alarms.book(alarm_id, body.reason, body.fields))


@api.route(
    "POST",
    "/api/alarms/<int:alarm_id>/dismiss",
    body=schemas.alarms.DismissAlarm,
    answers={200: answers.alarms.Alarm},
)
def dismiss(alarm_id: int, body: schemas.alarms.DismissAlarm) -> dict[str, Any]:
    """Leave the report out for good. It is written into the session's journal, with `reason`."""
    return _to_json(context().alarms.dismiss(alarm_id, body.reason))


def _to_json(found: Alarm) -> dict[str, Any]:
    dictionary = context().any_dictionary(found.session_name)
    return alarm_to_json(found, dictionary, context().mask)
