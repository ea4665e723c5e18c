"""The desk's requests that wait for the engine's reply, and what becomes of them when the link breaks.

An order that was on its way then is not simply reported as failed: after the next catch-up the journal tells whether
it was sent.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass

import gevent
from gevent.event import AsyncResult

from sendfix.domain.errors import (
    EngineUnavailable,
    FieldError,
    InvalidRequest,
    NotLoggedOn,
    StateForbids,
)
from sendfix.link import protocol
from sendfix.link.protocol import ReplyCode


@dataclass(slots=True, eq=False)
class Request:
    """`cl_ord_id` is empty for what is no order; such a request has no outcome once the link is gone."""

    session_name: str
    cl_ord_id: str
    reply: AsyncResult[protocol.Reply | protocol.Answer]

    def wait(self, seconds: float) -> protocol.Reply | protocol.Answer:
        """The reply, when it is a good one. Raises `EngineUnavailable`, `NotLoggedOn`, `InvalidRequest`,
        `StateForbids`."""
        try:
            reply = self.reply.get(timeout=seconds)
        except gevent.Timeout:
            # The request stays known: its answer may still come, and until then its ClOrdID is not free.
            text = f"The engine has not answered in time.{self._look_for}"
            raise EngineUnavailable(text) from None
        assert reply is not None
        if reply.code == ReplyCode.NOT_LOGGED_ON:
            raise NotLoggedOn(self.session_name, reply.detail)
        if reply.code == ReplyCode.FAILED:
            raise EngineUnavailable(reply.detail)
        if reply.code == ReplyCode.INVALID:
            field, _, problem = reply.detail.partition(": ")
            raise InvalidRequest([FieldError(field, problem)])
        if reply.code != ReplyCode.OK:
            raise StateForbids(reply.detail)
        return reply

    def fail(self) -> None:
        """It was on its way when the link broke, and the journal does not have it."""
        detail = f"The engine went away before its journal had the message.{self._look_for}"
        self.reply.set(protocol.Reply(0, ReplyCode.FAILED, detail))

    @property
    def _look_for(self) -> str:
        return f" Look for ClOrdID(11) {self.cl_ord_id} before sending it again." if self.cl_ord_id else ""


class Waiting:
    """Used from greenlets of one hub."""

    def __init__(self, was_sent: Callable[[str], bool]) -> None:
        """`was_sent` tells whether a ClOrdID has been folded."""
        self._was_sent = was_sent
        self._numbers = itertools.count(1)
        self._requests: dict[int, Request] = {}
        self._unresolved: list[Request] = []
        self._on_their_way: set[str] = set()

    def number(self) -> int:
        """For a request whose reply nobody waits for."""
        return next(self._numbers)

    def add(self, session_name: str, cl_ord_id: str) -> tuple[int, Request]:
        """A new request, and its number."""
        number = self.number()
        request = self._requests[number] = Request(session_name, cl_ord_id, AsyncResult())
        if cl_ord_id:
            self._on_their_way.add(cl_ord_id)
        return number, request

    def is_on_its_way(self, cl_ord_id: str) -> bool:
        return cl_ord_id in self._on_their_way

    def answer(self, reply: protocol.Reply | protocol.Answer) -> None:
        request = self._requests.pop(reply.request_id, None)
        if request is not None:
            self._on_their_way.discard(request.cl_ord_id)
            request.reply.set(reply)

    def link_lost(self, reason: str) -> None:
        """Orders wait for the next catch-up; everything else has failed."""
        requests, self._requests = self._requests, {}
        for request in requests.values():
            if request.cl_ord_id:
                self._unresolved.append(request)
            else:
                request.reply.set(protocol.Reply(0, ReplyCode.FAILED, reason))

    def caught_up(self, session_name: str) -> None:
        """All that the engine's journal has of the session is folded."""
        mine = [request for request in self._unresolved if request.session_name == session_name]
        self._unresolved = [request for request in self._unresolved if request.session_name != session_name]
        for request in mine:
            self._on_their_way.discard(request.cl_ord_id)
            if self._was_sent(request.cl_ord_id):
                request.reply.set(protocol.Reply(0, ReplyCode.OK, ""))
            else:
                request.fail()
