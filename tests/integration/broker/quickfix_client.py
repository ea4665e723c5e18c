"""QuickFIX with its data dictionary on, told by lines on stdin what to send. Its own logs say what it saw.

Run as a process: `quickfix_client.py PORT SENDER FOLDER`. `order ID` sends a market order; `on` and `off` are printed
as the session logs on and off, and `fill EXECID` for each fill, once.
"""

from __future__ import annotations

import sys
import threading
import time
from importlib.metadata import files
from typing import Any

import quickfix as fix

SETTINGS = """[DEFAULT]
ConnectionType=initiator
FileStorePath={folder}/store
FileLogPath={folder}/log
HeartBtInt=1
ReconnectInterval=1
LogonTimeout=2
LogoutTimeout=1
NonStopSession=Y
UseDataDictionary=Y
ValidateUserDefinedFields=Y
DataDictionary={dictionary}
[SESSION]
BeginString=FIX.4.4
SenderCompID={sender}
TargetCompID=BROKER
SocketConnectHost=127.0.0.1
SocketConnectPort={port}
SocketNodelay=Y
"""


class Client(fix.Application):  # type: ignore[misc]
    def __init__(self) -> None:
        super().__init__()
        self.session_id: Any = None
        self._fills: set[str] = set()

    def onCreate(self, session_id: Any) -> None:  # noqa: N802
        self.session_id = session_id

    def onLogon(self, session_id: Any) -> None:  # noqa: N802
        print("on", flush=True)

    def onLogout(self, session_id: Any) -> None:  # noqa: N802
        print("off", flush=True)

    def toAdmin(self, message: Any, session_id: Any) -> None:  # noqa: N802
        pass

    def fromAdmin(self, message: Any, session_id: Any) -> None:  # noqa: N802
        pass

    def toApp(self, message: Any, session_id: Any) -> None:  # noqa: N802
        pass

    def fromApp(self, message: Any, session_id: Any) -> None:  # noqa: N802
        fields = dict(field.split("=", 1) for field in message.toString().split("\x01") if field)
        if fields["35"] == "8" and fields["150"] == "F" and fields["17"] not in self._fills:
            self._fills.add(fields["17"])
            print(f"fill {fields['17']}", flush=True)


def main(port: str, sender: str, folder: str) -> None:
    dictionary = next(str(file.locate()) for file in files("quickfix") or () if file.name == "FIX44.xml")
    path = f"{folder}/client.cfg"
    with open(path, "w") as file:
        file.write(SETTINGS.format(folder=folder, sender=sender, port=port, dictionary=dictionary))
    client = Client()
    settings = fix.SessionSettings(path)
    stores, logs = fix.FileStoreFactory(settings), fix.FileLogFactory(settings)
    initiator = fix.SocketInitiator(client, stores, settings, logs)
    runner = threading.Thread(target=initiator.block)
    runner.start()
    for line in sys.stdin:
        at = time.strftime("%Y%m%d-%H:%M:%S", time.gmtime())
        fields = ((11, line.split()[1]), (21, 1), (38, 100), (40, 1), (54, 1), (55, "AAPL"), (60, at))
        content = "35=D\x01" + "".join(f"{tag}={value}\x01" for tag, value in fields)
        message = fix.Message()
        message.setString(f"8=FIX.4.4\x019={len(content)}\x01{content}10=000\x01", False)
        fix.Session.sendToTarget(message, client.session_id)
    initiator.stop(True)
    runner.join()


if __name__ == "__main__":
    main(*sys.argv[1:])
