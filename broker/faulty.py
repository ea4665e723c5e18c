"""What the core does to a connection when faults on demand are set for its client."""

from __future__ import annotations

import math

from broker.connection import Connection
from broker.faults.faults import ClientFaults
from broker.fix.states import State


def cut(connection: Connection, faults: ClientFaults | None, msg_type: bytes) -> None:
    """Before a message is handled: whether the connection breaks at it, and how much of the answers is still sent."""
    session = connection.session
    if faults is None or session is None or connection.cut_at is not None:
        return
    when = faults.cuts(msg_type)
    if when is not None:
        connection.cut_at = len(session.out) + (when == "after_report")


def silence(connection: Connection, faults: ClientFaults | None, now: float) -> None:
    """Once for each connection, when the client is logged on; it ends with its seconds, or when it is taken back."""
    session = connection.session
    if faults is None or not faults.stops_reading or now >= connection.silent_until > 0:
        connection.silent_until = 0.0
    elif session is not None and session.state is State.LOGGED_ON and not connection.was_silent:
        fault = faults.struck("stop_reading", "the connection")
        if fault is not None:
            connection.was_silent = True
            connection.silent_until = math.inf if fault["seconds"] is None else now + fault["seconds"]


def put(connection: Connection, faults: ClientFaults | None, messages: list[bytes], now: float) -> None:
    """Without faults at once, but not before what an earlier fault holds back."""
    late = connection.late
    not_before = late[-1][0] if late else now
    if faults is not None and faults.outgoing is not None:
        connection.put_late(faults.outgoing.pass_on(messages, now, not_before))
    elif late:
        connection.put_late([(not_before, raw) for raw in messages])
    else:
        connection.put(messages)
