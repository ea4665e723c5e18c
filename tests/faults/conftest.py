"""Faults, tested by causing them; at the end both ends' books must be equal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.books import equal_books
from tests.support.proxy import Proxy
from tests.support.stack import FIX42, FIX44, Stack

SHORT = "SHORT-HEARTBEAT"
"""A session with a HeartBtInt(108) of one second; the others have ten."""


class LinedStack(Stack):
    """Between the engine and the broker each session has a line of its own."""

    lines: dict[str, Proxy]

    def default_sessions(self) -> list[dict[str, Any]]:
        sessions = super().default_sessions()
        sessions.append(
            sessions[1] | {"name": SHORT, "sender_comp_id": "SENDFIXSHORT", "heartbeat_interval": 1}
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


@pytest.fixture(scope="module")
def module_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LinedStack]:
    running = LinedStack(tmp_path_factory.mktemp("lined"))
    try:
        running.start()
        yield running
    finally:
        running.stop()


@pytest.fixture
def stack(module_stack: LinedStack) -> Iterator[LinedStack]:
    """One for all tests of the module. Whatever a test does to it, at its end both ends' books are equal."""
    module_stack.stand_up()
    yield module_stack
    for line in module_stack.lines.values():
        line.behave()
    module_stack.wait_logged_on(FIX42, FIX44, SHORT)
    equal_books(module_stack)
