"""A pipe that wakes a thread out of its `select`, from any other thread and from a signal handler."""

from __future__ import annotations

import contextlib
import os
import signal
import threading


class Waker:
    """`descriptor` becomes readable when somebody wakes; then `drain` must be called by the thread that is woken."""

    def __init__(self) -> None:
        self._woken = False
        self._thread_id = 0
        self.descriptor, self._write_end = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)

    def begin(self) -> None:
        """By the thread that is to be woken: it needs no waking for what it does itself."""
        self._thread_id = threading.get_ident()

    def listen_to_signals(self) -> None:
        """In the main thread: a signal that comes just before `select` begins would otherwise be heard only with the
        next event."""
        signal.set_wakeup_fd(self._write_end, warn_on_full_buffer=False)

    def wake(self) -> None:
        if not self._woken and threading.get_ident() != self._thread_id:
            self._woken = True
            self.write()

    def write(self) -> None:
        """Wake in any case."""
        with contextlib.suppress(BlockingIOError, BrokenPipeError):
            os.write(self._write_end, b"!")

    def drain(self) -> None:
        # In this order: a byte written after the read is a wake-up of its own; one swallowed by it would leave the
        # flag up for ever, and the thread deaf.
        with contextlib.suppress(BlockingIOError):
            os.read(self.descriptor, 4096)
        self._woken = False

    def end(self) -> None:
        """Nobody listens any more."""
        os.close(self.descriptor)
        self.descriptor = -1

    def close(self) -> None:
        """When no other thread can wake any more."""
        if threading.current_thread() is threading.main_thread():
            signal.set_wakeup_fd(-1)
        os.close(self._write_end)
