"""`make run` with the real broker, engine and desk, on ports of the kernel's choice."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import requests

from tests.support.process import ROOT, Process
from tests.support.stack import FIX42, FIX44, eventually

UP = r"Ends all of it +Ctrl-C"


class Run:
    """Everything it keeps is in a folder of its own; the sessions are those that come with SendFix."""

    def __init__(self, folder: Path) -> None:
        self.environ = {
            **{
                key: value for key, value in os.environ.items() if not key.startswith(("SENDFIX_", "BROKER_"))
            },
            "SENDFIX_STORE_DIR": str(folder / "store"),
            "SENDFIX_LOG_DIR": str(folder / "log"),
            "SENDFIX_WEB_LOG_DIR": str(folder / "logs"),
            "BROKER_DATABASE_URL": f"sqlite:///{folder}/broker.db",
            "SENDFIX_LOG_LEVEL": "ERROR",
            "SENDFIX_PORT": "0",
            "BROKER_FIX_PORT": "0",
            "BROKER_HTTP_PORT": "0",
        }
        (folder / "store").mkdir()
        self.process = Process("make run", [sys.executable, "-m", "scripts.run"], self.environ)

    def wait_until_up(self) -> str:
        """The desk's address."""
        return self.process.wait_for(rf"The desk, open this +(\S+)|{UP}", 90)[1]

    def wait_until_logged_on(self, url: str) -> None:
        def logged_on() -> set[str]:
            sessions = requests.get(f"{url}/api/sessions", timeout=10).json()["sessions"]
            return {session["name"] for session in sessions if session["logged_on"]}

        eventually(lambda: logged_on() == {FIX42, FIX44}, "both sessions are logged on", 30)

    def parts(self) -> list[psutil.Process]:
        """Every process below it, broker first."""
        return psutil.Process(self.process.pid).children(recursive=True)


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    run = Run(tmp_path)
    yield run
    if run.process.running:
        run.process.stop(60)


def test_starts_and_ctrl_c_ends_all_with_a_logout_on_each_session(run: Run) -> None:
    url = run.wait_until_up()
    run.wait_until_logged_on(url)
    assert requests.get(url, timeout=10).status_code == 200
    parts = run.parts()
    assert len(parts) >= 4
    run.process.send_signal(signal.SIGINT)
    assert run.process.wait(60) == 0, run.process.output
    assert psutil.wait_procs(parts, timeout=10)[1] == []
    stopped = re.findall(r"run +\| (the \w+ has stopped.*|everything has stopped)", run.process.output)
    assert stopped == [
        "the desk has stopped",
        "the engine has stopped",
        "the broker has stopped",
        "everything has stopped",
    ]
    assert "Traceback" not in run.process.output
    for name in (FIX42, FIX44):
        log = Path(run.environ["SENDFIX_LOG_DIR"]) / f"{name}.messages.log"
        assert len(re.findall(r"[\x01|]35=5[\x01|]", log.read_text())) == 2, "a Logout each way"


def test_a_killed_engine_is_named_and_the_others_end(run: Run) -> None:
    run.wait_until_up()
    parts = run.parts()
    engine = next(part for part in parts if "multi_fix_client.py" in part.cmdline())
    engine.kill()
    assert run.process.wait(60) == 1
    assert "the engine was ended by SIGKILL. Its last lines:" in run.process.output
    assert psutil.wait_procs(parts, timeout=10)[1] == []


def test_taken_ports_are_named_before_anything_starts(run: Run) -> None:
    url = run.wait_until_up()
    port = url.rsplit(":", 1)[1]
    second = subprocess.run(
        [sys.executable, "-m", "scripts.run"],
        cwd=ROOT,
        env={**run.environ, "SENDFIX_PORT": port},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert second.returncode == 1
    assert re.fullmatch(
        rf"run: port {port} on 127\.0\.0\.1 is needed for the desk, but it is taken by process \d+ \(.*gunicorn.*\)\."
        r" Free it, or choose another: SENDFIX_PORT=\d+ make run\n",
        second.stderr,
    )
    assert second.stdout == ""
