from __future__ import annotations

from pathlib import Path

from sendfix.link.journal_entries import Entry
from sendfix.link.protocol import Direction
from sendfix.link.text_logs import KEPT_FILES, TextLogs, log_line

AT = 1_767_364_200_123_456_789  # 2026-01-02T14:30:00.123456Z


def test_a_message_is_a_line_with_its_time_and_direction() -> None:
    line = log_line(Entry(1, AT, Direction.IN, b"8=FIX.4.4\x0135=0\x0158=caf\xc3\xa9\x01"))
    assert line == "2026-01-02T14:30:00.123456Z IN  8=FIX.4.4|35=0|58=café|\n"


def test_a_message_with_line_breaks_and_bytes_that_are_no_text_stays_one_line() -> None:
    line = log_line(Entry(1, AT, Direction.OUT, b"8=FIX.4.4\x0196=a\r\nb\xff\x01"))
    assert line == "2026-01-02T14:30:00.123456Z OUT 8=FIX.4.4|96=a  b\\xff|\n"


def test_a_change_of_state_is_a_line() -> None:
    line = log_line(
        Entry(1, AT, Direction.EVENT, b'{"event": "state", "state": "connecting", "text": "To x:1"}')
    )
    assert line == "2026-01-02T14:30:00.123456Z connecting: To x:1\n"


def test_messages_and_events_go_to_files_of_their_own(tmp_path: Path) -> None:
    logs = TextLogs(tmp_path / "log")
    logs.put("A", Entry(1, AT, Direction.IN, b"35=0\x01"))
    logs.put("A", Entry(2, AT, Direction.EVENT, b'{"event": "text", "text": "Created session"}'))
    logs.put("B", Entry(1, AT, Direction.OUT, b"35=D\x01"))
    logs.close()
    texts = {path.name: path.read_text() for path in (tmp_path / "log").iterdir()}
    assert texts == {
        "A.messages.log": "2026-01-02T14:30:00.123456Z IN  35=0|\n",
        "A.event.log": "2026-01-02T14:30:00.123456Z Created session\n",
        "B.messages.log": "2026-01-02T14:30:00.123456Z OUT 35=D|\n",
    }


def test_a_full_file_is_rotated_and_only_so_many_are_kept(tmp_path: Path) -> None:
    for number in range(KEPT_FILES + 3):
        logs = TextLogs(tmp_path, max_bytes=10)
        logs.put("A", Entry(number, AT, Direction.IN, b"35=%d\x01" % number))
        logs.close()
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["A.messages.log", *(f"A.messages.log.{number}" for number in range(1, KEPT_FILES + 1))]
    assert "35=7" in (tmp_path / "A.messages.log").read_text()
    assert "35=6" in (tmp_path / "A.messages.log.1").read_text()


def test_a_folder_that_has_gone_costs_the_lines_and_nothing_else(tmp_path: Path) -> None:
    logs = TextLogs(tmp_path / "log")
    (tmp_path / "log").rmdir()
    logs.put("A", Entry(1, AT, Direction.IN, b"35=0\x01"))
    logs.close()
    assert not (tmp_path / "log").exists()
