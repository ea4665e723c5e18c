from __future__ import annotations

import json
import logging
import sys
from typing import Any

import pytest

from sendfix.logs import Once, formatter

AT = 1_750_000_000.25


def record(message: str, *values: Any, **extra: Any) -> logging.LogRecord:
    made = logging.makeLogRecord(
        {"name": "sendfix.desk", "levelname": "INFO", "msg": message, "args": values, **extra}
    )
    made.created, made.msecs = AT, 250.0
    return made


def test_a_json_line_has_time_level_logger_message_session_and_what_was_given() -> None:
    line = formatter("json", "", lambda: "r-1").format(
        record("session %s: %s is sent", "BROKER-A", "ORD1", cl_ord_id="ORD1")
    )
    assert "\n" not in line
    assert json.loads(line) == {
        "time": "2025-06-15T15:06:40.250Z",
        "level": "INFO",
        "logger": "sendfix.desk",
        "message": "session BROKER-A: ORD1 is sent",
        "session": "BROKER-A",
        "cl_ord_id": "ORD1",
        "request_id": "r-1",
    }


@pytest.mark.parametrize("text", ["sessions are open", "the session A: is none", "session"])
def test_a_line_about_no_session_or_request_names_none(text: str) -> None:
    assert not {"session", "request_id"} & json.loads(formatter("json", "").format(record(text))).keys()


def test_any_text_and_a_traceback_stay_on_one_line() -> None:
    try:
        raise ValueError("two\nlines")
    except ValueError:
        broken = record("broken \ud800 \x01\n%s", "é", exc_info=sys.exc_info())
    line = formatter("json", "").format(broken)
    assert line.isascii()
    assert "\n" not in line
    assert json.loads(line)["exc_info"].endswith("ValueError: two\nlines")


def test_a_line_for_people_is_in_utc() -> None:
    line = formatter("text", "%(asctime)s.%(msecs)03dZ %(levelname)s %(message)s").format(record("hello"))
    assert line == "2025-06-15T15:06:40.250Z INFO hello"


def test_a_line_for_several_handlers_is_formatted_once() -> None:
    class Counting(logging.Formatter):
        count = 0

        def format(self, record: logging.LogRecord) -> str:
            self.count += 1
            return f"{self.count} {super().format(record)}"

    once = Once(Counting("%(message)s"))
    first, second = (
        logging.LogRecord("x", logging.INFO, "", 1, text, (), None) for text in ("first", "second")
    )
    lines = [once.format(one) for one in (first, first, second, second, first)]
    assert lines == ["1 first", "1 first", "2 second", "2 second", "3 first"]
