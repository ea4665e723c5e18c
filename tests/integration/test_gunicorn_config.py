"""The desk under gunicorn, as `gunicorn_config.py` sets it up: transport, logs, and the end with open WebSockets."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
import websocket

from tests.support.stack import Stack, eventually


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    """A desk by itself: it waits for an engine that never comes."""
    stack = Stack(tmp_path, {"BROKER_FIX_PORT": "15001"})
    stack.write_config(stack.default_sessions())
    stack.start_desk()
    yield stack
    assert stack.desk is not None
    if stack.desk.running:
        stack.desk.kill()


class Browser:
    """What a page's Socket.IO does over a WebSocket, frame by frame."""

    def __init__(self, url: str) -> None:
        self._socket = websocket.create_connection(
            f"{url.replace('http', 'ws', 1)}/socket.io/?EIO=4&transport=websocket", timeout=20
        )
        self._socket.send("40")
        while not self._socket.recv().startswith('42["connected"'):
            pass

    def frames_to_the_end(self) -> list[str]:
        """All that comes until the server closes the transport."""
        frames = []
        with contextlib.suppress(websocket.WebSocketConnectionClosedException):
            while frame := self._socket.recv():
                frames.append(frame)
        return frames

    def close(self) -> None:
        self._socket.close()
        # When the server was first, close() leaves it open.
        self._socket.shutdown()


@pytest.fixture
def browser(stack: Stack) -> Iterator[Browser]:
    browser = Browser(stack.desk_url)
    yield browser
    browser.close()


def assert_may_come_back(frames: list[str]) -> None:
    """Told Engine.IO's `1` or Socket.IO's `41`, a client takes it as a wish that it stay away."""
    assert not {"1", "41"} & set(frames)


def test_a_stop_does_not_wait_for_websockets(stack: Stack, browser: Browser) -> None:
    assert stack.desk is not None
    assert stack.desk.stop() == 0
    assert "graceful timeout" not in stack.desk.output
    assert "Traceback" not in stack.desk.output
    assert_may_come_back(browser.frames_to_the_end())
    stack.start_desk()
    Browser(stack.desk_url).close()
    assert stack.desk.stop() == 0


def test_a_websocket_is_logged_when_it_ends(stack: Stack, browser: Browser) -> None:
    log = Path(stack.environ["SENDFIX_WEB_LOG_DIR"]) / "access.log"
    browser.close()
    eventually(
        lambda: 'transport=websocket HTTP/1.1" 101 ' in log.read_text(), "the WebSocket is in the access log"
    )


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGQUIT])
def test_a_quick_stop_closes_the_desk_too(stack: Stack, browser: Browser, number: signal.Signals) -> None:
    assert stack.desk is not None
    stack.desk.send_signal(number)
    assert stack.desk.wait() == 0
    assert "Traceback" not in stack.desk.output
    assert_may_come_back(browser.frames_to_the_end())


def test_requests_and_words_are_logged_in_files(stack: Stack) -> None:
    assert stack.desk is not None
    logs = Path(stack.environ["SENDFIX_WEB_LOG_DIR"])
    requests.get(f"{stack.desk_url}/no-such-page", timeout=10)
    eventually(
        lambda: '"GET /no-such-page HTTP/1.1" 404' in (logs / "access.log").read_text(),
        "the request is logged",
    )
    stack.desk.wait_for("No engine at")
    eventually(
        lambda: "No engine at" in (logs / "error.log").read_text(), "what the desk says is in error.log"
    )
    assert "desk: ready" in (logs / "error.log").read_text()
    assert stack.desk.stop() == 0


def test_usr1_reopens_the_logs(stack: Stack) -> None:
    assert stack.desk is not None
    log = Path(stack.environ["SENDFIX_WEB_LOG_DIR"]) / "access.log"
    log.rename(log.with_suffix(".1"))
    stack.desk.send_signal(signal.SIGUSR1)
    eventually(log.exists, "a new access.log")
    requests.get(f"{stack.desk_url}/after-rotation", timeout=10)
    eventually(lambda: "/after-rotation" in log.read_text(), "the request is in the new file")
    assert stack.desk.stop() == 0


def test_a_config_that_cannot_be_used_ends_it_in_one_line(tmp_path: Path) -> None:
    stack = Stack(tmp_path, {"SENDFIX_CONFIG": str(tmp_path / "none.json")})
    with pytest.raises(AssertionError, match=r"(?s)\ndesk: [^\n]*none\.json"):
        stack.start_desk()
    assert stack.desk is not None
    eventually(lambda: not stack.desk.running, "gunicorn ends")
    assert stack.desk.stop() == 3
    assert "Traceback" not in stack.desk.output
