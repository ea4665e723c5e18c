"""Questions about FIX messages and the dictionary."""

from __future__ import annotations

from typing import Annotated

from pydantic import (
    StringConstraints,
)

from sendfix.web.schemas.base import Input, Name


class Decode(Input):
    """A raw message, with SOH or `|` between its fields."""

    raw: Annotated[str, StringConstraints(min_length=1)]
    session_name: Name | None = None


class DictionaryQuery(Input):
    msg_type: Annotated[str, StringConstraints(min_length=1, max_length=4)] = "D"
