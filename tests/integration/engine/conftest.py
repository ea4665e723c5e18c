"""An engine process of its own for each test, with sessions to a scripted counterparty."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.link_client import LinkClient
from tests.support.process import Process
from tests.support.scripted_acceptor import ScriptedAcceptor


class EngineProcess:
    """`sessions` go into the configuration at the next `start`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sessions: list[dict[str, Any]] = []
        self.process: Process | None = None
        self.environ = {
            **{key: value for key, value in os.environ.items() if not key.startswith("SENDFIX_")},
            "SENDFIX_CONFIG": str(folder / "sessions.json"),
            "SENDFIX_STORE_DIR": str(folder / "store"),
            "SENDFIX_LOG_DIR": str(folder / "log"),
        }
        self.socket = folder / "store" / "engine.sock"

    def session(self, name: str, port: int, **keys: Any) -> None:
        self.sessions.append(
            {
                "name": name,
                "server_ip": "127.0.0.1",
                "port": port,
                "fix_version": "FIX.4.4",
                "sender_comp_id": f"ME-{name}",
                "target_comp_id": "BROKER",
                "heartbeat_interval": 30,
                "auto_connect": True,
                "reconnection": {"initial_delay": 1, "backoff_factor": 1, "jitter": 0},
                **keys,
            }
        )

    def spawn(self, *arguments: str, **environ: str) -> Process:
        (self.folder / "sessions.json").write_text(json.dumps({"sessions": self.sessions}))
        command = [sys.executable, "multi_fix_client.py", *arguments]
        return Process("engine", command, {**self.environ, **environ})

    def start(self, **environ: str) -> Process:
        self.process = self.spawn(**environ)
        self.process.wait_for(rf"^engine: ready on {self.socket} with {len(self.sessions)} sessions$")
        return self.process

    def desk(self, cursors: dict[str, tuple[str, int]] | None = None) -> LinkClient:
        return LinkClient(self.socket, cursors or {})

    def close(self) -> None:
        if self.process is not None and self.process.running:
            self.process.kill()


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[EngineProcess]:
    made = EngineProcess(tmp_path)
    yield made
    made.close()


@pytest.fixture
def acceptor() -> Iterator[ScriptedAcceptor]:
    with ScriptedAcceptor() as made:
        yield made
