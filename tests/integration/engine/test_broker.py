"""The engine against the simulated broker, in both FIX versions."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.engine.conftest import EngineProcess
from tests.integration.engine.orders import order
from tests.support.process import Process


class BrokerProcess:
    """Comes back on the same port and database."""

    def __init__(self, folder: Path) -> None:
        self._environ = {
            **os.environ,
            "BROKER_FIX_PORT": "0",
            "BROKER_HTTP_PORT": "0",
            "BROKER_DATABASE_URL": f"sqlite:///{folder / 'broker.db'}",
        }
        self.process = self.start()

    @property
    def port(self) -> int:
        return int(self._environ["BROKER_FIX_PORT"])

    def start(self) -> Process:
        self.process = Process("broker", [sys.executable, "-m", "broker"], self._environ)
        self._environ["BROKER_FIX_PORT"] = self.process.wait_for(r"^broker: FIX on .*:(\d+)$")[1]
        return self.process


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[BrokerProcess]:
    made = BrokerProcess(tmp_path)
    yield made
    made.process.stop()


def test_orders_are_answered_in_both_versions_and_over_a_death_of_the_broker(
    engine: EngineProcess, broker: BrokerProcess
) -> None:
    engine.session("FIX42", broker.port, fix_version="FIX.4.2")
    engine.session("FIX44", broker.port, fix_version="FIX.4.4")
    engine.start()
    with engine.desk() as desk:
        for name in ("FIX42", "FIX44"):
            desk.wait_state(name, "connected")
            assert desk.send(name, order(f"{name}-1")).code == "ok"
            desk.wait_entry(name, b"\x0135=8\x01", f"\x0111={name}-1\x01".encode(), b"\x0139=0\x01")
        numbers = {name: desk.status[name]["next_target_seq_num"] for name in desk.status}

        broker.process.kill()
        for name in ("FIX42", "FIX44"):
            desk.wait_state(name, "disconnected")
            refused = desk.send(name, order(f"{name}-2"))
            assert refused.code == "not_logged_on"

        broker.start()
        for name in ("FIX42", "FIX44"):
            status = desk.wait_state(name, "connected")
            assert status["next_target_seq_num"] >= numbers[name]
            assert desk.send(name, order(f"{name}-3")).code == "ok"
            desk.wait_entry(name, b"\x0135=8\x01", f"\x0111={name}-3\x01".encode(), b"\x0139=0\x01")
            assert not any(b"ResetSeqNum" in e.raw or b"\x01141=Y" in e.raw for e in desk.entries[name])
