"""A QuickFIX initiator with its data dictionary that follows the market of one symbol: `PORT VERSION NAME FOLDER`.

Prints one line of JSON: the types of messages it got, those it rejected, and the book and trades that W and X add up
to.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from pathlib import Path
from typing import Any

import quickfix as fix
import quickfix42
import quickfix44

SETTINGS = """[DEFAULT]
ConnectionType=initiator
FileStorePath={folder}
HeartBtInt=30
ReconnectInterval=1
NonStopSession=Y
UseDataDictionary=Y
DataDictionary={dictionary}
[SESSION]
BeginString={version}
SenderCompID={name}
TargetCompID=BROKER
SocketConnectHost=127.0.0.1
SocketConnectPort={port}
"""
SYMBOL = "HD"
REFUSALS = ("3", "j")


class Follower(fix.Application):  # type: ignore[misc]
    def __init__(self, version: str, dictionary: Path) -> None:
        super().__init__()
        self._dictionary = fix.DataDictionary(str(dictionary))
        specification = quickfix42 if version == "FIX.4.2" else quickfix44
        self._snapshot_entry = specification.MarketDataSnapshotFullRefresh.NoMDEntries
        self._update_entry = specification.MarketDataIncrementalRefresh.NoMDEntries
        self.logged_on = threading.Event()
        self.arrived = threading.Condition()
        self.types: dict[str, int] = {}
        self.ids: set[str] = set()
        self.rejected: list[str] = []
        self.book: dict[str, dict[str, str]] = {"0": {}, "1": {}}
        self.trades: list[str] = []

    def onCreate(self, session_id: Any) -> None:  # noqa: N802
        self.session_id = session_id

    def onLogon(self, session_id: Any) -> None:  # noqa: N802
        self.logged_on.set()

    def onLogout(self, session_id: Any) -> None:  # noqa: N802
        pass

    def toAdmin(self, message: Any, session_id: Any) -> None:  # noqa: N802
        self._note_refusal(message)

    def toApp(self, message: Any, session_id: Any) -> None:  # noqa: N802
        self._note_refusal(message)

    def fromAdmin(self, message: Any, session_id: Any) -> None:  # noqa: N802
        self._note_refusal(message)

    def _note_refusal(self, message: Any) -> None:
        if message.getHeader().getField(35) in REFUSALS:
            self.rejected.append(message.toString().replace("\x01", "|"))

    def fromApp(self, message: Any, session_id: Any) -> None:  # noqa: N802
        kind = message.getHeader().getField(35)
        with self.arrived:
            self.types[kind] = self.types.get(kind, 0) + 1
            if kind == "W":
                self.ids.add(message.getField(262))
            if kind == "W" and message.getField(55) == SYMBOL:
                self._take(message, self._snapshot_entry(), False)
            elif kind == "X":
                self._take(message, self._update_entry(), True)
            self.arrived.notify_all()

    def _take(self, message: Any, entry: Any, update: bool) -> None:
        for number in range(1, int(message.getField(268)) + 1):
            message.getGroup(number, entry)
            if update and entry.getField(55) != SYMBOL:
                continue
            kind, price = entry.getField(269), entry.getField(270)
            if update and entry.getField(279) == "2":
                del self.book[kind][price]
            elif kind in self.book:
                self.book[kind][price] = entry.getField(271)
            elif update:
                self.trades.append(f"{entry.getField(271)}@{price}")

    def send(self, text: str) -> None:
        msg_type, *fields = text.split("|")
        body = "".join(f"{field}\x01" for field in fields)
        begin_string = self.session_id.getBeginString().getString()
        message = fix.Message()
        # By the dictionary, or it would sort the fields of groups away from their entries.
        text = f"8={begin_string}\x019=0\x0135={msg_type}\x01{body}10=000\x01"
        message.setString(text, False, self._dictionary)
        fix.Session.sendToTarget(message, self.session_id)

    def wait_for(self, md_req_id: str) -> None:
        with self.arrived:
            if not self.arrived.wait_for(lambda: md_req_id in self.ids, timeout=20):
                raise SystemExit(f"no W for {md_req_id}; there were {self.types}, {self.rejected}")


def conversation(client: Follower, version: str) -> None:
    now = time.strftime("%Y%m%d-%H:%M:%S", time.gmtime())

    def order(number: int, side: int, quantity: int, price: str) -> None:
        client.send(f"D|11=o{number}|21=1|55={SYMBOL}|54={side}|60={now}|38={quantity}|40=2|44={price}")

    order(1, 1, 10, "370")
    order(2, 1, 20, "371")
    client.send(f"V|262=all|263=1|264=0|265=1|267=3|269=0|269=1|269=2|146=2|55={SYMBOL}|55=JNJ")
    client.wait_for("all")
    order(3, 1, 5, "371.5")
    order(4, 2, 7, "380.25")
    order(5, 2, 5, "379")
    order(6, 1, 5, "379")
    client.send(f"F|11=c1|41=o1|55={SYMBOL}|54=1|60={now}|38=10")
    order(7, 1, 30, "371")
    client.send("V|262=wrong|263=1|264=0|265=1|267=1|269=0|146=1|55=XXX")
    client.send(f"R|131=q|146=2|55={SYMBOL}|55=XXX")
    client.send("c|320=c|321=3")
    client.send("c|320=c|321=0|55=XXX")
    client.send(f"e|324=e|55={SYMBOL}|263=1")
    client.send("g|335=g|263=1")
    client.send("g|335=h|336=NIGHT|263=1")
    if version == "FIX.4.4":
        client.send("x|320=x|559=4")
        client.send("x|320=x|559=0|55=XXX")
    # A book that is empty, and values of the day.
    client.send("V|262=end|263=0|264=1|267=5|269=0|269=4|269=5|269=7|269=8|146=1|55=BAC")
    client.wait_for("end")


def main(port: str, version: str, name: str, folder: Path) -> dict[str, Any]:
    dictionary = Path(sys.prefix) / "share" / "quickfix" / f"{version.replace('.', '')}.xml"
    settings = folder / "market.cfg"
    settings.write_text(
        SETTINGS.format(folder=folder, dictionary=dictionary, version=version, name=name, port=port)
    )
    client = Follower(version, dictionary)
    config = fix.SessionSettings(str(settings))
    factory = fix.FileStoreFactory(config)
    initiator = fix.SocketInitiator(client, factory, config)
    runner = threading.Thread(target=initiator.block)
    runner.start()
    try:
        if not client.logged_on.wait(20):
            raise SystemExit("QuickFIX did not log on")
        conversation(client, version)
    finally:
        initiator.stop()
        runner.join()
    return {"types": client.types, "rejected": client.rejected, "book": client.book, "trades": client.trades}


if __name__ == "__main__":
    port, version, name, folder = sys.argv[1:]
    print(json.dumps(main(port, version, name, Path(folder))), flush=True)
