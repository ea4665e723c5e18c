"""Between the sessions and orders in memory and the database: what the next transaction writes, and what was there.

Used by the core's thread alone.
"""

from __future__ import annotations

from collections.abc import Sequence

from broker.fix.session import Session
from broker.fix.states import SessionKey
from broker.models import Batch, Database
from broker.trading.orders import Orders
from broker.trading.rows import session_of


class _Sent:
    """A session's MessageStore: rows of the transaction to come, behind them the database."""

    def __init__(self, database: Database, session_id: int) -> None:
        self.session_id = session_id
        self._database = database
        self.pending: dict[int, bytes] = {}
        self.cleared = False

    def append(self, number: int, raw: bytes) -> None:
        self.pending[number] = raw

    def read(self, begin: int, end: int, limit: int) -> Sequence[tuple[int, bytes]]:
        stored = [] if self.cleared else self._database.read_sent(self.session_id, begin, end, limit)
        waiting = [(number, raw) for number, raw in self.pending.items() if begin <= number <= end]
        return [*stored, *waiting][:limit]

    def clear(self) -> None:
        self.pending.clear()
        self.cleared = True


class Ledger:
    """All sessions that there ever were, and the transaction that is being collected."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.sessions: dict[SessionKey, Session] = {}
        self._sent: dict[SessionKey, _Sent] = {}
        self._saved: dict[SessionKey, tuple[int, int]] = {}
        for row in database.load_sessions():
            key = session_of(row)
            assert key is not None
            self._add(key, row["id"], row["next_in"], row["next_out"])
            self._saved[key] = (row["next_in"], row["next_out"])

    def session(self, key: SessionKey) -> Session:
        """It is made when the pair of CompIDs is new."""
        found = self.sessions.get(key)
        return found or self._add(key, len(self.sessions) + 1, 1, 1)

    def id_of(self, key: SessionKey) -> int:
        return self._sent[key].session_id

    def by_id(self, session_id: int) -> Session | None:
        return next(
            (one for key, one in self.sessions.items() if self._sent[key].session_id == session_id), None
        )

    def _add(self, key: SessionKey, session_id: int, next_in: int, next_out: int) -> Session:
        sent = self._sent[key] = _Sent(self._database, session_id)
        session = self.sessions[key] = Session(key, sent, next_in, next_out)
        return session

    def collect(self, orders: Orders) -> Batch | None:
        """Everything that happened since the last call; None when nothing did."""
        batch = Batch()
        for key, session in self.sessions.items():
            sent = self._sent[key]
            numbers = (session.next_in, session.next_out)
            saved = self._saved.get(key)
            if saved == numbers and not sent.pending and not sent.cleared:
                continue
            self._saved[key] = numbers
            row = {"next_in": numbers[0], "next_out": numbers[1]}
            if saved is None:
                names = {
                    "fix_version": key.version,
                    "sender_comp_id": key.client,
                    "target_comp_id": key.broker,
                }
                batch.new_sessions.append({"id": sent.session_id, **names, **row})
            else:
                batch.session_numbers.append({"b_id": sent.session_id, **row})
            if sent.cleared:
                batch.cleared_sessions.append(sent.session_id)
                sent.cleared = False
            batch.sent_messages += [
                {"session_id": sent.session_id, "msg_seq_num": number, "raw": raw}
                for number, raw in sent.pending.items()
            ]
            sent.pending.clear()
        batch.new_orders, batch.changed_orders, changes = orders.take_changes()
        batch.executions, batch.prices = changes.executions, list(changes.prices.values())
        batch.cl_ord_ids, batch.days = changes.cl_ord_ids, changes.days
        batch.changed_executions = list(changes.changed_executions.values())
        return batch if batch.is_filled else None
