"""The baseline: QuickFIX in Python alone against the same broker, order to acknowledgement.

Run as a process: `bare.py FIX_PORT STORE_DIR IN_FLIGHT ORDERS`; prints one line of JSON.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from pathlib import Path
from typing import Any

import quickfix as fix

SETTINGS = """[DEFAULT]
ConnectionType=initiator
FileStorePath={store}
HeartBtInt=30
ReconnectInterval=1
NonStopSession=Y
UseDataDictionary=N
[SESSION]
BeginString=FIX.4.4
SenderCompID=BARE{suffix}
TargetCompID=BROKER
SocketConnectHost=127.0.0.1
SocketConnectPort={port}
SocketNodelay=Y
"""


class Bare(fix.Application):  # type: ignore[misc]
    """Sends the next order as soon as one of those in flight is acknowledged."""

    def __init__(self, orders: int, in_flight: int) -> None:
        super().__init__()
        self.orders = orders
        self.logged_on = threading.Event()
        self.done = threading.Event()
        self.free = threading.Semaphore(in_flight)
        self.sent_at: dict[str, float] = {}
        self.latencies: list[float] = []

    def onCreate(self, session_id: Any) -> None:  # noqa: N802
        self.session_id = session_id

    def onLogon(self, session_id: Any) -> None:  # noqa: N802
        self.logged_on.set()

    def onLogout(self, session_id: Any) -> None:  # noqa: N802
        pass

    def toAdmin(self, message: Any, session_id: Any) -> None:  # noqa: N802
        pass

    def fromAdmin(self, message: Any, session_id: Any) -> None:  # noqa: N802
        pass

    def toApp(self, message: Any, session_id: Any) -> None:  # noqa: N802
        pass

    def fromApp(self, message: Any, session_id: Any) -> None:  # noqa: N802
        now = time.perf_counter()
        text = message.toString()
        if "\x0135=8\x01" not in text or "\x01150=0\x01" not in text:
            return
        start = text.index("\x0111=") + 4
        self.latencies.append(now - self.sent_at.pop(text[start : text.index("\x01", start)]))
        self.free.release()
        if len(self.latencies) == self.orders:
            self.done.set()


def main(port: int, store: Path, in_flight: int, orders: int) -> dict[str, Any]:
    settings = store / "bare.cfg"
    settings.write_text(SETTINGS.format(store=store, port=port, suffix=in_flight))
    application = Bare(orders, in_flight)
    config = fix.SessionSettings(str(settings))
    factory = fix.FileStoreFactory(config)
    initiator = fix.SocketInitiator(application, factory, config)
    runner = threading.Thread(target=initiator.block)
    runner.start()
    if not application.logged_on.wait(20):
        raise SystemExit("the bare session did not log on")
    started, cpu = time.perf_counter(), time.process_time()
    for number in range(orders):
        application.free.acquire()
        cl_ord_id = f"B{in_flight}-{time.time_ns()}-{number}"
        body = (
            f"35=D\x0111={cl_ord_id}\x0121=1\x0138=100\x0140=1\x0154=1\x0155=AAPL\x0160="
            f"{time.strftime('%Y%m%d-%H:%M:%S', time.gmtime())}\x01"
        )
        message = fix.Message()
        message.setString(f"8=FIX.4.4\x019={len(body)}\x01{body}10=000\x01", False)
        application.sent_at[cl_ord_id] = time.perf_counter()
        fix.Session.sendToTarget(message, application.session_id)
    if not application.done.wait(60):
        raise SystemExit(f"{len(application.latencies)} of {orders} orders acknowledged")
    seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
    initiator.stop()
    runner.join()
    return {"orders": orders, "seconds": seconds, "cpu": cpu, "latencies": application.latencies}


if __name__ == "__main__":
    port, store, in_flight, orders = sys.argv[1:]
    print(json.dumps(main(int(port), Path(store), int(in_flight), int(orders))), flush=True)
