"""The journal of one session: an append-only file of entries with a running index, which survives `kill -9`.

A journal is a folder of segments named after their first index. A segment is a header (magic, journal id, first
index) and entries, each a small header (payload length, CRC32, time, direction) and the payload. The CRC starts
from the index, so that an entry can't pass for another one. What a crash left half written is cut off at open, and
kept in a file beside; nobody has been told of it, because an entry is handed on only after its write has returned. An
entry that the disk has damaged is read as an event that says so; those behind it keep their indexes. Indexes are
reserved on the disk before they are used (`reservation.py`): after a failure of the machine, which may have lost the
end of the file, the journal goes on behind all that may have been handed out.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import logging
import os
import secrets
import threading
import time
from bisect import bisect_right
from collections.abc import Callable, Iterator
from pathlib import Path

from sendfix.link.journal_entries import (
    DAMAGED,
    ENTRY_HEADER,
    EVENT,
    MAGIC,
    MAX_PAYLOAD_BYTES,
    ON_REQUEST,
    SEGMENT_HEADER,
    Entry,
    behind_damage,
    checksum,
    deleted,
    missing,
)
from sendfix.link.reservation import Reservation, boot_id

SEGMENT_BYTES = 64 * 1024 * 1024
MAX_INDEX = 10**15
"""What the names of the segments have digits for."""

log = logging.getLogger(__name__)

_DAY_NS = 86_400 * 10**9
_MARK_EVERY = 256
_READ_BYTES = 256 * 1024


class JournalError(Exception):
    """The journal can't be used; the text is for a person."""


class _Segment:
    """`marks` are (index, offset) of some entries, so that a read need not begin at the segment's start."""

    def __init__(self, path: Path, first_index: int) -> None:
        self.path = path
        self.first_index = first_index
        self.marks: list[tuple[int, int]] = [(first_index, SEGMENT_HEADER.size)]
        self.behind_damage: dict[int, tuple[int, int] | None] = {}


class Journal:
    """Append from any thread, read from any thread; one process at a time. `on_append` is called with each entry,
    in order, under the journal's lock: it must be quick and must not call the journal; if it fails, that is logged."""

    def __init__(
        self,
        folder: Path,
        *,
        segment_bytes: int = SEGMENT_BYTES,
        clock: Callable[[], int] = time.time_ns,
        write: Callable[[int, bytes], int] = os.write,
        boot: bytes | None = None,
    ) -> None:
        """Open or create. `boot` is an id of this start of the machine, by default the kernel's. Raises
        `JournalError` when another process has it open or a file is not a journal's, and OSError."""
        self.on_append: Callable[[Entry], None] | None = None
        self.repaired_bytes = 0
        self.damaged_entries = 0
        self.left_out = 0
        self._folder = folder
        self._segment_bytes = segment_bytes
        self._clock = clock
        self._write = write
        self._lock = threading.Lock()
        self._fd = -1
        self._reservation: Reservation | None = None
        self._opened = False
        self._day = clock() // _DAY_NS
        folder.mkdir(parents=True, exist_ok=True)
        self._lock_fd = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            self._take_lock()
            self._segments = self._find_segments()
            if self._segments:
                self._open_last()
            else:
                self.journal_id = secrets.token_hex(8)
                self._size = 0
                self._next_index = 1
                self._add_segment()
            self._reservation = Reservation(folder / "reserved", boot_id() if boot is None else boot)
            if self._reservation.other_boot:
                self.left_out = self.skip_to(self._reservation.up_to)
            self._reservation.begin(self._next_index, self._fd)
            self._opened = True
        except BaseException:
            self.close()
            raise

    @property
    def first_index(self) -> int:
        """The index of the oldest entry that is kept; 1 while nothing has been appended."""
        return self._segments[0].first_index

    @property
    def last_index(self) -> int:
        """0 while nothing has been appended."""
        return self._next_index - 1

    def append(self, direction: int, payload: bytes) -> int:
        """Write one entry and return its index once it is in the file. Raises OSError (a full disk); the journal
        is then as it was before, and the next append may work."""
        with self._lock:
            index = self._next_index
            at_ns = self._clock()
            new_day = at_ns // _DAY_NS > self._day and index > self._segments[-1].first_index
            if self._size >= self._segment_bytes or new_day:
                self._add_segment()
            self._day = at_ns // _DAY_NS
            if self._reservation is None:
                raise OSError(9, "The journal is closed")
            self._reservation.keep_ahead(index, self._fd)
            check = checksum(index, at_ns, direction, payload)
            data = ENTRY_HEADER.pack(len(payload), check, at_ns, direction) + payload
            self._write_whole(data)
            if index % _MARK_EVERY == 0 and index > self._segments[-1].marks[-1][0]:
                self._segments[-1].marks.append((index, self._size))
            self._size += len(data)
            self._next_index = index + 1
            if self.on_append is not None:
                try:
                    self.on_append(Entry(index, at_ns, direction, payload))
                except Exception:
                    log.exception("a listener of the journal %s failed", self._folder)
            return index

    def skip_to(self, index: int) -> int:
        """Never give out an index up to this one, since somebody has seen an entry with it that is not there any
        more. How many are left out; if any, a note about it is appended. Raises OSError, and ValueError for an index
        above `MAX_INDEX`."""
        if index > MAX_INDEX:
            raise ValueError(f"index {index} is above {MAX_INDEX}")
        with self._lock:
            first = self._next_index
            count = index + 1 - first
            if count <= 0:
                return 0
            self._next_index = index + 1
            try:
                self._add_segment()
            except OSError:
                self._next_index = first
                raise
        text = f"The indexes {first} to {index} of the journal are left out: entries with them may have been lost in a"
        text += f" failure of the machine; {ON_REQUEST}"
        self.append(EVENT, json.dumps({"event": "text", "text": text}).encode())
        return count

    def read(self, after_index: int, limit: int) -> list[Entry]:
        """Up to `limit` entries with indexes above `after_index`, in order; empty at the end. One that has been
        damaged on disk is an event that says so. Where a whole range is missing, one event says it, with the range's
        last index. Raises OSError."""
        entries: list[Entry] = []
        wanted = max(after_index + 1, 1)
        last = self.last_index
        first = self.first_index
        if wanted < first:
            entries.append(deleted(wanted, first - 1))
            wanted = first
        while len(entries) < limit and wanted <= last:
            segment = self._segment_of(wanted)
            end = min(last, wanted + limit - len(entries) - 1)
            found = self._read_segment(segment, wanted, end)
            if not found:
                # Nothing whole is behind it in this segment.
                following = self._segments[self._segments.index(segment) + 1].first_index
                found = [missing(wanted, following - 1)]
            entries.extend(found)
            wanted = found[-1].number + 1
        return entries if all(entry.at_ns for entry in entries) else _dated(entries, self._clock())

    def prune(self, up_to: int, older_than_ns: int) -> int:
        """Delete the segments at the beginning of which nothing is above index `up_to` and nothing was written since
        `older_than_ns`; never the last one. How many were deleted. Raises OSError."""
        count = 0
        with self._lock:
            while len(self._segments) > 1 and self._segments[1].first_index <= up_to + 1:
                path = self._segments[0].path
                if path.stat().st_mtime_ns >= older_than_ns:
                    break
                path.unlink()
                self._segments = self._segments[1:]
                count += 1
        return count

    def writable(self) -> bool:
        """Whether an entry of ordinary size could be appended now (found out by writing and taking back)."""
        with self._lock:
            try:
                self._write_whole(bytes(64 * 1024))
            except OSError:
                return False
            os.ftruncate(self._fd, self._size)
            return True

    def close(self) -> None:
        """Idempotent. Nothing may be appended afterwards."""
        with self._lock:
            if self._reservation is not None:
                self._reservation.wait()
                # Closed in order, nothing has to be left out, whatever happens to the machine. Not so when it could
                # not be opened: what was reserved then stays so.
                if self._opened:
                    with contextlib.suppress(OSError):
                        os.fdatasync(self._fd)
                        self._reservation.reserve(self._next_index - 1)
                self._reservation.close()
                self._reservation = None
            for fd in (self._fd, self._lock_fd):
                if fd >= 0:
                    os.close(fd)
            self._fd = self._lock_fd = -1

    def _take_lock(self) -> None:
        try:
            fcntl.flock(self._lock_fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise JournalError(
                f"{self._folder} is in use by another process; stop it, or give this one another store"
            ) from None

    def _find_segments(self) -> list[_Segment]:
        return [_Segment(path, int(path.stem)) for path in sorted(self._folder.glob("[0-9]*.journal"))]

    def _open_last(self) -> None:
        """Check the last segment, cut off a torn tail, and go on behind it."""
        segment = self._segments[-1]
        header = segment.path.read_bytes()[: SEGMENT_HEADER.size]
        if len(header) < SEGMENT_HEADER.size:
            # The crash came while the segment was being made: nothing can be in it.
            segment.path.unlink()
            self.repaired_bytes += len(header)
            self._segments.pop()
            if self._segments:
                self._open_last()
                return
            self.journal_id = secrets.token_hex(8)
            self._size, self._next_index = 0, segment.first_index
            self._add_segment()
            return
        magic, journal_id, first_index = SEGMENT_HEADER.unpack(header)
        if magic != MAGIC or first_index != segment.first_index:
            raise JournalError(f"{segment.path} is not a segment of a journal; move it away")
        self.journal_id = journal_id.decode("ascii")
        self._day = segment.path.stat().st_mtime_ns // _DAY_NS
        last, size = self._scan(segment)
        self._fd = os.open(segment.path, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC)
        torn = os.fstat(self._fd).st_size - size
        if torn:
            self.repaired_bytes += torn
            self._keep_damaged(segment.path, size)
        os.ftruncate(self._fd, size)
        self._size = size
        self._next_index = last + 1

    def _keep_damaged(self, path: Path, offset: int) -> None:
        """What is cut off stays in a file beside, for a person; no room for it is no reason not to start."""
        with contextlib.suppress(OSError), open(path, "rb") as file:
            file.seek(offset)
            path.with_suffix(f".{offset}.damaged").write_bytes(file.read())

    def _scan(self, segment: _Segment) -> tuple[int, int]:
        """The last whole entry's index and the offset behind it; what is damaged before it is counted."""
        index, offset = segment.first_index - 1, SEGMENT_HEADER.size
        for entry, behind in self._walk(segment, segment.first_index, offset):
            index, offset = entry.number, behind
            self.damaged_entries += entry.payload == DAMAGED
        return index, offset

    def _add_segment(self) -> None:
        path = self._folder / f"{self._next_index:016d}.journal"
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND | os.O_CLOEXEC, 0o600)
        header = SEGMENT_HEADER.pack(MAGIC, self.journal_id.encode("ascii"), self._next_index)
        try:
            if self._write(fd, header) != len(header):
                raise OSError(28, "No space left on device")
        except OSError:
            os.close(fd)
            path.unlink()
            raise
        if self._fd >= 0:
            os.fdatasync(self._fd)
            os.close(self._fd)
        self._fd = fd
        self._size = len(header)
        if not self._segments or self._segments[-1].first_index != self._next_index:
            self._segments.append(_Segment(path, self._next_index))

    def _write_whole(self, data: bytes) -> None:
        if len(data) > MAX_PAYLOAD_BYTES:
            raise OSError(27, "Entry too large for the journal")
        try:
            written = self._write(self._fd, data)
        except OSError:
            os.ftruncate(self._fd, self._size)
            raise
        if written != len(data):
            os.ftruncate(self._fd, self._size)
            raise OSError(28, "No space left on device")

    def _segment_of(self, index: int) -> _Segment:
        return self._segments[bisect_right(self._segments, index, key=lambda item: item.first_index) - 1]

    def _read_segment(self, segment: _Segment, first: int, last: int) -> list[Entry]:
        """The entries `first` to `last` as far as they are in this segment."""
        marks = segment.marks
        index, offset = marks[bisect_right(marks, first, key=lambda mark: mark[0]) - 1]
        entries: list[Entry] = []
        for entry, behind in self._walk(segment, index, offset):
            index = entry.number + 1
            if index > first:
                entries.append(entry)
            if index % _MARK_EVERY == 0 and index > marks[-1][0] and entry.payload != DAMAGED:
                with self._lock:
                    if index > marks[-1][0]:
                        marks.append((index, behind))
            if index > last:
                break
        return entries

    def _walk(self, segment: _Segment, index: int, offset: int) -> Iterator[tuple[Entry, int]]:
        """Every entry from this one on, with the offset behind it. One that is damaged stands as an event that says
        so, if a whole one follows; without one it is the end."""
        header_size = ENTRY_HEADER.size
        at_ns = 0
        with open(segment.path, "rb", buffering=_READ_BYTES) as file:
            file.seek(offset)
            while True:
                header = file.read(header_size)
                whole = len(header) == header_size
                if whole:
                    length, check, at_ns, direction = ENTRY_HEADER.unpack(header)
                    payload = file.read(length) if length <= MAX_PAYLOAD_BYTES else b""
                    whole = len(payload) == length and check == checksum(index, at_ns, direction, payload)
                if whole:
                    offset += header_size + length
                    yield Entry(index, at_ns, direction, payload), offset
                    index += 1
                    continue
                if offset in segment.behind_damage:
                    found = segment.behind_damage[offset]
                else:
                    found = behind_damage(segment.path, index, offset)
                    if found is not None or segment is not self._segments[-1]:
                        segment.behind_damage[offset] = found
                if found is None:
                    return
                for lost in range(index, found[0]):
                    yield Entry(lost, 0, EVENT, DAMAGED), found[1]
                index, offset = found
                file.seek(offset)


def _dated(entries: list[Entry], at_ns: int) -> list[Entry]:
    """What stands for entries that are gone gets the time of what follows, or `at_ns` at the end."""
    for place in range(len(entries) - 1, -1, -1):
        if entries[place].at_ns:
            at_ns = entries[place].at_ns
        else:
            entries[place] = entries[place]._replace(at_ns=at_ns)
    return entries
