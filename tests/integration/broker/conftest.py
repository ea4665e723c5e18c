from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.integration.broker.client import FixClient
from tests.support.process import Process


class Broker:
    """`python -m broker` on ports of the kernel's choice; started again it has the same ports and database."""

    def __init__(self, folder: Path, environ: Mapping[str, str] | None = None) -> None:
        self.database = folder / "broker.db"
        self.environ = {
            **{key: value for key, value in os.environ.items() if not key.startswith("BROKER_")},
            "BROKER_DATABASE_URL": f"sqlite:///{self.database}",
            "BROKER_FIX_PORT": "0",
            "BROKER_WALK": "off",
            "BROKER_HTTP_PORT": "0",
            **(environ or {}),
        }
        self.start()

    def start(self) -> None:
        self.process = Process("broker", [sys.executable, "-m", "broker"], self.environ)
        self.environ["BROKER_FIX_PORT"] = self.process.wait_for(r"^broker: FIX on 127\.0\.0\.1:(\d+)$")[1]
        self.url = self.process.wait_for(r"^broker: HTTP on (http://127\.0\.0\.1:\d+)$")[1]
        self.environ["BROKER_HTTP_PORT"] = self.url.rsplit(":", 1)[1]

    @property
    def port(self) -> int:
        return int(self.environ["BROKER_FIX_PORT"])

    def client(self, version: str = "FIX.4.4", sender: str = "CLIENT", next_out: int = 1) -> FixClient:
        return FixClient(self.port, version, sender, next_out)

    def rest(self, method: str, path: str, body: Any = None, expect: int = 200) -> Any:
        answer = requests.request(method, f"{self.url}{path}", json=body, timeout=15)
        assert answer.status_code == expect, (method, path, body, answer.status_code, answer.text)
        return answer.json()

    def behave(self, **behaviours: Any) -> None:
        self.rest("PUT", "/api/behaviours", behaviours)

    def orders(self, **filters: Any) -> list[dict[str, Any]]:
        answer = requests.get(f"{self.url}/api/orders", params={"limit": 100000, **filters}, timeout=30)
        found: list[dict[str, Any]] = answer.json()["orders"]
        return found


@pytest.fixture(scope="package")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """One for all tests that leave it standing; each test is a client of its own name."""
    running = Broker(tmp_path_factory.mktemp("broker"))
    yield running
    running.process.stop()


@pytest.fixture
def own_broker(tmp_path: Path) -> Iterator[Broker]:
    running = Broker(tmp_path)
    yield running
    running.process.stop()


@pytest.fixture
def name(request: pytest.FixtureRequest) -> str:
    """A SenderCompID for this test alone."""
    return f"C{abs(hash(request.node.nodeid)) % 10**9}"
