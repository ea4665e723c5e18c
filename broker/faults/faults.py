"""The faults of each client, by SenderCompID(49), whether it was ever there or not; and the commands that set them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from broker.faults.fault import Fault
from broker.faults.outgoing import AT_OUTGOING, Outgoing
from broker.fix.sending import Sending


@dataclass(frozen=True, slots=True)
class SetFaults:
    """In place of what was set before; none ends them. `faults` is what `parse_faults` gives."""

    sender_comp_id: str
    faults: dict[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class ChangeFaults:
    """Those of `faults` are set and those of `ended` are no more; all others go on, with what they have counted."""

    sender_comp_id: str
    faults: dict[str, dict[str, Any]]
    ended: frozenset[str]


class ClientFaults:
    """Asked by the session (`Sending.faults`) and the core. Each question that is answered with a fault counts it."""

    def __init__(
        self,
        client: str,
        faults: Mapping[str, Mapping[str, Any]],
        kept: Mapping[str, Fault] = MappingProxyType({}),
    ) -> None:
        """`kept` are faults that go on as they are."""
        self.faults = {**kept, **{name: Fault(client, name, dict(values)) for name, values in faults.items()}}
        self.outgoing = Outgoing(self.faults) if AT_OUTGOING & self.faults.keys() else None
        reset = self.faults.get("reset_sequence_numbers")
        self._reset = reset if reset is not None and reset["how"] == "sequence_reset" else None
        self._skip = self.faults.get("skip_sequence_numbers")

    def struck(self, kind: str, what: str) -> Fault | None:
        fault = self.faults.get(kind)
        return fault if fault is not None and fault.strikes(what) else None

    def drops_heartbeat(self, is_answer: bool) -> bool:
        fault = self.faults.get("drop_heartbeats")
        return fault is not None and (fault["answers"] or not is_answer) and fault.strikes("Heartbeat(0)")

    def skips(self, msg_type: bytes) -> int:
        """How many numbers are passed over before this message."""
        fault = self._skip
        return fault["count"] if fault is not None and fault.strikes_message(msg_type) else 0

    def resets(self, msg_type: bytes) -> int:
        """By how much a SequenceReset(4) raises the numbers before this message."""
        fault = self._reset
        return fault["count"] if fault is not None and fault.strikes_message(msg_type) else 0

    def logon_refusal(self) -> str | None:
        fault = self.struck("refuse_logon", "Logon(A)")
        return None if fault is None else str(fault["text"])

    def ignores_logon(self) -> bool:
        return self.struck("ignore_logon", "Logon(A)") is not None

    def resend_refusal(self) -> str | None:
        fault = self.struck("refuse_resends", "ResendRequest(2)")
        return None if fault is None else str(fault["how"])

    def cuts(self, msg_type: bytes) -> str | None:
        """Whether the connection breaks at this message: `before_report` or `after_report`."""
        fault = self.struck("disconnect_on_order", "NewOrderSingle(D)") if msg_type == b"D" else None
        return None if fault is None else str(fault["when"])

    @property
    def stops_reading(self) -> bool:
        """Also while it strikes for the last time."""
        return "stop_reading" in self.faults

    def to_json(self) -> dict[str, Any]:
        return {name: fault.to_json() for name, fault in self.faults.items()}


class Faults:
    def __init__(self) -> None:
        self._clients: dict[bytes, ClientFaults] = {}

    def set(self, command: SetFaults | ChangeFaults) -> ClientFaults | None:
        key = command.sender_comp_id.encode("latin-1")
        kept: dict[str, Fault] = {}
        before = self._clients.get(key)
        if isinstance(command, ChangeFaults) and before is not None:
            kept = {name: fault for name, fault in before.faults.items() if name not in command.ended}
        found = ClientFaults(command.sender_comp_id, command.faults, kept)
        if not found.faults:
            self._clients.pop(key, None)
            return None
        self._clients[key] = found
        return found

    def of(self, sender_comp_id: bytes) -> ClientFaults | None:
        return self._clients.get(sender_comp_id)

    def order_refusal(self, sender_comp_id: bytes) -> str | None:
        """The Text(58) with which this new order is rejected."""
        faults = self._clients.get(sender_comp_id)
        fault = None if faults is None else faults.struck("reject_orders", "NewOrderSingle(D)")
        return None if fault is None else str(fault["text"])

    def execute(self, command: SetFaults | ChangeFaults, sessions: Iterable[Sending]) -> None:
        """At once, for the sessions that there are; one that comes later asks `of`."""
        found = self.set(command)
        key = command.sender_comp_id.encode("latin-1")
        for session in sessions:
            if session.key.sender_comp_id == key:
                session.faults = found

    def to_json(self) -> list[dict[str, Any]]:
        """Of those who have any."""
        return [client_to_json(key.decode("latin-1"), faults) for key, faults in self._clients.copy().items()]


def client_to_json(sender_comp_id: str, faults: ClientFaults | None) -> dict[str, Any]:
    return {"sender_comp_id": sender_comp_id, "faults": {} if faults is None else faults.to_json()}
