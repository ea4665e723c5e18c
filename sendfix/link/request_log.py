"""The engine's log line for each request that comes from somebody: it has the id that the desk's lines have too."""

from __future__ import annotations

import logging
from typing import TypeAlias

from sendfix.link import protocol

log = logging.getLogger("sendfix.engine")

Request: TypeAlias = protocol.Send | protocol.Connect | protocol.Disconnect | protocol.Ask


class RequestLog:
    """Lines wait for `write`, so that a reply does not wait for a line."""

    def __init__(self) -> None:
        self._waiting: list[tuple[Request, str]] = []

    def note(self, request: Request, outcome: str) -> None:
        """Nothing, when nobody is behind the request. Raises `ProtocolError`."""
        if not isinstance(request.origin, str):
            raise protocol.ProtocolError(f"{type(request).__name__}.origin is not text")
        if request.origin:
            self._waiting.append((request, outcome))

    def write(self) -> None:
        if not self._waiting:
            return
        lines, self._waiting = self._waiting, []
        for request, outcome in lines:
            origin = request.origin[:64]
            log.info(
                "session %s: request %s: %s",
                request.session_name,
                origin,
                outcome,
                extra={"request_id": origin},
            )
