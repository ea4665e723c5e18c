"""Alarms, and what becomes of them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import (
    Field,
    StringConstraints,
)

from sendfix.web.schemas.base import Input, Name, Page


class AlarmFields(Input):
    """`fields` are in place of what the message says, by tag."""

    fields: Annotated[dict[str, str], Field(max_length=20, examples=[{"14": "300"}])] = Field(
        default_factory=dict
    )


class BookAlarm(AlarmFields):
    """`reason` goes into the session's journal."""

    reason: Annotated[str, StringConstraints(min_length=1, max_length=200)]


class DismissAlarm(Input):
    """`reason` goes into the session's journal."""

    reason: Annotated[str, StringConstraints(min_length=1, max_length=200)]


class AlarmsQuery(Page):
    session_name: Name | None = None
    state: Literal["open", "booked", "dismissed"] | None = None
