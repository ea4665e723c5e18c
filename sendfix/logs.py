"""How engine and desk write their logs: lines for people, or a JSON object a line (`SENDFIX_LOG_FORMAT`)."""

from __future__ import annotations

import logging
import re
import time
import weakref
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from pythonjsonlogger.json import JsonFormatter

FORMATS = ("text", "json")

# Our texts begin so where they are about a session.
_SESSION = re.compile(r"\A[Ss]ession ([A-Za-z0-9._-]{1,64})(?=[: ])")


def formatter(
    log_format: str, text: str, request_id: Callable[[], str | None] = lambda: None
) -> logging.Formatter:
    """For a handler. `text` is the form of a line for people, whose times are in UTC; `request_id` says which request
    is being served."""
    if log_format == "json":
        return _Json(request_id)
    made = logging.Formatter(text, "%Y-%m-%dT%H:%M:%S")
    made.converter = time.gmtime
    return made


class Once(logging.Formatter):
    """Shared by several handlers: a line is formatted for the first of them, and the others take it as it is."""

    def __init__(self, formatter: logging.Formatter) -> None:
        super().__init__()
        self._formatter = formatter
        # Weak, since a record holds the frames of its exception.
        self._last: tuple[Callable[[], logging.LogRecord | None], str] = (lambda: None, "")

    def format(self, record: logging.LogRecord) -> str:
        last, line = self._last
        if last() is not record:
            line = self._formatter.format(record)
            self._last = weakref.ref(record), line
        return line


class _Json(JsonFormatter):
    """time (UTC), level, logger and message; session and request_id where there is one; exc_info with a traceback; and
    what a call gave as `extra`."""

    def __init__(self, request_id: Callable[[], str | None]) -> None:
        super().__init__()
        self._request_id = request_id

    def add_fields(
        self, log_data: dict[str, Any], record: logging.LogRecord, message_dict: dict[str, Any]
    ) -> None:
        at = datetime.fromtimestamp(record.created, UTC)
        log_data["time"] = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        log_data["level"] = record.levelname
        log_data["logger"] = record.name
        super().add_fields(log_data, record, message_dict)
        log_data.setdefault("message", record.getMessage())
        if "session" not in log_data and (found := _SESSION.match(log_data["message"])):
            log_data["session"] = found[1]
        request_id = self._request_id()
        if request_id is not None:
            log_data.setdefault("request_id", request_id)
