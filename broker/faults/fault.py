"""One active fault: its parameters, and when it strikes."""

from __future__ import annotations

import logging
from random import Random
from typing import Any, Final

log: Final = logging.getLogger("broker")

QUIET: Final = frozenset({"delay", "fragment"})
"""They strike at every message, which would fill the log: their first time is enough."""


class Fault:
    """`struck` counts; after `times` it has ended."""

    def __init__(self, client: str, kind: str, values: dict[str, Any]) -> None:
        self.kind = kind
        self.values = values
        self.seen = self.struck = 0
        self.random = Random(values.get("seed"))
        self._client = client
        self._times: int | None = values["times"]
        self._every: int = values.get("every", 1)
        types = values.get("msg_types")
        self._types = None if types is None else frozenset(one.encode() for one in types)

    @property
    def ended(self) -> bool:
        return self._times is not None and self.struck >= self._times

    def __getitem__(self, parameter: str) -> Any:
        return self.values[parameter]

    def strikes(self, what: str) -> bool:
        """Whether this time is one of those; `what` it strikes goes to the log."""
        if self.ended:
            return False
        self.seen += 1
        if self.seen % self._every:
            return False
        self.struck += 1
        if self.struck == 1 or self.kind not in QUIET:
            log.info("%s: fault %s strikes %s, number %d", self._client, self.kind, what, self.struck)
        return True

    def strikes_message(self, msg_type: bytes) -> bool:
        """A Logon(A) is struck only when it is asked for: without it there is no session to see anything in."""
        if msg_type == b"A" if self._types is None else msg_type not in self._types:
            return False
        return self.strikes(f"MsgType(35) {msg_type.decode('latin-1')}")

    def to_json(self) -> dict[str, Any]:
        given = {key: value for key, value in self.values.items() if value is not None}
        return {**_plain(given), "struck": self.struck, "ended": self.ended}


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    """Tags are strings as keys of an object."""
    return {
        key: {str(tag): text for tag, text in value.items()} if isinstance(value, dict) else value
        for key, value in values.items()
    }
