"""Market data for the clients that ask: MarketDataRequest(V) in, W, X and MarketDataRequestReject(Y) out.

What has changed is sent at the end of a turn, but not more often than every INTERVAL. A client that does not read is
sent nothing until it does: depth coalesces meanwhile, trades are kept for it up to a bound. Beyond the bound, or
MOST_BEHIND later, it is disconnected with a text.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from broker.fix.states import SessionKey
from broker.fix.validation import FIX42
from broker.fix.wire import Message, value
from broker.line import Line
from broker.market.day import Days
from broker.market.request import Kind, MarketDataRequest, Reason, Refusal, read_request
from broker.market.subscription import Subscription
from broker.market.tape import KEPT, Tape
from broker.market.view import View
from broker.trading.matching import Matching, Trade

INTERVAL: Final = 0.02
"""Seconds between two updates of the same client at least."""

LOOK_AGAIN: Final = 0.25
"""Seconds after which a client that does not read is looked at again."""

MOST_UNREAD: Final = 256 << 10
"""Bytes on their way to a client above which it is sent no more."""

MOST_BEHIND: Final = 10.0
"""Seconds that a client may leave that much unread."""

MOST_ENTRIES: Final = 20_000
"""That a client is sent in one turn."""

MOST_SUBSCRIPTIONS: Final = 200
"""Of one client."""

log: Final = logging.getLogger("broker")


@dataclass(slots=True)
class _Client:
    session: SessionKey
    subscriptions: dict[bytes, Subscription] = field(default_factory=dict)
    """By MDReqID(262)."""
    pending: dict[Subscription, None] = field(default_factory=dict)
    """Those that have something to say."""
    behind_since: float | None = None


class Feed:
    def __init__(self, matching: Matching, days: Days, line: Line) -> None:
        self._matching = matching
        self._days = days
        self._line = line
        self._tape = Tape()
        self._clients: dict[SessionKey, _Client] = {}
        self._followers: dict[str, dict[Subscription, _Client]] = {}
        self._dirty: set[str] = set()
        self._pending: dict[SessionKey, _Client] = {}
        self._fresh = False
        self._due = 0.0

    # -- requests ------------------------------------------------------------------------------------------------

    def request(self, session: SessionKey, message: Message, now: float) -> None:
        """Take up a V, or end what it names. The first W follows at the end of the turn."""
        md_req_id = message.fields[b"262"]
        client = self._clients.get(session) or _Client(session)
        try:
            request = read_request(message, self._matching.prices)
            if request.kind is Kind.END:
                self._end(client, md_req_id)
            else:
                self._begin(session, client, request)
        except Refusal as refusal:
            body = [(b"262", md_req_id)]
            # FIX.4.2 has the reasons 0 to 8.
            if refusal.reason is not None and (session.begin_string != FIX42 or refusal.reason.value <= b"8"):
                body.append((b"281", refusal.reason.value))
            self._line.send(session, b"Y", [*body, (b"58", value(refusal.text))])

    def _begin(self, session: SessionKey, client: _Client, request: MarketDataRequest) -> None:
        shown = request.md_req_id.decode("latin-1")
        if request.md_req_id in client.subscriptions:
            raise Refusal(Reason.DUPLICATE_MD_REQ_ID, f"MDReqID(262) {shown} is in use")
        if len(client.subscriptions) >= MOST_SUBSCRIPTIONS:
            text = f"there are {MOST_SUBSCRIPTIONS} subscriptions already; end one first"
            raise Refusal(Reason.INSUFFICIENT_BANDWIDTH, text)
        self._clients[session] = client
        subscription = Subscription(request, self._tape)
        client.subscriptions[request.md_req_id] = subscription
        client.pending[subscription] = None
        self._pending[session] = client
        self._fresh = True
        if request.kind is Kind.UPDATES:
            for symbol in request.symbols:
                self._followers.setdefault(symbol, {})[subscription] = client

    def _end(self, client: _Client, md_req_id: bytes) -> None:
        subscription = client.subscriptions.get(md_req_id)
        if subscription is None:
            text = f"MDReqID(262) {md_req_id.decode('latin-1')} is no subscription"
            raise Refusal(None, text)
        self._remove(client, subscription)

    def _remove(self, client: _Client, subscription: Subscription) -> None:
        subscription.end(self._tape)
        del client.subscriptions[subscription.request.md_req_id]
        client.pending.pop(subscription, None)
        if subscription.request.kind is Kind.UPDATES:
            for symbol in subscription.request.symbols:
                followers = self._followers[symbol]
                del followers[subscription]
                if not followers:
                    del self._followers[symbol]

    def logged_off(self, session: SessionKey) -> None:
        """Its subscriptions end with the connection (FIX 4.4, volume 3)."""
        client = self._clients.pop(session, None)
        if client is not None:
            for subscription in list(client.subscriptions.values()):
                self._remove(client, subscription)
            self._pending.pop(session, None)

    # -- updates -------------------------------------------------------------------------------------------------

    def note(self, touched: Iterable[str], trades: Sequence[Trade]) -> None:
        """What may have changed."""
        followers = self._followers
        if followers:
            self._tape.add(trades)
            self._dirty.update(symbol for symbol in touched if symbol in followers)
            self._dirty.update(trade.symbol for trade in trades if trade.symbol in followers)

    def publish(self, now: float) -> None:
        """Send what is to be sent now, or see to it that it is sent later."""
        if not self._dirty and not self._pending:
            return
        # A clock that was set back must not silence the feed.
        if not self._fresh and self._due - LOOK_AGAIN <= now < self._due:
            return
        self._fresh = False
        self._distribute()
        view = View(self._matching, self._days, self._tape)
        behind = True
        for client in list(self._pending.values()):
            if self._serve_guarded(client, view, now):
                self._pending.pop(client.session, None)
            elif client.behind_since is None:
                behind = False
        self._due = now + (LOOK_AGAIN if self._pending and behind else INTERVAL)

    @property
    def next_due(self) -> float | None:
        """When `publish` has something to send."""
        return self._due if self._dirty or self._pending else None

    def _distribute(self) -> None:
        for symbol in self._dirty:
            for subscription, client in self._followers.get(symbol, {}).items():
                subscription.stale[symbol] = None
                client.pending[subscription] = None
                self._pending[client.session] = client
        self._dirty.clear()

    def _serve_guarded(self, client: _Client, view: View, now: float) -> bool:
        try:
            return self._serve(client, view, now)
        except Exception:
            # A fault of ours with one client must not take the other clients' market data away.
            log.exception("%s: no market data", client.session)
            self._give_up(client, "the broker failed to make its market data")
            return True

    def _serve(self, client: _Client, view: View, now: float) -> bool:
        """Whether it knows all there is now."""
        if self._line.backlog(client.session) > MOST_UNREAD:
            self._wait_for(client, now)
            return client.session not in self._clients
        client.behind_since = None
        room = MOST_ENTRIES
        while client.pending:
            subscription = next(iter(client.pending))
            if subscription.has_lost(self._tape):
                self._give_up(client, f"too slow: more than {KEPT} trades of a symbol wait to be read")
                return True
            for message in subscription.messages(view):
                self._line.send_transient(client.session, message.msg_type, message.body)
                room -= message.entries
                if room < 0:
                    return False
            client.pending.pop(subscription)
            if subscription.request.kind is Kind.SNAPSHOT:
                self._remove(client, subscription)
        return True

    def _wait_for(self, client: _Client, now: float) -> None:
        if client.behind_since is None or client.behind_since > now:
            client.behind_since = now
        elif now - client.behind_since > MOST_BEHIND:
            unread = self._line.backlog(client.session)
            self._give_up(client, f"too slow: {unread} bytes have waited to be read for {MOST_BEHIND:.0f} s")
        elif any(one.has_lost(self._tape) for one in client.pending):
            self._give_up(client, f"too slow: more than {KEPT} trades of a symbol wait to be read")

    def _give_up(self, client: _Client, text: str) -> None:
        log.warning("%s: disconnected: %s", client.session, text)
        self.logged_off(client.session)
        self._line.disconnect(client.session, text, is_too_slow=True)
