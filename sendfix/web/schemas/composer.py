"""A message that a person or a script composes."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import ConfigDict, Field, StringConstraints

from sendfix.web.schemas.base import Input, Name


class ComposedMessage(Input):
    """By `msg_type` and `fields` (a repeating group is a list of entries under the name of its counter), or as `raw`,
    `35=D|55=AAPL|...` with SOH or `|` between. `validate` false sends `raw` as it stands."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    session_name: Name
    msg_type: Annotated[str, StringConstraints(min_length=1, max_length=4)] | None = None
    fields: dict[str, Any] = Field(default_factory=dict)
    custom_tags: dict[str, Any] = Field(default_factory=dict)
    raw: Annotated[str, StringConstraints(min_length=1)] | None = None
    validated: bool = Field(default=True, alias="validate")
