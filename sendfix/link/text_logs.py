"""The logs that people read: `<name>.messages.log` and `<name>.event.log` for each session, rotated by size.

Written from the journal's entries by a thread of its own, in batches, so that no message waits for them. What can't
be written (a full disk) is left out: the journal is the record.
"""

from __future__ import annotations

import json
import logging
import threading
from collections import defaultdict, deque
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from sendfix.fix.refused import reason_and_message
from sendfix.link.journal_entries import Entry
from sendfix.link.protocol import Direction

log = logging.getLogger("sendfix.engine")

MAX_BYTES = 20 * 1024 * 1024
KEPT_FILES = 5
BATCH_SECONDS = 0.1
MAX_WAITING = 200_000

_LABEL = {Direction.IN: "IN ", Direction.OUT: "OUT"}


class TextLogs:
    """`put` from any thread; `close` writes what is left."""

    def __init__(
        self, folder: Path, max_bytes: int = MAX_BYTES, mask: Callable[[str], str] = lambda raw: raw
    ) -> None:
        """`mask` hides in each message what is not to be shown."""
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._max_bytes = max_bytes
        self._mask = mask
        self._waiting: deque[tuple[str, Entry]] = deque(maxlen=MAX_WAITING)
        self._closing = threading.Event()
        self._failing = False
        self._thread = threading.Thread(target=self._run, name="text logs", daemon=True)
        self._thread.start()

    def put(self, name: str, entry: Entry) -> None:
        self._waiting.append((name, entry))

    def close(self) -> None:
        self._closing.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._closing.wait(BATCH_SECONDS):
            self._write_batch()
        self._write_batch()

    def _write_batch(self) -> None:
        lines: defaultdict[str, list[str]] = defaultdict(list)
        for _ in range(len(self._waiting)):
            name, entry = self._waiting.popleft()
            kind = "event" if entry.direction == Direction.EVENT else "messages"
            lines[f"{name}.{kind}.log"].append(log_line(entry, self._mask))
        for file_name, texts in lines.items():
            try:
                self._append(self._folder / file_name, "".join(texts).encode("utf-8", "backslashreplace"))
                self._failing = False
            except OSError as error:
                if not self._failing:
                    log.error("%s can't be written: %s", self._folder / file_name, error.strerror)
                self._failing = True

    def _append(self, path: Path, data: bytes) -> None:
        if path.exists() and path.stat().st_size + len(data) > self._max_bytes:
            for number in range(KEPT_FILES - 1, 0, -1):
                older = path.with_name(f"{path.name}.{number}")
                if older.exists():
                    older.replace(path.with_name(f"{path.name}.{number + 1}"))
            path.replace(path.with_name(f"{path.name}.1"))
        with path.open("ab") as file:
            file.write(data)


def log_line(entry: Entry, mask: Callable[[str], str] = lambda raw: raw) -> str:
    """One line, with its end: the time in UTC with microseconds, the direction, the message with | for SOH."""
    seconds, nanoseconds = divmod(entry.at_ns, 1_000_000_000)
    at = datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S") + f".{nanoseconds // 1000:06d}Z"
    text = entry.payload.decode("utf-8", "backslashreplace")
    if entry.direction == Direction.EVENT:
        event = json.loads(text)
        state = f"{event['state']}: " if event["event"] == "state" else ""
        text = f"{state}{event['text']}"
    elif entry.direction == Direction.REFUSED:
        reason, raw = reason_and_message(entry.payload)
        message = raw.decode("utf-8", "backslashreplace")
        text = f"IN  {mask(message).replace(chr(1), '|')} (not accepted: {reason})"
    else:
        text = f"{_LABEL[Direction(entry.direction)]} {mask(text).replace(chr(1), '|')}"
    return f"{at} {text.replace(chr(13), ' ').replace(chr(10), ' ')}\n"
