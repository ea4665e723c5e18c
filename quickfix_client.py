"""QuickFixClient: one FIX session, kept open; the only file that imports quickfix. Usable as a library by itself:

    from pathlib import Path
    from quickfix_client import QuickFixClient
    from sendfix.config import SessionConfig

    config = SessionConfig("DEMO", "127.0.0.1", 15001, "FIX.4.4", "DEMO1", "BROKER")
    with QuickFixClient(config, Path("store")) as client:
        client.connect()
        client.wait_until_connected(timeout=10)
        order = "35=D|11=1|55=AAPL|54=1|38=100|40=2|44=230.10|59=0|60=20260102-14:30:00.000|"
        print("sent with MsgSeqNum(34)", client.send(order.replace("|", "\\x01").encode()))

Every message, in and out, and every change of state is an entry of the journal under `<store>/journal/<name>/`.
Each connection is a QuickFIX initiator of its own. docs/engine.md has the rest.
"""

# ruff: noqa: N802 - the callbacks have the names that QuickFIX calls

from __future__ import annotations

import logging
import re
import threading
from datetime import UTC, datetime

from sendfix.config import Endpoint
from sendfix.domain.enums import EndKind, SessionPhase
from sendfix.domain.schedule import Hours
from sendfix.link.acceptance import Acceptance, Garbled, Verdict
from sendfix.link.breaker import Breaker
from sendfix.link.gap_fill import GapFill
from sendfix.link.guard import guarded
from sendfix.link.keeper import ConnectionRefusedByUs
from sendfix.link.lenient_dictionary import DictionaryError
from sendfix.link.protocol import Direction, ReplyCode
from sendfix.link.protocol import NotSent as NotSent
from sendfix.link.quickfix_settings import connection_settings, session_settings
from sendfix.link.quickfix_store import QuickFixStore
from sendfix.link.reasons import WhyEnded
from sendfix.link.resend import judge
from sendfix.link.session_client import SessionClient, SessionConnection
from sendfix.link.session_record import SessionRecord
from sendfix.link.signals import sigint_kept

with sigint_kept():
    import quickfix

log = logging.getLogger("sendfix.engine")

_RESEND_REQUEST = re.compile(rb"\x0135=2\x01")
_REJECT = re.compile(rb"\x0135=[3j]\x01")

# No other exception may leave a callback: it would end the process, or hang the session while it looks logged on.
_guarded = guarded(quickfix.DoNotSend, quickfix.RejectLogon)


class _Log(quickfix.Log):
    """Sees every raw message: an incoming one before QuickFIX counts it, an outgoing one between store and socket."""

    def __init__(self, connection: _Connection) -> None:
        super().__init__()
        self.connection = connection

    @_guarded
    def onIncoming(self, text: str) -> None:
        self.connection.incoming(text.encode("utf-8", "surrogateescape"))

    @_guarded
    def onOutgoing(self, text: str) -> None:
        self.connection.outgoing(text.encode("utf-8", "surrogateescape"))

    @_guarded
    def onEvent(self, text: str) -> None:
        self.connection.event(text)

    def clear(self) -> None:
        """QuickFIX asks for this after a reset; the journal forgets nothing."""

    backup = clear


class _LogFactory(quickfix.LogFactory):
    def __init__(self, connection: _Connection) -> None:
        super().__init__()
        self._connection = connection
        self._logs: list[_Log] = []

    def create(self, *_session_id: quickfix.SessionID) -> _Log:
        # SWIG would free the object twice: it must not own it, and somebody must keep it.
        made = _Log(self._connection)
        made.thisown = False
        self._logs.append(made)
        return made

    def destroy(self, made: _Log) -> None:
        """The logs go with the factory."""


class _Application(quickfix.Application):
    def __init__(self, connection: _Connection) -> None:
        super().__init__()
        self.connection = connection

    def onCreate(self, session_id: quickfix.SessionID) -> None:
        """Nothing to do: the session is looked up when the initiator is there."""

    @_guarded
    def onLogon(self, session_id: quickfix.SessionID) -> None:
        self.connection.logon()

    @_guarded
    def onLogout(self, session_id: quickfix.SessionID) -> None:
        self.connection.end()

    @_guarded
    def toAdmin(self, message: quickfix.Message, session_id: quickfix.SessionID) -> None:
        config = self.connection.record.config
        msg_type = message.getHeader().getField(35)
        if msg_type == "4":
            self.connection.number_gap_fill(message)
        elif msg_type == "5":
            self.connection.sign_logout(message)
        elif msg_type == "A":
            if config.username is not None:
                message.setField(553, config.username)
            if config.password is not None:
                message.setField(554, config.password)
            for tag, value in config.logon_fields:
                message.setField(tag, value)

    @_guarded
    def toApp(self, message: quickfix.Message, session_id: quickfix.SessionID) -> None:
        self.connection.about_to_send(message)

    @_guarded
    def fromAdmin(self, message: quickfix.Message, session_id: quickfix.SessionID) -> None:
        # Nothing may be counted as received that is not in the journal. This ends the session uncounted.
        if self.connection.record.failure is not None:
            raise quickfix.RejectLogon(self.connection.record.failure)

    @_guarded
    def fromApp(self, message: quickfix.Message, session_id: quickfix.SessionID) -> None:
        if self.connection.record.failure is not None:
            self.connection.refuse_to_count()


class _Connection:
    """One initiator from its making to its end. QuickFIX calls it from its own thread and from the sender's."""

    def __init__(
        self,
        record: SessionRecord,
        endpoint: Endpoint,
        address: str,
        store: QuickFixStore,
        session: Hours | None,
        breaker: Breaker,
    ) -> None:
        """With the store's configuration, to its end. `session` is the one of the schedule in which sequence numbers
        must begin at 1. Raises quickfix's FIXException, `DictionaryError` and OSError."""
        self.record = record
        self.config = config = store.config
        self.logged_on = False
        self.ended = False
        self.why = WhyEnded(config.sender_comp_id, config.target_comp_id)
        self._endpoint = endpoint
        self.breaker = breaker
        self._store = store
        self._begins = session
        self._stopping = False
        self._sender = 0
        self._sent: bytes | None = None
        self._gap_fill: GapFill | None = None
        self._logout_text: str | None = None
        self.answers_resend = False
        dictionary = str(store.write_dictionary())
        self._id = quickfix.SessionID(config.fix_version, config.sender_comp_id, config.target_comp_id)
        self._settings = quickfix.SessionSettings()
        self._settings.set(_settings(connection_settings(config.tls)))
        self._settings.set(
            self._id,
            _settings(
                session_settings(
                    config,
                    address,
                    endpoint.port,
                    str(store.folder),
                    dictionary,
                    reset=config.reset_on_logon or session is not None,
                )
            ),
        )
        self._dictionary = _dictionary(dictionary, strict=config.validate_incoming == "strict")
        self._acceptance = Acceptance(
            config.fix_version, config.target_comp_id, config.sender_comp_id, self._validate
        )
        self._refused: set[bytes] = set()
        # QuickFIX keeps plain pointers to all of these.
        self._application = _Application(self)
        self._store_factory = quickfix.FileStoreFactory(self._settings)
        self._log_factory = _LogFactory(self)
        initiator = quickfix.SSLSocketInitiator if config.tls is not None else quickfix.SocketInitiator
        self._initiator: quickfix.Initiator | None = initiator(
            self._application, self._store_factory, self._settings, self._log_factory
        )
        self._session: quickfix.Session | None = quickfix.Session.lookupSession(self._id)
        # block() in a thread of Python's: twice as fast as start(), whose callbacks each build a thread state.
        self._thread = threading.Thread(target=self._block, name=f"fix {config.name}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Log out if logged on, and wait for the end: 1 to 3 s."""
        assert self._initiator is not None
        self._stopping = True
        # Again and again, because QuickFIX forgets a stop() that comes before its block() has begun.
        while self._thread.is_alive():
            self._initiator.stop()
            self._thread.join(0.5)

    def delete(self) -> None:
        """After `stop`. QuickFIX must not be deleted under the feet of its thread, nor of a sender."""
        self.update_seq_nums()
        self._session = None
        initiator, self._initiator = self._initiator, None
        # By name: an exception that QuickFIX took out of a callback keeps the frames that lead to it, and with them the
        # initiator. One that is not deleted keeps the session registered, and the next connection would get that.
        if initiator is not None:
            type(initiator).__swig_destroy__(initiator)
        del self._settings, self._dictionary, self._application, self._store_factory, self._log_factory

    def update_seq_nums(self) -> None:
        if self._session is not None:
            self.record.next_sender_seq_num = self._session.getExpectedSenderNum()
            self.record.next_target_seq_num = self._session.getExpectedTargetNum()

    def send(self, text: str) -> int:
        """Store and send; the MsgSeqNum(34). Raises `NotSent`. One sender at a time."""
        name = self.config.name
        if self.record.failure is not None:
            raise NotSent(ReplyCode.NOT_LOGGED_ON, self.record.failure)
        if self._session is None or not self.logged_on or not self._session.isLoggedOn():
            raise NotSent(ReplyCode.NOT_LOGGED_ON, f"Session {name} is not logged on")
        if self._stopping:
            raise NotSent(ReplyCode.NOT_LOGGED_ON, f"Session {name} is being logged out")
        try:
            # Without a trailer behind it, QuickFIX loses the last entry of a repeating group.
            message = quickfix.Message(text + "10=000\x01", self._dictionary, False)
        except quickfix.FIXException as error:
            raise NotSent(ReplyCode.REFUSED, f"QuickFIX can't read the message: {error}") from error
        self._sent = None
        self._sender = threading.get_ident()
        try:
            stored = quickfix.Session.sendToTarget(message, self._id)
        finally:
            self._sender = 0
        sent = self._sent
        if sent is None:
            if not stored:
                raise NotSent(ReplyCode.FAILED, "QuickFIX could not store the message, so it was not sent")
            # The session ended between the question and the sending. The number is used; since the journal does not
            # have the message, it is not sent later either.
            raise NotSent(ReplyCode.NOT_LOGGED_ON, f"Session {name} was logged out at that moment")
        if self.record.failure is not None:
            raise NotSent(
                ReplyCode.FAILED,
                f"The message was sent, but not written down yet: {self.record.failure}. Wait for it to appear.",
            )
        start = sent.index(b"\x0134=") + 4
        return int(sent[start : sent.index(b"\x01", start)])

    def gap_fill(self, fill: GapFill) -> int:
        """Send it; its MsgSeqNum(34). Raises `NotSent`. One sender at a time."""
        self._gap_fill = fill
        try:
            number = self.send(f"35=4\x01123=Y\x0136={fill.new_seq_no}\x01")
        finally:
            self._gap_fill = None
        self.record.never_again(fill.msg_seq_num, fill.new_seq_no)
        return number

    def number_gap_fill(self, message: quickfix.Message) -> None:
        """Into the SequenceReset(4) that is being sent, if it is `gap_fill`'s: others are QuickFIX's own. QuickFIX
        holds the session's lock, so no other message can take a number meanwhile."""
        if self._gap_fill is None or self._session is None or self._sender != threading.get_ident():
            return
        next_number = self._session.getExpectedSenderNum()
        header = message.getHeader()
        header.setField(34, str(self._gap_fill.msg_seq_num))
        if self._gap_fill.msg_seq_num < next_number:
            header.setField(43, "Y")
            header.setField(122, header.getField(52))
        # QuickFIX adds one when it has stored the message.
        self._session.setNextSenderMsgSeqNum(self._gap_fill.next_after(next_number) - 1)

    def say_at_logout(self, text: str) -> None:
        """As Text(58) of our Logout(5), when it comes to that."""
        self._logout_text = text

    def sign_logout(self, message: quickfix.Message) -> None:
        if self._logout_text is not None and not message.isSetField(58):
            message.setField(58, self._logout_text)

    @property
    def was_logged_on(self) -> bool:
        return self.why.was_logged_on

    @property
    def was_refused(self) -> bool:
        return self.why.was_refused

    @property
    def reason(self) -> str | None:
        return self.why.reason

    @property
    def kind(self) -> EndKind:
        return self.why.kind

    def incoming(self, raw: bytes) -> None:
        # Whatever comes next, QuickFIX has done with the message before.
        self.answers_resend = _RESEND_REQUEST.search(raw, 0, 64) is not None
        verdict, why = self._judge(raw)
        try:
            if verdict is Verdict.TAKEN:
                self.record.received(raw)
            elif verdict is Verdict.REFUSED:
                self._refused.add(_value(raw, b"34"))
                self.record.refused(raw, why)
            else:
                number, msg_type = _value(raw, b"34"), _value(raw, b"35")
                self.record.ignored(
                    f"A message was ignored: {why} (MsgType(35) {msg_type[:8].decode('latin-1')!r},"
                    f" MsgSeqNum(34) {number[:20].decode('latin-1')!r})",
                    raw,
                )
        except Exception as error:
            self.record.not_written(Direction.IN, raw, error)
            raise
        if verdict is Verdict.TAKEN:
            self.breaker.heard(raw)
        self.why.incoming(raw)

    def _judge(self, raw: bytes) -> tuple[Verdict, str]:
        """What QuickFIX will not take must not be folded either; what can't be judged is, rather than lost."""
        try:
            return self._acceptance.judge(raw)
        except Exception:
            log.exception("session %s: a message could not be judged, and counts as taken", self.config.name)
            return Verdict.TAKEN, ""

    def outgoing(self, raw: bytes) -> None:
        mine = self._sender == threading.get_ident()
        if mine:
            self._sent = raw  # it goes to the socket now, whatever becomes of the record of it
        try:
            self.record.sent(raw)
        except Exception as error:
            self.record.not_written(Direction.OUT, raw, error)
            raise
        if not mine and _REJECT.search(raw, 0, 64) is not None:
            self._has_rejected(raw)

    def _has_rejected(self, raw: bytes) -> None:
        """QuickFIX has refused a message, and counted it."""
        if self.record.failure is not None and self._session is not None:
            # It could not be written down, so it must come again. The keeper ends the session: doing it inside a send
            # would hang QuickFIX.
            self._session.setNextTargetMsgSeqNum(self._session.getExpectedTargetNum() - 1)
        number, msg_type = _value(raw, b"45"), _value(raw, b"372")
        if msg_type and msg_type not in b"0 1 2 3 4 5 A".split() and number not in self._refused:
            text = (
                f"QuickFIX has refused message {number.decode()}, which the desk has taken into account all the same:"
                f" {_value(raw, b'58').decode('utf-8', 'replace')}"
            )
            log.error("session %s: %s", self.config.name, text)
            self.record.note(text)

    def _validate(self, text: str) -> str | None:
        """As QuickFIX does it next, with the same dictionary."""
        try:
            self._dictionary.validate(quickfix.Message(text, self._dictionary, False))
        except quickfix.InvalidMessage as error:
            raise Garbled(str(error)) from error
        except quickfix.FIXException as error:
            return str(error)
        return None

    def event(self, text: str) -> None:
        self.record.note(text)
        self.why.event(text)
        if self.why.kind is EndKind.TLS and not self.why.was_logged_on:
            # QuickFIX says nothing more of a handshake that failed.
            self._announce_end()

    def logon(self) -> None:
        if self._stopping:
            return
        if self._begins is not None:
            self._store.logged_on_in(self._begins)
        self.logged_on = self.why.was_logged_on = True
        config = self.config
        where = f"{self._endpoint.server_ip}:{self._endpoint.port}"
        self.record.set_phase(
            SessionPhase.CONNECTED,
            f"Logged on at {where} as {config.sender_comp_id} → {config.target_comp_id}",
        )

    def end(self) -> None:
        """The session is over; QuickFIX must not connect again by itself."""
        self.logged_on = False
        if self._session is not None:
            self._session.logout()
        self.why.end()
        self._announce_end()

    def about_to_send(self, message: quickfix.Message) -> None:
        """Let a new message pass; of those the counterparty asks for again, only fresh ones."""
        header = message.getHeader()
        if not (header.isSetField(43) and header.getField(43) == "Y"):
            return
        verdict = judge(message.toString(), self.record.sent_lately, datetime.now(UTC))
        if verdict is None:
            return
        self.record.not_resent(verdict.cl_ord_id, verdict.msg_seq_num, verdict.text)
        raise quickfix.DoNotSend()

    def refuse_to_count(self) -> None:
        """End the session with the message at hand not counted: QuickFIX adds one after the callback."""
        if self._session is not None:
            self._session.setNextTargetMsgSeqNum(self._session.getExpectedTargetNum() - 1)
            self._session.disconnect()

    def callback_failed(self, callback: str, error: BaseException) -> None:
        log.error("session %s: %s failed", self.config.name, callback, exc_info=error)
        if callback == "toApp":
            # Whether it may go out could not be found out.
            raise quickfix.DoNotSend()
        if callback in ("onLogon", "onLogout"):
            # The desk would wait for ever for what it was not told: this connection is given up.
            self.logged_on = False
            self.why.because(EndKind.OURS, f"Internal error: {error!r}; see the engine's log")
            self._announce_end()

    def _block(self) -> None:
        assert self._initiator is not None
        try:
            self._initiator.block()
        except Exception as error:
            log.exception("session %s: QuickFIX failed", self.config.name)
            self.why.because(EndKind.OURS, f"QuickFIX failed: {error}")
        finally:
            self.logged_on = False
            self._announce_end()

    def _announce_end(self) -> None:
        with self.record.changed:
            self.ended = True
            self.record.changed.notify_all()


class QuickFixClient(SessionClient):
    """A `SessionClient` whose connections are QuickFIX's."""

    def _make(
        self,
        record: SessionRecord,
        endpoint: Endpoint,
        address: str,
        store: QuickFixStore,
        session: Hours | None,
        breaker: Breaker,
    ) -> SessionConnection:
        try:
            return _Connection(record, endpoint, address, store, session, breaker)
        except (DictionaryError, OSError) as error:
            raise ConnectionRefusedByUs(str(error)) from error
        except quickfix.FIXException as error:
            if "HAVE_SSL" in str(error):
                raise ConnectionRefusedByUs(
                    "This QuickFIX was built without TLS: install OpenSSL's headers and build it again"
                ) from error
            raise ConnectionRefusedByUs(f"QuickFIX does not accept the settings: {error}") from error


def _dictionary(path: str, strict: bool) -> quickfix.DataDictionary:
    """As the session makes its own from the settings."""
    made = quickfix.DataDictionary(path)
    made.checkUserDefinedFields(strict)
    made.checkFieldsOutOfOrder(strict)
    made.checkFieldsHaveValues(strict)
    made.allowUnknownMsgFields(not strict)
    return made


def _value(raw: bytes, tag: bytes) -> bytes:
    """The first value of a tag; empty where it is not there."""
    return raw.partition(b"\x01%s=" % tag)[2].partition(b"\x01")[0]


def _settings(values: dict[str, str]) -> quickfix.Dictionary:
    made = quickfix.Dictionary()
    for key, value in values.items():
        made.setString(key, value)
    return made
