"""A request that comes twice is done once, and one that comes too late is not done.

Browsers send a request again by themselves, a POST too, when a kept connection ends before its answer has come; so do
proxies. And what was written into a network that is gone arrives when it is back, perhaps a minute later. With
`Idempotency-Key` a request is done the first time and answered alike each further time, as long as this process
remembers it; with `X-Not-After` it is refused from that time on. Both are the caller's choice.
"""

from __future__ import annotations

import hashlib
import logging
import re
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from flask import Flask, Response, g, request
from gevent import Timeout
from gevent.event import AsyncResult

from sendfix.web.problems import problem

log = logging.getLogger(__name__)

KEY = "Idempotency-Key"
NOT_AFTER = "X-Not-After"
REPLAYED = "Idempotent-Replayed"
REMEMBERED_SECONDS = 600.0
MOST_REMEMBERED = 20_000
MOST_BYTES = 32_000_000
PATIENCE_SECONDS = 60.0
"""So long a request waits for the first one with its key."""

_KEY = re.compile(r"[A-Za-z0-9._:-]{1,64}")
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    content_type: str
    body: bytes


@dataclass(slots=True, eq=False)
class _Done:
    """A request that was begun; its answer is None when it ended without one."""

    fingerprint: bytes
    at: float
    answer: AsyncResult[_Answer | None] = field(default_factory=AsyncResult)
    size: int = 0


class Once:
    """Used from greenlets of one hub. `clock` is monotonic, `now` the time by which `X-Not-After` is judged."""

    def __init__(
        self, clock: Callable[[], float], now: Callable[[], datetime], patience: float = PATIENCE_SECONDS
    ) -> None:
        self._clock = clock
        self._now = now
        self._patience = patience
        self._done: OrderedDict[str, _Done] = OrderedDict()
        self._bytes = 0

    def register(self, app: Flask) -> None:
        app.before_request(self._begin)
        app.after_request(self._remember)
        app.teardown_request(self._end)

    def _begin(self) -> Response | None:
        if request.method in _SAFE:
            return None
        late = self._too_late(request.headers.get(NOT_AFTER))
        key = request.headers.get(KEY)
        if key is None:
            return late
        if not _KEY.fullmatch(key):
            return problem(
                400, "Malformed request", f"{KEY} must be 1 to 64 of the characters A-Z a-z 0-9 . _ : -"
            )
        found = self._done.get(key)
        if found is not None:
            return self._again(key, found)
        if late is not None:
            return late
        self._forget()
        g.once = self._done[key] = _Done(_fingerprint(), self._clock())
        return None

    def _too_late(self, text: str | None) -> Response | None:
        if text is None:
            return None
        try:
            limit = datetime.fromisoformat(text)
        except ValueError:
            limit = None
        if limit is None or limit.tzinfo is None:
            detail = (
                f"{NOT_AFTER} must be a time with its zone, as 2026-03-02T14:30:00.000Z, not {text[:40]!r}."
            )
            return problem(400, "Malformed request", detail)
        now = self._now()
        if now <= limit:
            return None
        seconds = (now - limit).total_seconds()
        log.warning("%s %s came %.1f s too late and was not done", request.method, request.path, seconds)
        detail = (
            f"The request came {seconds:.1f} s after the time until which it was meant ({NOT_AFTER});"
            " nothing was done."
        )
        return problem(412, "Too late", detail)

    def _again(self, key: str, found: _Done) -> Response:
        if found.fingerprint != _fingerprint():
            return problem(
                422, "Invalid input", f"{KEY} {key} was used for another request; give each one its own."
            )
        try:
            answer = found.answer.get(timeout=self._patience)
        except Timeout:
            answer = None
        if answer is None:
            detail = f"The first request with {KEY} {key} has no answer yet; whether it is done is not known."
            return problem(503, "Outcome not known", detail)
        log.warning("%s %s came twice and was done once", request.method, request.path)
        response = Response(answer.body, answer.status, content_type=answer.content_type)
        response.headers[REPLAYED] = "true"
        return response

    def _remember(self, response: Response) -> Response:
        done: _Done | None = g.get("once")
        if done is not None and not done.answer.ready() and not response.is_streamed:
            answer = _Answer(response.status_code, response.content_type or "", response.get_data())
            done.size = len(answer.body)
            self._bytes += done.size
            done.answer.set(answer)
        return response

    def _end(self, _error: BaseException | None) -> None:
        done: _Done | None = g.get("once")
        if done is not None and not done.answer.ready():
            done.answer.set(None)

    def _forget(self) -> None:
        oldest_kept = self._clock() - REMEMBERED_SECONDS
        while self._done:
            key, first = next(iter(self._done.items()))
            full = len(self._done) >= MOST_REMEMBERED or self._bytes > MOST_BYTES
            if not first.answer.ready() or not (full or first.at < oldest_kept):
                return
            del self._done[key]
            self._bytes -= first.size


def _fingerprint() -> bytes:
    digest = hashlib.blake2b(digest_size=16)
    for part in (request.method, request.full_path, request.headers.get("X-SendFix-User", "")):
        digest.update(f"{part}\0".encode("utf-8", "surrogatepass"))
    digest.update(request.get_data())
    return digest.digest()
