"""What the other inputs are made of."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
)

MAX_LIMIT = 5_000
DEFAULT_LIMIT = 500

Name = Annotated[str, StringConstraints(min_length=1, max_length=64)]


def enum_name(enum: Any) -> Any:
    def parse(value: Any) -> Any:
        return enum.parse(value).name if isinstance(value, str) else value

    return BeforeValidator(parse)


class Input(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SessionName(Input):
    """Which session."""

    session_name: Name


class Reason(Input):
    """It goes into the session's journal."""

    reason: Annotated[str, StringConstraints(max_length=200)] = ""


class Page(Input):
    """`before` is the `next_before` of the page before this one."""

    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT)] = DEFAULT_LIMIT
    before: Annotated[int, Field(ge=0, lt=2**63)] | None = None
