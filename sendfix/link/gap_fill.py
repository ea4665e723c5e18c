"""SequenceReset-GapFill(4) as a person asks for it (FIX 4.4 Volume 2, "Sequence Reset (Gap Fill)")."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class GapFill:
    """The counterparty takes `msg_seq_num` to `new_seq_no` - 1 as received, and expects NewSeqNo(36) next."""

    msg_seq_num: int
    new_seq_no: int

    def next_after(self, next_number: int) -> int:
        """The number of our next message behind it, where `next_number` is the one it would have without it."""
        return max(next_number, self.new_seq_no)

    def refusal(self, next_number: int) -> str | None:
        """Why it can't be sent while `next_number` is ours."""
        if self.new_seq_no <= self.msg_seq_num:
            return f"NewSeqNo(36) {self.new_seq_no} must be above MsgSeqNum(34) {self.msg_seq_num}"
        if self.msg_seq_num > next_number:
            return (
                f"A gap fill can't begin at {self.msg_seq_num}: our next MsgSeqNum(34) is {next_number}, "
                "and the counterparty would ask for those between"
            )
        return None
