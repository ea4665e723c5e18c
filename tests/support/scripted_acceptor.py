"""A counterparty that does as a test says: accepts connections, answers Logons, sends what it is given."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from enum import Enum

import simplefix

Message = simplefix.FixMessage


class OnLogon(Enum):
    """What the acceptor does when a Logon(A) comes."""

    ACCEPT = "accept"
    REFUSE = "refuse"
    IGNORE = "ignore"
    HANG_UP = "hang up"


def tag(message: Message, number: int) -> str | None:
    """The first value of a tag, or None."""
    value = message.get(number)
    return None if value is None else value.decode()


class ScriptedAcceptor:
    """Listens on 127.0.0.1 at `port`. Connections that send nothing (somebody looking whether it is there) are
    forgotten. One session at a time; Logout and TestRequest are answered unless `mute` is set."""

    def __init__(
        self,
        port: int = 0,
        on_logon: OnLogon = OnLogon.ACCEPT,
        text: str = "",
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._tls = tls
        self.on_logon = on_logon
        self.text = text
        self.mute = False
        self.next_out = 1
        self.received: list[Message] = []
        self.answer: Callable[[Message], None] = lambda message: None
        self._changed = threading.Condition()
        self._connection: socket.socket | None = None
        self._ids = ("", "", "")
        self._closed = False
        self._listener = socket.create_server(("127.0.0.1", port))
        self.port: int = self._listener.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def __enter__(self) -> ScriptedAcceptor:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def wait_for(self, msg_type: str, count: int = 1, timeout: float = 15.0) -> Message:
        """The `count`-th message of that type so far or to come."""
        deadline = time.monotonic() + timeout
        with self._changed:
            while True:
                found = [message for message in self.received if tag(message, 35) == msg_type]
                if len(found) >= count:
                    return found[count - 1]
                if not self._changed.wait(max(0.0, deadline - time.monotonic())):
                    seen = [tag(message, 35) for message in self.received]
                    raise AssertionError(f"no {msg_type} number {count} in {timeout} s; received {seen}")

    def send(
        self,
        msg_type: str,
        fields: Sequence[tuple[int, object]] = (),
        seq_num: int | None = None,
        header: Mapping[int, object] = {},
    ) -> None:
        """Send with the next MsgSeqNum(34), or with `seq_num` and without counting. `header` has other values for the
        header's fields; None leaves one out. Raises OSError."""
        with self._changed:
            connection, (begin_string, sender, target) = self._connection, self._ids
            number = seq_num
            if number is None:
                number, self.next_out = self.next_out, self.next_out + 1
        if connection is None:
            raise ConnectionError("nobody is logged on")
        now = datetime.now(UTC).strftime("%Y%m%d-%H:%M:%S.%f")[:-3]
        heading = {8: begin_string, 35: msg_type, 34: number, 49: sender, 56: target, 52: now}
        message = simplefix.FixMessage()
        for number, value in {**heading, **header}.items():
            if value is not None:
                message.append_pair(number, value, header=True)
        for number, value in fields:
            message.append_pair(number, value)
        connection.sendall(message.encode())

    def drop(self) -> None:
        """Close the connection without a word."""
        with self._changed:
            connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Idempotent."""
        if self._closed:
            return
        self._closed = True
        self._listener.shutdown(socket.SHUT_RDWR)
        self.drop()
        for thread in self._threads:
            thread.join(5)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._read, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _read(self, connection: socket.socket) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self._tls is not None:
            try:
                connection = self._tls.wrap_socket(connection, server_side=True)
            except OSError:
                connection.close()
                return
        parser = simplefix.FixParser()
        with connection:
            while not self._closed:
                try:
                    data = connection.recv(65536)
                except OSError:
                    return
                if not data:
                    return
                parser.append_buffer(data)
                while (message := parser.get_message()) is not None:
                    with contextlib.suppress(OSError):  # the other side has gone; what was read still counts
                        self._handle(connection, message)

    def _handle(self, connection: socket.socket, message: Message) -> None:
        with self._changed:
            self.received.append(message)
            self._changed.notify_all()
        msg_type = tag(message, 35)
        if msg_type == "A":
            self._logon(connection, message)
        elif msg_type == "5" and not self.mute:
            self.send("5")
        elif msg_type == "1" and not self.mute:
            self.send("0", [(112, tag(message, 112))])
        self.answer(message)

    def _logon(self, connection: socket.socket, message: Message) -> None:
        with self._changed:
            self._connection = connection
            self._ids = (tag(message, 8) or "", tag(message, 56) or "", tag(message, 49) or "")
            if tag(message, 141) == "Y":
                self.next_out = 1
        if self.on_logon is OnLogon.ACCEPT:
            self.send("A", [(98, 0), (108, tag(message, 108))])
        elif self.on_logon is OnLogon.REFUSE:
            self.send("5", [(58, self.text)])
        elif self.on_logon is OnLogon.HANG_UP:
            self.drop()
