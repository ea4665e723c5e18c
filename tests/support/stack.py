"""Broker, engine and desk as they run in production, in a folder of their own."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import psutil
import requests

from tests.support.process import Process

PYTHON = sys.executable
FIX42 = "SIM-FIX42"
FIX44 = "SIM-FIX44"


def session_config(name: str, fix_version: str, sender_comp_id: str, port: int) -> dict[str, Any]:
    return {
        "name": name,
        "server_ip": "127.0.0.1",
        "port": port,
        "fix_version": fix_version,
        "sender_comp_id": sender_comp_id,
        "target_comp_id": "BROKER",
        "heartbeat_interval": 10,
        "auto_connect": True,
        "reconnection": {"initial_delay": 1, "backoff_factor": 1, "jitter": 0},
    }


def eventually(check: Callable[[], Any], what: str, timeout: float = 20.0) -> Any:
    """The first true answer of `check`, which has no event to wait for."""
    deadline = time.monotonic() + timeout
    while True:
        answer = check()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"not in {timeout} s: {what}; the last answer was {answer!r}")
        time.sleep(0.02)


class Stack:
    """Each part can be started, stopped and killed by itself; a part that comes again has the same address."""

    def __init__(self, folder: Path, environ: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self.environ = {
            **{
                key: value for key, value in os.environ.items() if not key.startswith(("SENDFIX_", "BROKER_"))
            },
            "PYTHONUNBUFFERED": "1",
            "SENDFIX_CONFIG": str(folder / "sessions.json"),
            "SENDFIX_STORE_DIR": str(folder / "store"),
            "SENDFIX_LOG_DIR": str(folder / "log"),
            "SENDFIX_ENGINE_SOCKET": str(folder / "engine.sock"),
            "SENDFIX_DATABASE_URL": f"sqlite:///{folder}/desk.db",
            "SENDFIX_WEB_LOG_DIR": str(folder / "logs"),
            "SENDFIX_PORT": "0",
            "BROKER_DATABASE_URL": f"sqlite:///{folder}/broker.db",
            "BROKER_FIX_PORT": "0",
            "BROKER_WALK": "off",
            "BROKER_HTTP_PORT": "0",
            **(environ or {}),
        }
        self.engine_environ: dict[str, str] = {}
        """What the engine has beside `environ`."""
        self.broker: Process | None = None
        self.engine: Process | None = None
        self.desk: Process | None = None
        self.broker_url = ""
        self.desk_url = ""

    @property
    def fix_port(self) -> int:
        return int(self.environ["BROKER_FIX_PORT"])

    def start(self) -> Stack:
        self.start_broker()
        self.write_config(self.default_sessions())
        self.start_engine()
        self.start_desk()
        self.wait_logged_on(FIX42, FIX44)
        return self

    def default_sessions(self) -> list[dict[str, Any]]:
        return [
            session_config(FIX42, "FIX.4.2", "SENDFIX42", self.fix_port),
            session_config(FIX44, "FIX.4.4", "SENDFIX44", self.fix_port),
        ]

    def write_config(self, sessions: list[dict[str, Any]]) -> None:
        Path(self.environ["SENDFIX_CONFIG"]).write_text(json.dumps({"sessions": sessions}))

    def start_broker(self) -> None:
        self.broker = Process("broker", [PYTHON, "-m", "broker"], self.environ)
        self.environ["BROKER_FIX_PORT"] = self.broker.wait_for(r"^broker: FIX on .*:(\d+)$")[1]
        self.broker_url = self.broker.wait_for(r"^broker: HTTP on (http://\S+)$")[1]
        self.environ["BROKER_HTTP_PORT"] = self.broker_url.rsplit(":", 1)[1]

    def start_engine(self) -> None:
        command = [PYTHON, "multi_fix_client.py"]
        self.engine = Process("engine", command, self.environ | self.engine_environ)
        self.engine.wait_for(r"^engine: ready on ")

    def start_desk(self) -> None:
        self.desk = Process(
            "desk", [PYTHON, "-m", "gunicorn", "-c", "gunicorn_config.py", "wsgi:app"], self.environ
        )
        self.desk_url = self.desk.wait_for(r"Listening at: (http://[\d.]+:\d+)")[1]
        self.environ["SENDFIX_PORT"] = self.desk_url.rsplit(":", 1)[1]
        eventually(self.desk_answers, "the desk answers")

    def kill_desk(self) -> None:
        """gunicorn's master and its worker; the master first, since it would start another worker."""
        assert self.desk is not None
        children = psutil.Process(self.desk.pid).children(recursive=True)
        self.desk.kill()
        for child in children:
            child.kill()
        psutil.wait_procs(children, 10)

    def desk_answers(self) -> bool:
        assert self.desk is not None
        if not self.desk.running:
            raise AssertionError(f"the desk ended:\n{self.desk.output[-4000:]}")
        try:
            return requests.get(f"{self.desk_url}/health", timeout=5).ok
        except (requests.ConnectionError, requests.Timeout):
            return False

    def wait_logged_on(self, *names: str) -> None:
        eventually(
            lambda: all(self.session(name)["logged_on"] for name in names) and self.get("/health")["ready"],
            f"{', '.join(names)} logged on",
            30,
        )

    def session(self, name: str) -> dict[str, Any]:
        sessions = self.get("/api/sessions")["sessions"]
        return next(session for session in sessions if session["name"] == name)

    def get(self, path: str, **query: Any) -> Any:
        answer = requests.get(f"{self.desk_url}{path}", params=query, timeout=15)
        assert answer.ok, (path, answer.status_code, answer.text)
        return answer.json()

    def refused(self, path: str, status: int) -> Any:
        """The problem with which a GET is answered."""
        answer = requests.get(f"{self.desk_url}{path}", timeout=15)
        assert answer.status_code == status, (path, answer.status_code, answer.text)
        return answer.json()

    def post(self, path: str, body: Any, expect: int) -> Any:
        answer = requests.post(f"{self.desk_url}{path}", json=body, timeout=15)
        assert answer.status_code == expect, (path, body, answer.status_code, answer.text)
        return answer.json()

    def send(self, session_name: str, **fields: Any) -> str:
        """Send an order; its ClOrdID."""
        body = {"session_name": session_name, "symbol": "AAPL", "side": "BUY", "order_qty": 100, **fields}
        cl_ord_id: str = self.post("/api/send_order", body, 201)["cl_ord_id"]
        return cl_ord_id

    def order(self, cl_ord_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.get(f"/api/orders/{cl_ord_id}")
        return found

    def wait_order(self, cl_ord_id: str, /, **expected: Any) -> dict[str, Any]:
        """The order, once it has these values."""
        last: dict[str, Any] = {}

        def reached() -> bool:
            nonlocal last
            last = self.order(cl_ord_id)
            return all(last[key] == value for key, value in expected.items())

        try:
            eventually(reached, f"order {cl_ord_id} has {expected}")
        except AssertionError as error:
            raise AssertionError(f"{error}\nlast: {json.dumps(last, indent=1)}") from None
        return last

    def behave(self, **behaviours: Any) -> None:
        answer = requests.put(f"{self.broker_url}/api/behaviours", json=behaviours, timeout=15)
        assert answer.ok, answer.text

    def stop(self) -> None:
        running = [one for one in (self.desk, self.engine, self.broker) if one is not None]
        for process in running:
            process.begin_stop()
        for process in running:
            process.stop()
