"""What a FIX session is called, the states it goes through, and the events it gives back."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple

from broker.fix.wire import Message


class SessionKey(NamedTuple):
    """`sender_comp_id` is the client's, `target_comp_id` the broker's."""

    begin_string: bytes
    sender_comp_id: bytes
    target_comp_id: bytes

    @property
    def version(self) -> str:
        return self.begin_string.decode("latin-1")

    @property
    def client(self) -> str:
        return self.sender_comp_id.decode("latin-1")

    @property
    def broker(self) -> str:
        return self.target_comp_id.decode("latin-1")

    def __str__(self) -> str:
        return f"{self.client} to {self.broker} ({self.version})"


class State(StrEnum):
    DISCONNECTED = "disconnected"
    AWAITING_LOGON = "awaiting_logon"
    LOGGED_ON = "logged_on"
    LOGOUT_SENT = "logout_sent"
    LOGOUT_ANSWERED = "logout_answered"
    CLOSING = "closing"


class Step(StrEnum):
    CONNECTED = "connected"
    LOGON_ACCEPTED = "logon_accepted"
    LOGOUT_SENT = "logout_sent"
    LOGOUT_RECEIVED = "logout_received"
    GIVEN_UP = "given_up"
    DISCONNECTED = "disconnected"


TRANSITIONS: Final[dict[tuple[State, Step], State]] = {
    (State.DISCONNECTED, Step.CONNECTED): State.AWAITING_LOGON,
    (State.AWAITING_LOGON, Step.LOGON_ACCEPTED): State.LOGGED_ON,
    (State.AWAITING_LOGON, Step.GIVEN_UP): State.CLOSING,
    (State.LOGGED_ON, Step.LOGOUT_SENT): State.LOGOUT_SENT,
    (State.LOGGED_ON, Step.LOGOUT_RECEIVED): State.LOGOUT_ANSWERED,
    (State.LOGGED_ON, Step.GIVEN_UP): State.CLOSING,
    (State.LOGOUT_SENT, Step.LOGOUT_RECEIVED): State.CLOSING,
    (State.LOGOUT_SENT, Step.GIVEN_UP): State.CLOSING,
    (State.LOGOUT_ANSWERED, Step.GIVEN_UP): State.CLOSING,
    **{(state, Step.DISCONNECTED): State.DISCONNECTED for state in State},
}
LIVE: Final = frozenset({State.LOGGED_ON, State.LOGOUT_SENT})
"""States in which messages are taken."""


@dataclass(frozen=True, slots=True)
class ApplicationMessage:
    """A message in its turn, to be answered through `Session.send`."""

    message: Message


@dataclass(frozen=True, slots=True)
class LoggedOn:
    """`reset`: both sequence numbers began again at 1."""

    reset: bool


@dataclass(frozen=True, slots=True)
class Ended:
    """The session came to its end on this connection; `reason` in words."""

    reason: str


@dataclass(frozen=True, slots=True)
class Noted:
    """Something a person would want to read in the log."""

    text: str


Event = ApplicationMessage | LoggedOn | Ended | Noted
