"""How gunicorn serves the desk: `gunicorn -c gunicorn_config.py wsgi:app`.

One gevent worker, as the desk keeps its live state in one process. Requests are logged to `logs/access.log`; what
gunicorn and the desk have to say goes to stderr and to `logs/error.log`. SIGUSR1 reopens both, for log rotation.
"""

from __future__ import annotations

import logging
import os
import signal
from pathlib import Path
from types import FrameType
from typing import Any

_host = os.environ.get("SENDFIX_HOST") or "127.0.0.1"
_logs = Path(os.environ.get("SENDFIX_WEB_LOG_DIR") or Path(__file__).resolve().parent / "logs")
_logs.mkdir(parents=True, exist_ok=True)

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
# With the milliseconds each request took.
access_log_format = '%(h)s %(t)s "%(r)s" %(s)s %(b)s %(M)sms "%(a)s"'
errorlog = "-"
loglevel = (os.environ.get("SENDFIX_LOG_LEVEL") or "info").lower()

_error_file = logging.FileHandler(_logs / "error.log", delay=True)
_error_file.setFormatter(logging.Formatter("%(asctime)s [%(process)d] %(levelname)s %(name)s: %(message)s"))


def on_starting(server: Any) -> None:
    server.log.error_log.addHandler(_error_file)


def post_worker_init(worker: Any) -> None:
    """The desk is loaded. From now on SIGTERM lets the browsers go, for whose WebSockets gunicorn would wait else."""
    import gevent

    logging.getLogger("sendfix").addHandler(_error_file)

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

        shutdown(app)


def _let_browsers_go() -> None:
    """Close every transport, again and again: until the worker stops listening, within a second, they come back.

    It is the transport that is closed and not the Socket.IO session: that would tell them to stay away.
    """
    import gevent

    from sendfix_web_multi import socketio

    engine_io = socketio.server.eio
    while True:
        for sid in list(engine_io.sockets):
            gevent.spawn(engine_io.disconnect, sid)
        gevent.sleep(0.1)
