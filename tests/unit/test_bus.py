from __future__ import annotations

import logging

import pytest

from sendfix.bus import Bus
from tests.unit.services.desk_kit import Heard


class Broken(Heard):
    def connection_result(self, session_name: str, state: str, message: str) -> None:
        raise RuntimeError("no")


def test_a_listener_that_fails_is_logged_and_does_not_stop_the_others(
    caplog: pytest.LogCaptureFixture,
) -> None:
    bus, first, last = Bus(), Heard(), Heard()
    for listener in (first, Broken(), last):
        bus.subscribe(listener)
    with caplog.at_level(logging.ERROR):
        bus.connection_result("S", "connected", "Logged on.")
    assert first.results == last.results == [("S", "connected", "Logged on.")]
    assert "connection_result failed in Broken" in caplog.text
