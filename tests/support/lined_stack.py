"""Broker, engine and desk with lines between engine and broker that can be troubled."""

from __future__ import annotations

from typing import Any

from tests.support.proxy import Proxy
from tests.support.stack import FIX42, FIX44, Stack

SHORT = "SHORT-HEARTBEAT"
"""A session with a HeartBtInt(108) of two seconds; the others have ten."""


class LinedStack(Stack):
    """Between the engine and the broker each session has a line of its own."""

    lines: dict[str, Proxy]

    def default_sessions(self) -> list[dict[str, Any]]:
        sessions = super().default_sessions()
        sessions.append(
            sessions[1] | {"name": SHORT, "sender_comp_id": "SENDFIXSHORT", "heartbeat_interval": 2}
        )
        self.lines = {}
        for session in sessions:
            line = self.lines[session["name"]] = Proxy(session["port"])
            session["port"] = line.port
            session["reconnection"]["max_refused_delay"] = 1
        return sessions

    def stand_up(self) -> None:
        """What a test has ended is started, and every line is well."""
        for line in self.lines.values():
            line.behave()
        if self.broker is None or not self.broker.running:
            self.start_broker()
        if self.engine is None or not self.engine.running:
            self.start_engine()
        if self.desk is None or not self.desk.running:
            self.start_desk()
        self.wait_logged_on(FIX42, FIX44, SHORT)
        self.behave(default="fill", symbols={}, clients={})

    def stop(self) -> None:
        super().stop()
        for line in self.lines.values():
            line.close()
