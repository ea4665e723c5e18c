"""The HTTP server: werkzeug's, a thread for each connection, WebSockets included.

A person or two and their scripts are its load. A server with a loop of its own (gevent) would have to patch sockets
and locks under the core's thread.
"""

from __future__ import annotations

import logging
import socket
from typing import Any, Final

from flask import Flask
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

STALLED: Final = 30_000
"""Milliseconds after which a connection that takes nothing is given up, so that no thread writes to it for ever."""


class Handler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def setup(self) -> None:
        if hasattr(socket, "TCP_USER_TIMEOUT"):
            self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, STALLED)
        super().setup()

    def connection_dropped(self, error: BaseException, environ: dict[str, Any] | None = None) -> None:
        # A WebSocket ends this way too; what a client says after it is not to be read as another request.
        self.close_connection = True

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        logging.getLogger("broker.http").debug("%s %s %s", self.command, self.path, code)


def make_http_server(listener: socket.socket, app: Flask) -> BaseWSGIServer:
    """It serves with `serve_forever`, in whichever thread calls that; `listener` stays the caller's to close."""
    host, port = listener.getsockname()[:2]
    return make_server(host, port, app, True, 1, Handler, fd=listener.fileno())
