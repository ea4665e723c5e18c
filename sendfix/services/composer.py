"""Any message of the dictionary, sent by a person or a script: composed, held against the limits, and answered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sendfix.domain.errors import DuplicateClOrdID, SendFixError
from sendfix.domain.order import Order
from sendfix.fix.answers import references
from sendfix.fix.compose import CL_ORD_ID, Composed, Draft, compose
from sendfix.fix.dictionary import Dictionary
from sendfix.fix.lists import comes_apart, list_orders, orders_apart
from sendfix.fix.parse import parse_values
from sendfix.services.blotter import Blotter
from sendfix.services.desk import Desk
from sendfix.services.ids import ClOrdIdSource
from sendfix.services.ports import MessageArchive, MessageQuery, MessageRow
from sendfix.services.sessions import Session, Sessions

ORIG_CL_ORD_ID = 41
REPLACES = frozenset({"G", "AC"})
TAKES_A_NEW_ID = frozenset({"D", "F", "G", "AB", "AC", "q"})
LOOKED_THROUGH = 2_000


@dataclass(frozen=True, slots=True)
class SentMessage:
    """`msg_seq_num` is None where the link to the engine broke just then. `cl_ord_ids` are new with it, `orders` those
    that it brought or changes."""

    msg_seq_num: int | None
    body: bytes
    cl_ord_ids: Sequence[str]
    orders: Sequence[Order]


class Composer:
    def __init__(
        self,
        desk: Desk,
        sessions: Sessions,
        blotter: Blotter,
        archive: MessageArchive,
        ids: ClOrdIdSource,
        now: Callable[[], datetime],
        dictionary_of: Callable[[Session], Dictionary],
    ) -> None:
        self._desk = desk
        self._sessions = sessions
        self._blotter = blotter
        self._archive = archive
        self._ids = ids
        self._now = now
        self._dictionary_of = dictionary_of

    def check(self, session_name: str, draft: Draft) -> tuple[Composed, str | None]:
        """The message as it would be sent, or what is wrong with it; and why it could not be sent just now. Raises
        `UnknownSession`, and `InvalidRequest` where there is no message to speak of."""
        composed = self._compose(session_name, draft)
        if composed.body is None:
            return composed, None
        try:
            ids, parts = self._taken_apart(session_name, composed.msg_type, composed.body)
            self._desk.may_send(
                session_name, ids, parts, self._replaced(session_name, composed.msg_type, composed.body)
            )
        except SendFixError as error:
            return composed, str(error)
        return composed, None

    def send(self, session_name: str, draft: Draft) -> SentMessage:
        """Raises as `Desk.send_order`."""
        composed = self._compose(session_name, draft)
        body = composed.valid_body()
        ids, parts = self._taken_apart(session_name, composed.msg_type, body)
        replaced = self._replaced(session_name, composed.msg_type, body)
        number = self._desk.send_body(session_name, ids, body, parts, replaced)
        found = [self._blotter.in_memory(cl_ord_id) for cl_ord_id in ids]
        return SentMessage(number, body, ids, [order for order in found if order is not None])

    def find(self, session_name: str, sent: SentMessage) -> MessageRow | None:
        """The message as it is stored. All that was folded must be. Raises `StorageUnavailable`."""
        if sent.msg_seq_num is None:
            return None
        seq_nums = (sent.msg_seq_num, sent.msg_seq_num)
        query = MessageQuery(session_name, directions=("OUT",), seq_nums=seq_nums, limit=1)
        return next(iter(self._archive.messages(query)), None)

    def answers(self, message: MessageRow) -> list[MessageRow]:
        """What the counterparty has said since to this message of ours, oldest first: by the ids in it, or by its
        MsgSeqNum(34). All that was folded must be stored. Raises `StorageUnavailable`."""
        refers = references(message.raw.encode("utf-8", "replace"))
        query = MessageQuery(message.session_name, directions=("IN",), after=message.id, limit=LOOKED_THROUGH)
        return [row for row in self._archive.messages(query) if refers(row.raw)]

    def _compose(self, session_name: str, draft: Draft) -> Composed:
        session = self._sessions.get(session_name)
        if draft.raw is None:
            draft = replace(draft, account=session.config.account)
        return compose(draft, self._dictionary_of(session), self._now(), self._ids.next)

    def _taken_apart(
        self, session_name: str, msg_type: str, body: bytes
    ) -> tuple[Sequence[str], Sequence[bytes]]:
        """The ClOrdIDs that it uses up, and each of its orders by itself. Raises `DuplicateClOrdID`."""
        if msg_type == "E":
            dictionary = self._dictionary_of(self._sessions.get(session_name))
            parts = orders_apart(body, dictionary)
            if not comes_apart(body, dictionary):
                parts = [body]  # as a whole, which no limit lets through
            ids = [
                order.values[CL_ORD_ID]
                for order in list_orders(body, dictionary)[1]
                if CL_ORD_ID in order.values
            ]
        else:
            parts = [body]
            cl_ord_id = parse_values(body).get(CL_ORD_ID)
            ids = [cl_ord_id] if cl_ord_id and msg_type in TAKES_A_NEW_ID else []
        for cl_ord_id in ids:
            if self._blotter.find(cl_ord_id) is not None:
                raise DuplicateClOrdID(cl_ord_id)
        return ids, parts

    def _replaced(self, session_name: str, msg_type: str, body: bytes) -> Order | None:
        if msg_type not in REPLACES:
            return None
        order = self._blotter.find(parse_values(body).get(ORIG_CL_ORD_ID, ""))
        return order if order is not None and order.session_name == session_name else None
