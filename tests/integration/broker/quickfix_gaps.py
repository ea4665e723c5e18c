"""QuickFIX as a client that loses messages of both directions between two connections, and trades on.

Run as a process: `quickfix_gaps.py FIX_PORT VERSION STORE_DIR SEND_NEXT_EXPECTED`; prints every message, `|` for SOH,
with `<` or `>` before it.
"""

from __future__ import annotations

import sys
import threading
import time
from importlib.metadata import files
from pathlib import Path
from typing import Any

import quickfix as fix

SETTINGS = """[DEFAULT]
ConnectionType=initiator
FileStorePath={store}
HeartBtInt=30
ReconnectInterval=1
NonStopSession=Y
UseDataDictionary=Y
DataDictionary={dictionary}
SendNextExpectedMsgSeqNum={send_next_expected}
[SESSION]
BeginString={version}
SenderCompID=GAPS{send_next_expected}
TargetCompID=BROKER
SocketConnectHost=127.0.0.1
SocketConnectPort={port}
"""
LOST = 2


class Client(fix.Application):  # type: ignore[misc]
    def __init__(self) -> None:
        super().__init__()
        self.changed = threading.Condition()
        self.logged_on = False
        self.seen: list[str] = []

    def onCreate(self, session_id: Any) -> None:  # noqa: N802
        self.session_id = session_id

    def onLogon(self, session_id: Any) -> None:  # noqa: N802
        self._log_on(True)

    def onLogout(self, session_id: Any) -> None:  # noqa: N802
        self._log_on(False)

    def toAdmin(self, message: Any, session_id: Any) -> None:  # noqa: N802
        self._note(">", message)

    toApp = toAdmin  # noqa: N815

    def fromAdmin(self, message: Any, session_id: Any) -> None:  # noqa: N802
        self._note("<", message)

    fromApp = fromAdmin  # noqa: N815

    def _log_on(self, logged_on: bool) -> None:
        with self.changed:
            self.logged_on = logged_on
            self.changed.notify_all()

    def _note(self, direction: str, message: Any) -> None:
        line = direction + message.toString().replace("\x01", "|")
        print(line, flush=True)
        with self.changed:
            self.seen.append(line)
            self.changed.notify_all()

    def wait_for_log(self, logged_on: bool) -> None:
        with self.changed:
            if not self.changed.wait_for(lambda: self.logged_on is logged_on, 20):
                raise SystemExit(f"logged on: {self.logged_on}")

    def trade(self, version: str, cl_ord_id: str) -> None:
        """An order and its last fill."""
        body = f"35=D\x0111={cl_ord_id}\x0121=1\x0138=100\x0140=1\x0154=1\x0155=AAPL\x0160="
        body += time.strftime("%Y%m%d-%H:%M:%S", time.gmtime()) + "\x01"
        message = fix.Message()
        message.setString(f"8={version}\x019={len(body)}\x01{body}10=000\x01", False)
        fix.Session.sendToTarget(message, self.session_id)
        with self.changed:
            if not self.changed.wait_for(lambda: self._is_filled(cl_ord_id), 20):
                raise SystemExit(f"{cl_ord_id} was not filled")

    def _is_filled(self, cl_ord_id: str) -> bool:
        return any(line[0] == "<" and f"|11={cl_ord_id}|" in line and "|39=2|" in line for line in self.seen)


def main(port: str, version: str, store: str, send_next_expected: str) -> None:
    name = f"{version.replace('.', '')}.xml"
    dictionary = next(str(file.locate()) for file in files("quickfix") or () if file.name == name)
    settings = Path(store) / "client.cfg"
    settings.write_text(
        SETTINGS.format(
            port=port,
            version=version,
            store=store,
            send_next_expected=send_next_expected,
            dictionary=dictionary,
        )
    )
    client = Client()
    config = fix.SessionSettings(str(settings))
    factory = fix.FileStoreFactory(config)
    initiator = fix.SocketInitiator(client, factory, config)
    initiator.start()
    client.wait_for_log(True)
    client.trade(version, "first")
    session = fix.Session.lookupSession(client.session_id)
    session.logout()
    client.wait_for_log(False)
    session.setNextSenderMsgSeqNum(session.getExpectedSenderNum() + LOST)
    session.setNextTargetMsgSeqNum(session.getExpectedTargetNum() - LOST)
    session.logon()
    client.wait_for_log(True)
    client.trade(version, "second")
    initiator.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
