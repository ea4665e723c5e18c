"""Which indexes of a journal may have been handed out: known even after the machine has failed and lost its end.

A file of two slots, written in turn and flushed to the disk, so that one of them is whole at any instant. A slot says
up to which index entries may have been appended, and in which boot of the machine. In the same boot nothing that was
written can be lost, however the process ended. In a later one, everything up to that index may have been seen by a
desk, and must not be given to another entry.
"""

from __future__ import annotations

import contextlib
import os
import struct
import threading
from pathlib import Path
from zlib import crc32

RESERVED_AT_ONCE = 4096
RESERVE_BELOW = 2048
"""So many indexes before the reserved ones are used up, more are reserved."""

_SLOT = struct.Struct("<QQ36s")  # a running number, the index, the boot's id
_CHECK = struct.Struct("<I")
_SLOT_BYTES = 512  # a disk's sector, which is written whole or not at all
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


def boot_id() -> bytes:
    """Another one after each start of the machine; empty where the kernel does not tell, which counts as another."""
    try:
        return _BOOT_ID.read_bytes().strip()[:36]
    except OSError:
        return b""


class Reservation:
    """`up_to` is the last index that may have been handed out; `other_boot` whether the machine has been started
    since that was written."""

    def __init__(self, path: Path, boot: bytes) -> None:
        """Open or create. Raises OSError."""
        self._boot = boot
        self._number = 0
        self._thread: threading.Thread | None = None
        self.up_to = 0
        found = b""
        self._fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        for slot in range(2):
            data = os.pread(self._fd, _SLOT.size + _CHECK.size, slot * _SLOT_BYTES)
            if len(data) < _SLOT.size + _CHECK.size or _CHECK.unpack(data[_SLOT.size :])[0] != crc32(
                data[: _SLOT.size]
            ):
                continue
            number, up_to, written_in = _SLOT.unpack(data[: _SLOT.size])
            if number > self._number:
                self._number, self.up_to, found = number, up_to, written_in.rstrip(b"\0")
        self.other_boot = self._number > 0 and (not boot or found != boot)

    def reserve(self, up_to: int) -> None:
        """On the disk when it returns. Raises OSError; then what was reserved before is still so."""
        data = _SLOT.pack(self._number + 1, up_to, self._boot)
        data += _CHECK.pack(crc32(data))
        slot = (self._number + 1) % 2
        if os.pwrite(self._fd, data.ljust(_SLOT_BYTES, b"\0"), slot * _SLOT_BYTES) != _SLOT_BYTES:
            raise OSError(28, "No space left on device")
        os.fdatasync(self._fd)
        self._number += 1
        self.up_to = up_to

    def begin(self, index: int, fd: int) -> None:
        """Before the first entries, from `index` on, are written to `fd`. Raises OSError."""
        # What is written so far goes to the disk too, so that no more than this can be lost with the machine.
        os.fdatasync(fd)
        self.reserve(index + RESERVED_AT_ONCE - 1)

    def keep_ahead(self, index: int, fd: int) -> None:
        """Before an entry is written to `fd`: it may have this index when it returns. More are reserved ahead of their
        use in a thread, since a disk takes its time to flush, and all that a session sends and receives waits for the
        journal. Raises OSError."""
        if index > self.up_to:
            self.wait()
            if index > self.up_to:
                self.begin(index, fd)
        elif index == self.up_to - RESERVE_BELOW:
            self.wait()
            with contextlib.suppress(OSError):
                # Its own descriptor: a new segment closes the journal's.
                work = (os.dup(fd), index + RESERVE_BELOW + 1)
                self._thread = threading.Thread(target=self._ahead, args=work, name="reserve", daemon=True)
                self._thread.start()

    def close(self) -> None:
        self.wait()
        os.close(self._fd)

    def _ahead(self, fd: int, index: int) -> None:
        """What fails here is tried again when the indexes are used up, and said then."""
        try:
            with contextlib.suppress(OSError):
                self.begin(index, fd)
        finally:
            os.close(fd)

    def wait(self) -> None:
        """Until the thread is done, if there is one."""
        if self._thread is not None:
            self._thread.join()
            self._thread = None
