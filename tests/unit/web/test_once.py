"""Requests that come twice or too late."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import gevent
import pytest
from flask import Flask
from flask.testing import FlaskClient
from gevent.event import Event

from sendfix.web import once, problems
from sendfix.web.once import Once

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


class Desk:
    """Counts what is really done, by path."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.done: list[str] = []
        self.begun = Event()
        self.may_end = Event()
        self.app = Flask("test")
        Once(lambda: self.seconds, lambda: NOON + timedelta(seconds=self.seconds), 0.05).register(self.app)
        problems.register(self.app)
        self.app.add_url_rule("/do", "do", self.do, methods=["GET", "POST"])
        self.app.add_url_rule("/slow", "slow", self.slow, methods=["POST"])
        self.app.add_url_rule("/fail", "fail", self.fail, methods=["POST"])

    @property
    def client(self) -> FlaskClient:
        return self.app.test_client()

    def do(self) -> tuple[dict[str, int], int]:
        self.done.append("do")
        return {"number": len(self.done)}, 201

    def slow(self) -> dict[str, int]:
        self.begun.set()
        self.may_end.wait()
        return self.do()[0]

    def fail(self) -> dict[str, int]:
        self.do()
        raise RuntimeError("a mistake")


@pytest.fixture
def desk() -> Desk:
    return Desk()


def key(value: str) -> dict[str, str]:
    return {once.KEY: value}


def test_a_request_that_comes_again_gets_the_first_answer(desk: Desk) -> None:
    first = desk.client.post("/do", json={"a": 1}, headers=key("k1"))
    again = desk.client.post("/do", json={"a": 1}, headers=key("k1"))
    assert (first.status_code, again.status_code, again.json) == (201, 201, {"number": 1})
    assert once.REPLAYED not in first.headers
    assert again.headers[once.REPLAYED] == "true"
    assert desk.client.post("/do", json={"a": 1}, headers=key("k2")).json == {"number": 2}
    assert desk.client.post("/do", json={"a": 1}).json == {"number": 3}


def test_an_error_is_an_answer_too(desk: Desk) -> None:
    statuses = [desk.client.post("/fail", headers=key("k")).status_code for _ in range(2)]
    assert statuses == [500, 500]
    assert desk.done == ["do"]


def test_a_key_is_for_one_request(desk: Desk) -> None:
    desk.client.post("/do", json={"a": 1}, headers=key("k"))
    for answer in (
        desk.client.post("/do", json={"a": 2}, headers=key("k")),
        desk.client.post("/do?x=1", json={"a": 1}, headers=key("k")),
        desk.client.post("/do", json={"a": 1}, headers=key("k") | {"X-SendFix-User": "ann"}),
    ):
        assert answer.status_code == 422
        assert "was used for another request" in answer.json["detail"]  # type: ignore[index]
    assert desk.done == ["do"]


def test_while_the_first_is_being_done_the_second_waits(desk: Desk) -> None:
    first = gevent.spawn(lambda: desk.client.post("/slow", headers=key("k")))
    desk.begun.wait()
    early = desk.client.post("/slow", headers=key("k"))
    assert (early.status_code, early.json["title"]) == (503, "Outcome not known")  # type: ignore[index]
    second = gevent.spawn(lambda: desk.client.post("/slow", headers=key("k")))
    gevent.sleep(0)
    desk.may_end.set()
    gevent.joinall([first, second], raise_error=True)
    assert [one.value.json for one in (first, second)] == [{"number": 1}, {"number": 1}]


@pytest.mark.parametrize("wrong", ["", "a b", "x" * 65, "ä"])
def test_a_key_that_can_not_be_one(desk: Desk, wrong: str) -> None:
    assert desk.client.post("/do", headers=key(wrong)).status_code == 400
    assert desk.done == []


def test_what_comes_too_late_is_not_done(desk: Desk) -> None:
    limit = {once.NOT_AFTER: "2026-03-02T12:00:05.000Z"}
    desk.seconds = 5.0
    assert desk.client.post("/do", headers=limit | key("k")).status_code == 201
    desk.seconds = 5.5
    late = desk.client.post("/do", headers=limit)
    assert late.status_code == 412
    assert "came 0.5 s after" in late.json["detail"]  # type: ignore[index]
    # It was done in time, and only its answer is late.
    assert desk.client.post("/do", headers=limit | key("k")).json == {"number": 1}
    assert desk.client.get("/do", headers=limit).status_code == 201
    assert len(desk.done) == 2


@pytest.mark.parametrize("wrong", ["", "soon", "2026-03-02T12:00:05", "1772452805"])
def test_a_limit_that_is_no_time(desk: Desk, wrong: str) -> None:
    assert desk.client.post("/do", headers={once.NOT_AFTER: wrong}).status_code == 400
    assert desk.done == []


def test_old_answers_are_forgotten(desk: Desk) -> None:
    desk.client.post("/do", headers=key("old"))
    desk.seconds = once.REMEMBERED_SECONDS + 1
    desk.client.post("/do", headers=key("new"))
    assert desk.client.post("/do", headers=key("old")).json == {"number": 3}
    assert desk.client.post("/do", headers=key("new")).json == {"number": 2}
