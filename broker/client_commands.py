"""What a person does to a client rather than to an order: disconnects it, or begins its sequence numbers anew."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any, Final

from broker.application import Application
from broker.faults.faults import ChangeFaults, SetFaults
from broker.fix.session import Session
from broker.fix.states import State
from broker.ledger import Ledger
from broker.line import Line
from broker.market.hours import HoursCommand
from broker.market.market import MarketCommand
from broker.trading.acts import ActCommand
from broker.trading.by_hand import Command, Refused

log: Final = logging.getLogger("broker")


@dataclass(frozen=True, slots=True)
class DisconnectClient:
    """`client_id` is the session's in the database. `text` goes out in the Logout(5)."""

    client_id: int
    text: str | None


@dataclass(frozen=True, slots=True)
class ResetClient:
    """Both sequence numbers begin again at 1, and what was sent before can't be asked for again. A client that is
    connected is disconnected first, for it would not know."""

    client_id: int


ClientCommand = DisconnectClient | ResetClient


AnyCommand = Command | ActCommand | HoursCommand | SetFaults | ChangeFaults | ClientCommand | MarketCommand


def execute(command: AnyCommand, application: Application, ledger: Ledger, line: Line, now: float) -> Any:
    """By whom it concerns. Raises Refused, having changed nothing."""
    if isinstance(command, DisconnectClient | ResetClient):
        return _carry_out(command, ledger, line)
    if isinstance(command, SetFaults | ChangeFaults):
        return application.faults.execute(command, ledger.sessions.values())
    return application.execute(command, now)


def _carry_out(command: ClientCommand, ledger: Ledger, line: Line) -> int:
    """The client's id."""
    session = _find(command.client_id, ledger)
    connected = session.state is not State.DISCONNECTED
    if isinstance(command, DisconnectClient):
        if not connected:
            raise Refused(409, f"{session.key} is not connected.")
        line.disconnect(session.key, command.text or "disconnected by the broker")
        return command.client_id
    if connected:
        line.disconnect(session.key, "the sequence numbers are reset to 1: log on again with MsgSeqNum(34) 1")
    session.reset()
    log.info("%s: sequence numbers reset to 1 by hand", session.key)
    return command.client_id


def _find(client_id: int, ledger: Ledger) -> Session:
    session = ledger.by_id(client_id)
    if session is None:
        raise Refused(404, f"There is no client {client_id}.")
    return session
