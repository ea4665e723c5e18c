"""The sockets that the core waits for: the listener, the clients, and a pair by which other threads wake it."""

from __future__ import annotations

import logging
import selectors
import socket
import time
from typing import Final

from broker.connection import Connection

log: Final = logging.getLogger("broker")


class Sockets:
    """`wake` is for any thread, the rest for the core's."""

    def __init__(self, listener: socket.socket) -> None:
        self._listener = listener
        self._selector = selectors.DefaultSelector()
        self._waker, self._wake = socket.socketpair()
        self._waker.setblocking(False)
        self._wake.setblocking(False)
        listener.setblocking(False)
        self._selector.register(listener, selectors.EVENT_READ)
        self._selector.register(self._waker, selectors.EVENT_READ)
        self._listening = True

    def wake(self) -> None:
        try:
            self._wake.send(b"\0")
        except OSError:
            return  # it is awake already, or ended

    def wait(self, timeout: float) -> tuple[list[Connection], list[Connection]]:
        """Those who have come, and those who have something to be read."""
        arrived: list[Connection] = []
        readable: list[Connection] = []
        for key, mask in self._selector.select(timeout):
            if key.fileobj is self._listener:
                arrived += self._accept()
            elif key.fileobj is self._waker:
                self._waker.recv(4096)
            elif mask & selectors.EVENT_READ:
                readable.append(key.data)
        return arrived, readable

    def _accept(self) -> list[Connection]:
        arrived: list[Connection] = []
        while True:
            try:
                client, address = self._listener.accept()
            except BlockingIOError:
                return arrived
            except OSError as error:
                # Too many open files, most likely: the listener stays ready, so leave it alone for a while.
                log.error("a connection could not be accepted: %s", error)
                self.pause_listening()
                return arrived
            connection = Connection(client, f"{address[0]}:{address[1]}", time.time())
            self._selector.register(client, selectors.EVENT_READ, connection)
            arrived.append(connection)

    def pause_listening(self) -> None:
        if self._listening:
            self._selector.unregister(self._listener)
            self._listening = False

    def listen_again(self) -> None:
        if not self._listening:
            self._selector.register(self._listener, selectors.EVENT_READ)
            self._listening = True

    def stop_listening(self) -> None:
        self.pause_listening()
        self._listener.close()

    def watch(self, connection: Connection) -> None:
        """For what it can do now: read, write, or, while a fault makes it silent, nothing."""
        wanted = 0 if connection.silent_until else selectors.EVENT_READ
        if connection.is_blocked:
            wanted |= selectors.EVENT_WRITE
        if connection.watched == wanted:
            return
        if not wanted:
            self._selector.unregister(connection.socket)
        elif not connection.watched:
            self._selector.register(connection.socket, wanted, connection)
        else:
            self._selector.modify(connection.socket, wanted, connection)
        connection.watched = wanted

    def close_connection(self, connection: Connection) -> None:
        if connection.watched:
            self._selector.unregister(connection.socket)
        connection.socket.close()

    def close(self) -> None:
        self._selector.close()
        self._listener.close()
        self._waker.close()
        self._wake.close()
