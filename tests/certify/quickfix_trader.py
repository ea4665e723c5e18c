"""A QuickFIX-Python initiator, FIX.4.2 and FIX.4.4 at once, with its data dictionaries and strict validation.

A process: `quickfix_trader.py PORT FOLDER SEED SECONDS PACE`; prints one line of JSON, a book for each session.
"""

from __future__ import annotations

import importlib.metadata
import json
import re
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import quickfix as fix

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.certify.book import Book
from tests.certify.mix import Body, Event, Mix, Request

VERSIONS = {"FIX.4.2": "FIX42.xml", "FIX.4.4": "FIX44.xml"}
# MaxLatency: at 30 times the speed a machine that is busy for four seconds makes a message two minutes old.
SETTINGS = """[DEFAULT]
ConnectionType=initiator
FileStorePath={folder}
HeartBtInt=30
ReconnectInterval=2
NonStopSession=Y
MaxLatency=600
UseDataDictionary=Y
ValidateFieldsOutOfOrder=Y
ValidateFieldsHaveValues=Y
ValidateUserDefinedFields=Y
SocketConnectHost=127.0.0.1
SocketConnectPort={port}
SocketNodelay=Y
"""
PATIENCE = 120.0
"""Seconds, of the clock that the client lives by."""
PAIR = re.compile(r"(?:^|\x01)(\d+)=([^\x01]*)")


def dictionary(name: str) -> str:
    files = importlib.metadata.files("quickfix") or []
    return str(next(file.locate() for file in files if file.name == name))


def now() -> str:
    return datetime.now(UTC).strftime("%Y%m%d-%H:%M:%S.%f")[:-3]


class Trader:
    """One session."""

    def __init__(self, version: str, seed: str, pace: float) -> None:
        self.version = version
        self.book = Book(version)
        self.mix = Mix(seed, self.book, can_lose=False, pace=pace)
        self.dictionary = fix.DataDictionary(dictionary(VERSIONS[version]))
        self.lock = threading.Lock()
        self.logged_on = False
        self.next_at = 0.0
        self.reset_due = False
        self.session: Any = None
        self.id: Any = None

    def send(self, request: Request) -> None:
        body = "".join(_flat(request.body))
        message = fix.Message()
        text = f"8={self.version}\x019=0\x0135={request.msg_type}\x01{body}10=000\x01"
        message.setString(text, False, self.dictionary)
        fix.Session.sendToTarget(message, self.id)

    def act(self, at: float) -> None:
        """The next thing, when it is time for it."""
        if self.reset_due:
            self._reset_when_nothing_rests()
        elif self.logged_on and at >= self.next_at:
            self.next_at = at + self.mix.pause()
            with self.lock:
                chosen = self.mix.next(now())
            if isinstance(chosen, Request):
                self.send(chosen)
            else:
                self._do(chosen)

    def cancel_all(self) -> None:
        with self.lock:
            requests = self.mix.cancel_all(now())
        for request in requests:
            self.send(request)

    def _do(self, event: Event) -> None:
        self.book.counts[event.name] += 1
        if event.name == "relog":
            self.session.logout()
            wait(lambda: not self.logged_on, f"{self.version} logs out")
            self.session.logon()
        elif event.name == "rewind":
            expected = self.session.getExpectedTargetNum()
            self.session.setNextTargetMsgSeqNum(max(1, expected - 5))
        else:
            self.reset_due = True
            self.cancel_all()

    def _reset_when_nothing_rests(self) -> None:
        """After a reset nothing is sent again, so a fill on its way would be lost."""
        with self.lock:
            settled = self.book.settled()
        if not settled:
            self.cancel_all()
            time.sleep(1)
            return
        self.session.setResetOnLogon(True)
        self.session.logout()
        wait(lambda: not self.logged_on, f"{self.version} logs out for a reset")
        self.session.logon()
        wait(lambda: self.logged_on, f"{self.version} logs on with a reset")
        self.session.setResetOnLogon(False)
        self.reset_due = False


class Application(fix.Application):  # type: ignore[misc]
    def __init__(self, traders: dict[str, Trader]) -> None:
        super().__init__()
        self._traders = traders

    def _trader(self, session_id: Any) -> Trader:
        return self._traders[session_id.getBeginString().getValue()]

    def onCreate(self, session_id: Any) -> None:  # noqa: N802
        trader = self._trader(session_id)
        trader.id = session_id
        trader.session = fix.Session.lookupSession(session_id)

    def onLogon(self, session_id: Any) -> None:  # noqa: N802
        self._trader(session_id).logged_on = True

    def onLogout(self, session_id: Any) -> None:  # noqa: N802
        self._trader(session_id).logged_on = False

    def toAdmin(self, message: Any, session_id: Any) -> None:  # noqa: N802
        self._said(message, session_id)

    def toApp(self, message: Any, session_id: Any) -> None:  # noqa: N802
        self._said(message, session_id)

    def fromAdmin(self, message: Any, session_id: Any) -> None:  # noqa: N802
        self._heard(message, session_id)

    def fromApp(self, message: Any, session_id: Any) -> None:  # noqa: N802
        self._heard(message, session_id)

    def _said(self, message: Any, session_id: Any) -> None:
        trader, raw = self._trader(session_id), message.toString()
        with trader.lock:
            trader.book.said(_fields(raw)[35], raw)

    def _heard(self, message: Any, session_id: Any) -> None:
        trader, raw = self._trader(session_id), message.toString()
        fields = _fields(raw)
        with trader.lock:
            try:
                trader.book.heard(fields[35], fields, raw)
            except Exception as error:
                trader.book.problems.append(f"{error!r} at {raw}")


def _fields(raw: str) -> dict[int, str]:
    return {int(tag): value for tag, value in PAIR.findall(raw)}


def _flat(body: Body) -> list[str]:
    parts: list[str] = []
    for tag, value in body:
        if isinstance(value, list):
            parts.append(f"{tag}={len(value)}\x01")
            parts += [f"{inner}={text}\x01" for entry in value for inner, text in entry]
        else:
            parts.append(f"{tag}={value}\x01")
    return parts


def wait(condition: Any, what: str) -> None:
    deadline = time.time() + PATIENCE
    while not condition():
        if time.time() > deadline:
            raise SystemExit(f"QuickFIX: {what}: not within {PATIENCE:.0f} s")
        time.sleep(0.2)


def main(port: str, folder: Path, seed: str, seconds: float, pace: float) -> dict[str, Any]:
    traders = {version: Trader(version, f"{seed}Q{version[-1]}", pace) for version in VERSIONS}
    text = SETTINGS.format(folder=folder, port=port)
    for version, xml in VERSIONS.items():
        text += f"[SESSION]\nBeginString={version}\nSenderCompID=QUICKFIX\nTargetCompID=BROKER\n"
        text += f"DataDictionary={dictionary(xml)}\n"
    settings = folder / "quickfix.cfg"
    settings.write_text(text)
    application = Application(traders)
    config = fix.SessionSettings(str(settings))
    store = fix.FileStoreFactory(config)
    initiator = fix.SocketInitiator(application, store, config)
    initiator.start()
    for trader in traders.values():
        wait(lambda trader=trader: trader.logged_on, f"{trader.version} logs on")
    end = time.time() + seconds
    while time.time() < end:
        for trader in traders.values():
            trader.act(time.time())
        time.sleep(0.01)
    for trader in traders.values():
        wait(lambda trader=trader: trader.logged_on, f"{trader.version} is logged on at the end")
        wait(lambda trader=trader: _none_open(trader), f"{trader.version} has all its orders canceled")
    initiator.stop()
    return {version: trader.book.to_json() for version, trader in traders.items()}


def _none_open(trader: Trader) -> bool:
    if trader.book.settled():
        return True
    trader.cancel_all()
    time.sleep(1)
    return trader.book.settled()


if __name__ == "__main__":
    port, folder, seed, seconds, pace = sys.argv[1:]
    print(json.dumps(main(port, Path(folder), seed, float(seconds), float(pace))), flush=True)
