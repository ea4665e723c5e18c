"""A client on asyncfix, FIX.4.4, with that library's own session layer, journal and validation against a dictionary.

A process: `asyncfix_trader.py PORT FOLDER SEED SECONDS PACE`; prints one line of JSON.
"""

from __future__ import annotations

import asyncio
import importlib.metadata
import json
import logging
import re
import sys
import time
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

from asyncfix import FIXMessage, FMsg, FTag
from asyncfix.codec import Codec
from asyncfix.connection import ConnectionState
from asyncfix.connection_client import AsyncFIXClient
from asyncfix.journaler import Journaler
from asyncfix.message import FIXContainer, MessageDirection
from asyncfix.protocol import FIXProtocol44
from asyncfix.protocol.schema import FIXSchema, SchemaGroup

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.certify.book import Book
from tests.certify.mix import Body, Event, Mix, Request

VERSION = "FIX.4.4"
HEARTBEAT = 30
PATIENCE = 120.0
"""Seconds, of the clock that the client lives by."""
WHOLE = re.compile(rb"8=FIX\.4\.4\x019=(\d+)\x01")
HEADER = (FTag.PossDupFlag, FTag.OrigSendingTime)


def _schema() -> FIXSchema:
    files = importlib.metadata.files("quickfix") or []
    path = next(file.locate() for file in files if file.name == "FIX44.xml")
    return FIXSchema(ElementTree.parse(str(path)))


class Protocol(FIXProtocol44):  # type: ignore[misc]
    """With every repeating group of the dictionary: the library knows some."""

    def __init__(self, schema: FIXSchema) -> None:
        self.repeating_groups = dict(FIXProtocol44.repeating_groups)
        for message in schema._messages_types.values():
            self._take(message)

    def _take(self, members: Any) -> None:
        for one in members.members.values():
            if isinstance(one, SchemaGroup):
                self.repeating_groups[one.tag] = list(
                    dict.fromkeys(
                        [*self.repeating_groups.get(one.tag, ()), *(m.tag for m in one.members.values())]
                    )
                )
                self._take(one)


class MendedCodec(Codec):  # type: ignore[misc]
    """The library puts PossDupFlag(43) and OrigSendingTime(122) of a message sent again behind its body, which the
    rules call for refusing; here they go first. And when a read ends within the first six bytes of a message, it takes
    those for a part of the message before, and its CheckSum(10) for wrong; here it gets one whole message at a time."""

    def decode(self, rawmsg: bytes, silent: bool = True) -> tuple[FIXMessage | None, int, bytes | None]:
        found = WHOLE.match(rawmsg)
        if found is None:
            return None, 0, None
        end = found.end() + int(found[1]) + len("10=000|")
        if len(rawmsg) < end:
            return None, 0, None
        message, _, raw = super().decode(rawmsg[:end], silent)
        return message, end, raw

    def encode(self, msg: FIXMessage, session: Any, raw_seq_num: bool = False) -> str:
        first = {str(tag): msg.tags[str(tag)] for tag in HEADER if str(tag) in msg.tags}
        if first:
            rest = {tag: value for tag, value in msg.tags.items() if tag not in first}
            msg.tags.clear()
            msg.tags.update({**first, **rest})
        text: str = super().encode(msg, session, raw_seq_num)
        return text


class Client(AsyncFIXClient):  # type: ignore[misc]
    def __init__(self, port: int, folder: Path, seed: str, pace: float) -> None:
        self.schema = _schema()
        protocol = Protocol(self.schema)
        journal = Journaler(str(folder / "asyncfix.db"))
        super().__init__(protocol, "ASYNCFIX", "BROKER", journal, "127.0.0.1", port, HEARTBEAT)
        self._codec = MendedCodec(protocol)
        self.book = Book(VERSION)
        self.mix = Mix(f"{seed}A", self.book, can_lose=True, pace=pace)
        self.losing = False
        self.resetting = False
        self.gone = False

    @property
    def active(self) -> bool:
        return bool(self.connection_state == ConnectionState.ACTIVE)

    # -- what the library calls ----------------------------------------------------------------------------------

    async def on_connect(self) -> None:
        logon = {FTag.EncryptMethod: 0, FTag.HeartBtInt: HEARTBEAT}
        if self.resetting:
            await self.reset_seq_num()
            logon[FTag.ResetSeqNumFlag] = "Y"
        await self.send_msg(FIXMessage(FMsg.LOGON, logon))

    async def on_disconnect(self) -> None:
        # The library may connect again so soon that its state does not show it.
        self.gone = True

    async def on_message(self, msg: FIXMessage) -> None:
        """Called for what is in sequence and not of the session layer; _process_message sees all."""

    async def send_msg(self, msg: FIXMessage) -> None:
        self.book.said(str(msg.msg_type), str(msg))
        if self.losing and msg.msg_type not in (FMsg.LOGON, FMsg.LOGOUT):
            # It has its number and its place in the journal, and does not arrive.
            self.losing = False
            encoded = self._codec.encode(msg, self._session).encode()
            self._journaler.persist_msg(encoded, self._session, MessageDirection.OUTBOUND)
            return
        await super().send_msg(msg)

    async def _process_message(self, msg: FIXMessage, raw_msg: bytes) -> None:
        raw = raw_msg.decode("latin-1")
        expected = self._session.next_num_in
        await super()._process_message(msg, raw_msg)
        in_sequence = int(msg[FTag.MsgSeqNum]) == expected
        if in_sequence or msg.msg_type in ("3", "A"):
            fields = {int(tag): text for tag, text in msg.tags.items() if isinstance(text, str)}
            try:
                self.book.heard(str(msg.msg_type), fields, raw)
                self.schema.validate(msg)
            except Exception as error:
                self.book.problems.append(f"{error!r} at {raw}".replace("\x01", "|"))

    # -- what it does --------------------------------------------------------------------------------------------

    async def trade(self, seconds: float) -> dict[str, Any]:
        await self.connect()
        await self.until(lambda: self.active, "logs on")
        end = time.time() + seconds
        while time.time() < end:
            await asyncio.sleep(self.mix.pause())
            await self.until(lambda: self.active, "is logged on")
            chosen = self.mix.next(Codec.current_datetime())
            if isinstance(chosen, Event):
                await self._do(chosen)
            elif chosen.msg_type == "1":
                if self._test_req_id is None:
                    await self.send_test_req()
            else:
                await self.send(chosen)
        await self.until(lambda: self.active, "is logged on at the end")
        await self._cancel_all()
        await self._log_out()
        for task in (self._aio_task_socket_read, self._aio_task_heartbeat):
            task.cancel()
        return {VERSION: self.book.to_json()}

    async def send(self, request: Request) -> None:
        # While the library sends again, it would give a new message an old number.
        await self.until(lambda: self.active, "is logged on")
        await self.send_msg(FIXMessage(request.msg_type, _tags(request.body)))

    async def until(self, condition: Any, what: str) -> None:
        deadline = time.time() + PATIENCE
        while not condition():
            if time.time() > deadline:
                raise SystemExit(
                    f"asyncfix: {what}: not within {PATIENCE:.0f} s, {self.connection_state!r}, {self._session}"
                )
            await asyncio.sleep(0.2)

    async def _do(self, event: Event) -> None:
        self.book.counts[event.name] += 1
        if event.name == "lose":
            self.losing = True
        elif event.name == "rewind":
            self._journaler.set_seq_num(self._session, next_num_in=max(1, self._session.next_num_in - 5))
        else:
            self.resetting = event.name == "reset"
            if self.resetting:
                # After a reset nothing is sent again, so a fill on its way would be lost.
                await self._cancel_all()
            await self._log_out()
            # The library connects again by itself, one and a half heartbeats later.
            await self.until(lambda: self.active, "logs on again")
            self.resetting = False

    async def _log_out(self) -> None:
        await self.until(lambda: self.active, "is logged on")
        self.gone = False
        await self.send_msg(FIXMessage(FMsg.LOGOUT))
        await self.until(lambda: self.gone, "logs out")

    async def _cancel_all(self) -> None:
        async def none_open() -> bool:
            for request in self.mix.cancel_all(Codec.current_datetime()):
                await self.send(request)
            await asyncio.sleep(2)
            return self.book.settled()

        deadline = time.time() + PATIENCE
        while not await none_open():
            if time.time() > deadline:
                raise SystemExit(f"asyncfix: orders stay open: {self.book.open_orders()}")


def _tags(body: Body) -> dict[int, Any]:
    return {
        tag: [FIXContainer(dict(entry)) for entry in value] if isinstance(value, list) else value
        for tag, value in body
    }


if __name__ == "__main__":
    port, folder, seed, seconds, pace = sys.argv[1:]
    logging.basicConfig(level=logging.WARNING)
    client = Client(int(port), Path(folder), seed, float(pace))
    print(json.dumps(asyncio.run(client.trade(float(seconds)))), flush=True)
