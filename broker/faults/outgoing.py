"""What a client's faults make of the messages that go out: bytes in, bytes with the time at which they are due out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from broker.faults import wire
from broker.faults.fault import Fault

Due = tuple[float, bytes]
"""Seconds since the epoch, and what the socket is then given in one piece."""

Change = Callable[[bytes, Fault], bytes]


def _other_comp_ids(raw: bytes, fault: Fault) -> bytes:
    given = {49: fault["sender_comp_id"], 56: fault["target_comp_id"]}
    return wire.with_values(raw, {tag: text for tag, text in given.items() if text is not None})


CONTENT: Final[dict[str, Change]] = {
    "missing_fields": lambda raw, fault: wire.without_fields(raw, fault["tags"]),
    "wrong_values": lambda raw, fault: wire.with_values(raw, fault["fields"]),
    "unlisted_tags": lambda raw, fault: wire.with_fields(raw, fault["fields"]),
    "wrong_comp_ids": _other_comp_ids,
    "reset_sequence_numbers": lambda raw, fault: wire.with_lower_number(raw, fault["count"]),
}
"""Changes to fields, in this order; the message is encoded anew."""

FRAME: Final[dict[str, Change]] = {
    "wrong_body_length": lambda raw, fault: wire.with_wrong_body_length(raw, fault["by"]),
    "wrong_checksum": lambda raw, _: wire.with_wrong_checksum(raw),
    "garble": lambda raw, fault: wire.garbled(raw, fault["bytes"], fault.random),
}
"""Changes after which it is no right message, in this order."""

AT_OUTGOING: Final = frozenset({*CONTENT, *FRAME, "duplicate", "delay", "fragment"})


class Outgoing:
    def __init__(self, faults: Mapping[str, Fault]) -> None:
        self._content = [
            (change, faults[name]) for name, change in CONTENT.items() if _is_for_bytes(faults.get(name))
        ]
        self._frame = [(change, faults[name]) for name, change in FRAME.items() if name in faults]
        self._duplicate = faults.get("duplicate")
        self._delay = faults.get("delay")
        self._fragment = faults.get("fragment")

    def pass_on(self, messages: Sequence[bytes], now: float, not_before: float) -> list[Due]:
        """In the order in which they go out: none before `now`, nor before `not_before`, when the last that waits is
        due. A message with PossDupFlag(43)=Y, which is sent again, only waits or goes out in pieces."""
        due, found = max(now, not_before), []
        for raw in messages:
            msg_type = wire.type_of(raw)
            for one in [raw] if wire.is_poss_dup(raw) else self._changed(raw, msg_type):
                if self._delay is not None and self._delay.strikes_message(msg_type):
                    due = max(due, now + delay_of(self._delay))
                if self._fragment is None or not self._fragment.strikes_message(msg_type):
                    found.append((due, one))
                    continue
                for piece in wire.pieces(one, self._fragment["size"]):
                    found.append((due, piece))
                    due += self._fragment["interval"]
        return found

    def _changed(self, raw: bytes, msg_type: bytes) -> list[bytes]:
        for change, fault in self._content:
            if fault.strikes_message(msg_type):
                raw = change(raw, fault)
        copies: list[bytes] = []
        duplicate = self._duplicate
        if duplicate is not None and duplicate.strikes_message(msg_type):
            copy = wire.with_poss_dup(raw) if duplicate["poss_dup"] else raw
            copies = [copy] * duplicate["copies"]
        for change, fault in self._frame:
            if fault.strikes_message(msg_type):
                raw = change(raw, fault)
        return [raw, *copies]


def _is_for_bytes(fault: Fault | None) -> bool:
    """A SequenceReset is the session's to send."""
    return fault is not None and fault.values.get("how") != "sequence_reset"


def delay_of(fault: Fault) -> float:
    """Seconds, by the fault's own random numbers."""
    if fault["seconds"] is not None:
        return float(fault["seconds"])
    lowest, highest, mean = fault["min"], fault["max"], fault["mean"]
    if fault["distribution"] == "uniform":
        return fault.random.uniform(lowest, highest)
    if fault["distribution"] == "normal":
        drawn = fault.random.gauss(mean, fault["deviation"])
    else:
        drawn = fault.random.expovariate(1 / mean) if mean else 0.0
    return float(min(max(drawn, lowest), highest))
