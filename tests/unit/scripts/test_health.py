"""The health script, against a desk that says what a test wants."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from scripts.health import desk_url, main


class FakeDesk(HTTPServer):
    """Answers each request with the next of `answers`, and the last of them for ever."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers: list[tuple[int, bytes]] = []
        self.asked: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: FakeDesk

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        answers = self.server.answers
        status, body = answers.pop(0) if len(answers) > 1 else answers[0]
        self.send_response(status)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_words: object) -> None:
        """Nothing on the terminal."""


@pytest.fixture
def desk() -> Iterator[FakeDesk]:
    with FakeDesk() as made:
        thread = threading.Thread(target=made.serve_forever, args=(0.01,))
        thread.start()
        yield made
        made.shutdown()
        thread.join()


OK = (200, b'{"problems": []}')
NOT_READY = (503, json.dumps({"problems": ["no engine", "the database is locked"]}).encode())


def test_up_and_ready_are_two_questions(desk: FakeDesk, capsys: pytest.CaptureFixture[str]) -> None:
    desk.answers = [OK, NOT_READY]
    assert main(["--url", desk.url + "/"]) == 0
    assert main(["--url", desk.url, "--ready"]) == 1
    assert desk.asked == ["/health", "/health/ready"]
    assert capsys.readouterr().err == "desk: no engine\ndesk: the database is locked\n"


def test_it_waits_until_the_desk_is_ready(desk: FakeDesk, capsys: pytest.CaptureFixture[str]) -> None:
    desk.answers = [NOT_READY, OK]
    assert main(["--url", desk.url, "--ready", "--wait", "60"]) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("answer", "said"),
    [((502, b"<html>"), "the desk answers 502"), ((200, b"<html>"), "the desk does not answer at")],
)
def test_what_is_no_desk_is_told(
    desk: FakeDesk, capsys: pytest.CaptureFixture[str], answer: tuple[int, bytes], said: str
) -> None:
    desk.answers = [answer]
    assert main(["--url", desk.url]) == 1
    assert said in capsys.readouterr().err


def test_nobody_there(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as held:  # bound and not listening, so that nobody else takes the port meanwhile
        held.bind(("127.0.0.1", 0))
        assert main(["--url", f"http://127.0.0.1:{held.getsockname()[1]}"]) == 1
    assert "Connection refused" in capsys.readouterr().err


def test_the_desk_is_asked_where_it_listens() -> None:
    assert desk_url("", "5001") == "http://127.0.0.1:5001"
    assert desk_url("0.0.0.0", "80") == "http://127.0.0.1:80"
    assert desk_url("10.1.2.3", "80") == "http://10.1.2.3:80"
    assert desk_url("::", "80") == "http://[::1]:80"
