"""How gunicorn serves the desk: `gunicorn -c gunicorn_config.py wsgi:app`.

One gevent worker, as the desk keeps its live state in one process. Requests are logged to `logs/access.log`; what
gunicorn and the desk have to say goes to stderr and to `logs/error.log`. SIGUSR1 reopens both, for log rotation.
"""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import socket
import time
from pathlib import Path
from types import FrameType
from typing import Any, ClassVar

from geventwebsocket.handler import WebSocketHandler
from gunicorn.glogging import Logger  # type: ignore[import-untyped]
from gunicorn.workers.ggevent import PyWSGIHandler  # type: ignore[import-untyped]

from sendfix import logs

_host = os.environ.get("SENDFIX_HOST") or "127.0.0.1"
_logs = Path(os.environ.get("SENDFIX_WEB_LOG_DIR") or Path(__file__).resolve().parent / "logs")
_logs.mkdir(parents=True, exist_ok=True)
_log_format = (os.environ.get("SENDFIX_LOG_FORMAT") or "text").lower()

bind = f"[{_host}]" if ":" in _host else _host
bind = f"{bind}:{os.environ.get('SENDFIX_PORT') or '5001'}"
proc_name = "sendfix-webapp"
# Any other class serves Socket.IO by polling, without a word.
worker_class = "geventwebsocket.gunicorn.workers.GeventWebSocketWorker"
workers = 1
worker_connections = 2000
graceful_timeout = 15
# Each worker opens its own database and link, after gevent has patched it.
preload_app = False
control_socket_disable = True

accesslog = str(_logs / "access.log")
errorlog = "-"
# Whatever SENDFIX_LOG_LEVEL says of the desk's own words: where it listens, and that it is ready, is waited for.
loglevel = "info"

_error_file = logging.FileHandler(_logs / "error.log", delay=True)
_ERROR_FORMAT = "%(asctime)s.%(msecs)03dZ [%(process)d] %(levelname)s %(name)s: %(message)s"
_error_file.setFormatter(logs.formatter(_log_format, _ERROR_FORMAT))


class Log(Logger):  # type: ignore[misc]
    """Gunicorn's own words in the same format as the desk's."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        if _log_format == "json":
            for handler in [*self.error_log.handlers, *self.access_log.handlers]:
                handler.setFormatter(logs.formatter(_log_format, ""))


logger_class = Log


class RequestHandler(WebSocketHandler, PyWSGIHandler):  # type: ignore[misc]
    """The worker's own handler logs no request. A WebSocket is logged when it ends, with the time it was open."""

    websockets: ClassVar[set[Any]] = set()
    idle: ClassVar[set[Any]] = set()
    """Connections that wait for their next request."""

    def read_requestline(self) -> Any:
        self.idle.add(self.socket)
        try:
            return super().read_requestline()
        finally:
            self.idle.discard(self.socket)

    def run_websocket(self) -> None:
        self.websockets.add(self.socket)
        try:
            super().run_websocket()
        finally:
            self.websockets.discard(self.socket)

    def log_request(self) -> None:
        """Client, time, request, status, bytes, milliseconds, user agent. Gunicorn's own formatting makes a table of
        every header first, which was a tenth of what an order costs."""
        # There is no environ yet when the request could not be read at all.
        environ = getattr(self, "environ", None)
        if environ is None:
            return
        status = self.status.decode() if isinstance(self.status, bytes) else str(self.status)
        if _log_format == "json":
            self.server.log.access_log.info(
                {
                    "remote": environ.get("REMOTE_ADDR"),
                    "message": self.requestline,
                    "status": int(status[:3]),
                    "bytes": self.response_length,
                    "milliseconds": round(1000 * (self.time_finish - self.time_start), 1),
                    "user_agent": environ.get("HTTP_USER_AGENT"),
                    "request_id": self._answered_request_id(),
                }
            )
            return
        self.server.log.access_log.info(
            '%s %s "%s" %s %s %dms "%s"',
            environ.get("REMOTE_ADDR", "-"),
            time.strftime("[%d/%b/%Y:%H:%M:%S %z]"),
            _quotable(self.requestline),
            status[:3],
            self.response_length,
            1000 * (self.time_finish - self.time_start),
            _quotable(environ.get("HTTP_USER_AGENT", "-")),
        )

    def _answered_request_id(self) -> str | None:
        # Names and values are bytes. A WebSocket has no answer of the desk's.
        for name, value in self.response_headers or ():
            if bytes(name).lower() == b"x-request-id":
                return bytes(value).decode("latin-1")
        return None


def _quotable(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def on_starting(server: Any) -> None:
    server.log.error_log.addHandler(_error_file)


def post_worker_init(worker: Any) -> None:
    """The desk is loaded. From now on SIGTERM lets the browsers go, for whose WebSockets gunicorn would wait else."""
    import gevent

    from sendfix.web import request_id

    _error_file.setFormatter(logs.formatter(_log_format, _ERROR_FORMAT, request_id.current))
    logging.getLogger("sendfix").addHandler(_error_file)
    worker.wsgi_handler = RequestHandler
    # The master, which has a copy of its own, kills after the whole of it: leave time for worker_exit.
    worker.cfg.set("graceful_timeout", graceful_timeout - 5)

    def stop(number: int, frame: FrameType | None) -> None:
        worker.handle_exit(number, frame)
        gevent.spawn(_let_browsers_go)

    signal.signal(signal.SIGTERM, stop)
    signal.siginterrupt(signal.SIGTERM, False)
    worker.log.info("desk: ready")


def worker_exit(_server: Any, worker: Any) -> None:
    """Requests are answered, browsers are gone: store what is left and close."""
    app = getattr(worker, "wsgi", None)
    if app is not None:
        from sendfix_web_multi import shutdown

        _close_transports()
        shutdown(app)


def _let_browsers_go() -> None:
    """Again and again: until the worker stops listening, within a second, they come back."""
    import gevent

    while True:
        _close_transports()
        gevent.sleep(0.2)
        # Some do not answer the closing frame, others keep a connection for later: the worker would wait for them.
        for connection in [*RequestHandler.websockets, *RequestHandler.idle]:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RD)


def _close_transports() -> None:
    """The transport alone: a client that is told goodbye by Engine.IO or Socket.IO takes it as a wish to stay away."""
    from sendfix_web_multi import socketio

    for client in list(socketio.server.eio.sockets.values()):
        client.close(wait=False, abort=True)
