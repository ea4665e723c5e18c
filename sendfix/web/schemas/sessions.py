"""Acts on sessions and their numbers."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import (
    Field,
    StringConstraints,
    model_validator,
)

from sendfix.domain.errors import FieldError, InvalidRequest
from sendfix.web.schemas.base import Input, Name

SeqNum = Annotated[int, Field(ge=1, le=2**31 - 1)]


_NUMBERS = {
    "next_sender_seq_num": False,
    "next_target_seq_num": False,
    "msg_seq_num": True,
    "new_seq_no": True,
}


"""Each number that a preview can be given, and whether it is one of a gap fill."""


class SequencePreview(Input):
    """`set` needs one of the next numbers or both, `reset` none of the numbers, `gap_fill` MsgSeqNum(34) and
    NewSeqNo(36)."""

    action: Literal["set", "reset", "gap_fill"]
    next_sender_seq_num: SeqNum | None = None
    next_target_seq_num: SeqNum | None = None
    msg_seq_num: SeqNum | None = None
    new_seq_no: SeqNum | None = None

    @model_validator(mode="after")
    def _numbers_suit_action(self) -> Self:
        fills = self.action == "gap_fill"
        errors = []
        for name, is_of_fill in _NUMBERS.items():
            given = getattr(self, name) is not None
            if fills and is_of_fill and not given:
                errors.append(FieldError(name, "is required for gap_fill"))
            elif fills != is_of_fill and given:
                errors.append(FieldError(name, f"must be left out for {self.action}"))
        if errors:
            raise InvalidRequest(errors)
        return self


class SequenceConfirm(Input):
    """The token of a preview. `reason` goes into the session's journal."""

    token: Name
    reason: Annotated[str, StringConstraints(max_length=200)] = ""


class ConfigReason(Input):
    """`reason` goes into the session's journal; `version`: only if the configuration is still that one."""

    reason: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    version: Annotated[str, StringConstraints(max_length=64)] | None = None


class SessionEdit(ConfigReason):
    """`session` is an object of `sessions` in the configuration file, whole. `***` keeps a secret as it is."""

    session: Annotated[
        dict[str, Any],
        Field(
            examples=[
                {
                    "name": "BROKER-A",
                    "server_ip": "fix.example.com",
                    "port": 9880,
                    "fix_version": "FIX.4.4",
                    "sender_comp_id": "MYDESK",
                    "target_comp_id": "BROKERA",
                    "password": "${BROKER_A_PASSWORD}",
                }
            ]
        ),
    ]


class Logout(Input):
    """Text(58) of the Logout(5)."""

    text: Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]


class ResendRange(Input):
    """MsgSeqNum(34) from and to; 0 is everything up to now."""

    begin_seq_no: SeqNum
    end_seq_no: Annotated[int, Field(ge=0, le=2**31 - 1)] = 0


class StoreQuery(Input):
    """At most 1,000 messages, from `begin` on."""

    begin: SeqNum = 1
    end: SeqNum = 2**31 - 1


class CanSendQuery(Input):
    session_name: Name | None = None
