"""What each journal entry means for the orders: the one fold, run for live traffic and for what was missed alike."""

from __future__ import annotations

import logging
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from sendfix.domain import events
from sendfix.domain.enums import ExecType
from sendfix.domain.errors import ImpossibleTransition
from sendfix.domain.order import Execution, Order, adopted_id
from sendfix.services.arrival import ArrivalPrice, unknown_arrival_price
from sendfix.services.blotter import Blotter
from sendfix.services.sessions import Sessions
from sendfix.services.strangers import Strangers

log = logging.getLogger(__name__)

# A Reject(3) names the MsgSeqNum of what it refuses. Remembered for this many requests of each session.
REMEMBERED_REQUESTS = 10_000
# RefMsgType(372) of what can concern an order; FIX 4.2 lets it out.
_ORDER_MESSAGES = (None, "D", "E", "F", "G", "AB", "AC")


@dataclass(frozen=True, slots=True)
class Effect:
    """What an event did: the order it belongs to, the execution it booked, and what could not be done with it; `others`
    are further orders that it changed."""

    order: Order | None = None
    execution: Execution | None = None
    complaint: str | None = None
    others: tuple[Order, ...] = ()


NOTHING = Effect()


class Fold:
    """Applies events to the orders of a blotter. Raises `StorageUnavailable` when an older order can't be fetched;
    then nothing has changed, and the same event can be applied again."""

    def __init__(
        self,
        blotter: Blotter,
        sessions: Sessions,
        arrival_price: ArrivalPrice = unknown_arrival_price,
        user_of: Callable[[str], str | None] = lambda _cl_ord_id: None,
    ) -> None:
        """`user_of` tells who asked for the order of that ClOrdID, which is being sent."""
        self._blotter = blotter
        self._arrival_price = arrival_price
        self._user_of = user_of
        self._sessions = sessions
        self._strangers = Strangers(blotter)
        self._requests: defaultdict[str, OrderedDict[int, tuple[str, ...]]] = defaultdict(OrderedDict)
        self._handlers: dict[type[Any], Callable[[Any], Effect]] = {
            events.NewOrderSent: self._new_order_sent,
            events.ListSent: self._list_sent,
            events.ListRefused: self._list_refused,
            events.ReplaceSent: self._request_sent,
            events.CancelSent: self._request_sent,
            events.StatusAsked: self._status_asked,
            events.ExecutionReported: self._reported,
            events.CancelRejected: self._reported,
            events.MessageRejected: self._message_rejected,
            events.NotResent: self._not_resent,
            events.Uninterpretable: self._uninterpretable,
        }

    def resume(self, orders: Iterable[Order]) -> None:
        """Take up the requests of the desk that ran before: a Reject(3) may still come for them, also where the order
        has come to its end meanwhile."""
        sent = [
            (at, number, order.session_name, cl_ord_id)
            for order in orders
            for at, number, cl_ord_id in (
                (order.created_at, order.msg_seq_num, order.cl_ord_ids[0]),
                *(
                    (request.requested_at, request.msg_seq_num, request.cl_ord_id)
                    for request in order.requests
                ),
            )
            if number is not None
        ]
        for (_at, number, session_name), together in groupby(sorted(sent), key=lambda one: one[:3]):
            self._remember(session_name, number, tuple(cl_ord_id for *_, cl_ord_id in together))

    def apply(self, event: events.Event) -> Effect:
        return self._handlers[type(event)](event)

    def _new_order_sent(self, event: events.NewOrderSent) -> Effect:
        return self._list_sent(events.ListSent(event.session_name, event.at, (event,)))

    def _list_sent(self, event: events.ListSent) -> Effect:
        """Its orders came with one message, which may be refused as a whole."""
        found = []
        fresh = []
        for sent in event.orders:
            order = self._sent_before(sent)
            if order is None:
                px = self._arrival_price(sent.session_name, sent.symbol, sent.at)
                user = self._user_of(sent.cl_ord_id)
                new = sent if user is None else replace(sent, user=user)
                order = Order.from_new(new, self._blotter.next_order_no, px)
                self._blotter.add(order)
                fresh.append(sent)
            found.append(Effect(order))
        if fresh:
            ids = tuple(sent.cl_ord_id for sent in fresh)
            self._remember(event.session_name, fresh[0].msg_seq_num, ids, fresh[0].poss_dup)
        return _together(found)

    def _list_refused(self, event: events.ListRefused) -> Effect:
        """Those of its orders that nothing has been reported on."""
        text = event.text or "The counterparty refused the list and gave no reason."
        return _together(
            [
                self._apply(
                    order,
                    events.MessageRejected(
                        event.session_name, event.at, None, "E", order.cl_ord_ids[0], text=text
                    ),
                )
                for order in self._blotter.open_orders(event.session_name)
                if order.fields.get("list_id") == event.list_id and not order.reported
            ]
        )

    def _request_sent(self, event: events.ReplaceSent | events.CancelSent) -> Effect:
        known = self._sent_before(event)
        if known is not None:
            return Effect(known)
        order = self._order_of(event.session_name, event.orig_cl_ord_id)
        if order is None:
            order = self._strangers.find_orig(event)
            if order is not None:
                event = replace(event, orig_cl_ord_id=adopted_id(event.session_name, event.orig_cl_ord_id))
        if order is None:
            return Effect(complaint=f"A request for the unknown order {event.orig_cl_ord_id} was sent.")
        effect = self._apply(order, event)
        self._blotter.index(event.cl_ord_id, order)
        self._remember(event.session_name, event.msg_seq_num, (event.cl_ord_id,), event.poss_dup)
        return effect

    def _status_asked(self, event: events.StatusAsked) -> Effect:
        return Effect(self._order_of(event.session_name, event.cl_ord_id))

    def _sent_before(
        self, event: events.NewOrderSent | events.ReplaceSent | events.CancelSent
    ) -> Order | None:
        """The order of a message that the session layer sent again. Only for such a one is the archive asked: a new
        ClOrdID is never there, and looking would cost more than all the rest of its fold."""
        return (self._blotter.find if event.poss_dup else self._blotter.in_memory)(event.cl_ord_id)

    def _reported(self, event: events.ExecutionReported | events.CancelRejected) -> Effect:
        order = self._order_of(event.session_name, event.cl_ord_id, event.orig_cl_ord_id, archive=False)
        order = order or self._strangers.in_memory(event)
        # What is not in memory is looked for in the archive, and only then taken for a stranger.
        order = order or self._order_of(event.session_name, event.cl_ord_id, event.orig_cl_ord_id)
        order = order or self._strangers.find(event)
        adopted = None if order is not None else self._strangers.adopt(event)
        order = order or adopted
        if order is None and _tells_of_no_order(event):
            return NOTHING
        if order is None:
            kind = "ExecutionReport" if isinstance(event, events.ExecutionReported) else "OrderCancelReject"
            return Effect(
                complaint=f"{kind} for ClOrdID(11) {event.cl_ord_id!r}, which is no order of this desk."
            )
        if order.adopted or event.cl_ord_id not in order.cl_ord_ids:
            event = self._strangers.translated(order, event)
        effect = self._apply(order, event, is_new=adopted is not None)
        if event.cl_ord_id in order.cl_ord_ids:
            # An unsolicited replace gives the order an id that it did not have.
            self._blotter.index(event.cl_ord_id, order)
        return effect

    def _message_rejected(self, event: events.MessageRejected) -> Effect:
        if event.ref_msg_type == "H":
            if event.of_its_kind:
                self._sessions.get(event.session_name).status_requests_refused = True
            return NOTHING
        if event.ref_msg_type not in _ORDER_MESSAGES:
            return NOTHING
        together = self._sent_together(event.session_name, event.ref_seq_num)
        order = self._order_of(event.session_name, event.ref_id)
        if order is not None and (event.ref_id not in together or len(together) == 1):
            return self._apply(order, event)
        effects = []
        for cl_ord_id in together:
            order = self._order_of(event.session_name, cl_ord_id)
            if order is not None:
                # By its id the order tells a request that was answered before from one that is not its own.
                effects.append(self._apply(order, replace(event, ref_id=cl_ord_id)))
        if not effects:
            return Effect(
                complaint=f"The counterparty refused message {event.ref_seq_num}, of no order known here."
            )
        return _together(effects)

    def _not_resent(self, event: events.NotResent) -> Effect:
        together = self._sent_together(event.session_name, event.msg_seq_num)
        effects = []
        for cl_ord_id in together if event.cl_ord_id in together else (event.cl_ord_id,):
            order = self._order_of(event.session_name, cl_ord_id)
            if order is not None:
                effects.append(self._apply(order, replace(event, cl_ord_id=cl_ord_id)))
        return _together(effects)

    def _sent_together(self, session_name: str, msg_seq_num: int | None) -> tuple[str, ...]:
        """The ClOrdIDs of the message of that number: of a list those of all its orders."""
        return self._requests[session_name].get(msg_seq_num or 0, ())

    def _uninterpretable(self, event: events.Uninterpretable) -> Effect:
        return Effect(complaint=event.reason)

    def _order_of(self, session_name: str, *cl_ord_ids: str | None, archive: bool = True) -> Order | None:
        find = self._blotter.find if archive else self._blotter.in_memory
        for cl_ord_id in cl_ord_ids:
            order = find(cl_ord_id) if cl_ord_id else None
            if order is not None and order.session_name == session_name:
                return order
        return None

    def _apply(self, order: Order, event: events.OrderEvent, is_new: bool = False) -> Effect:
        before = {} if is_new else dict(order.warnings)
        execution = None
        complaints = []
        try:
            execution = order.apply(event)
        except ImpossibleTransition as error:
            # The counterparty may see the order otherwise than we do, and whoever looks at it should know.
            order.warn("refused", str(error), event.at)
            complaints.append(str(error))
        for code, one in order.warnings.items():
            if before.get(code) is not one and one.text not in complaints:
                complaints.append(one.text)
        if not complaints:
            return Effect(order, execution)
        complaint = " ".join(complaints)
        log.warning("session %s: order %s: %s", order.session_name, order.cl_ord_id, complaint)
        return Effect(order, execution, complaint)

    def _remember(
        self, session_name: str, msg_seq_num: int | None, cl_ord_ids: tuple[str, ...], poss_dup: bool = False
    ) -> None:
        if msg_seq_num is None:
            return
        requests = self._requests[session_name]
        if not poss_dup and requests and msg_seq_num <= next(reversed(requests)):
            requests.clear()  # the numbers were reset: the old ones mean nothing any more
        requests[msg_seq_num] = cl_ord_ids
        if len(requests) > REMEMBERED_REQUESTS:
            requests.popitem(last=False)


def _tells_of_no_order(event: events.ExecutionReported | events.CancelRejected) -> bool:
    """The answer to an OrderMassStatusRequest(AF) where there is no order to report on (FIX 4.4, ExecutionReport)."""
    return (
        isinstance(event, events.ExecutionReported)
        and event.exec_type is ExecType.ORDER_STATUS
        and event.order_id is None
        and not event.cl_ord_id
    )


def _together(effects: list[Effect]) -> Effect:
    """Of several orders, the effect of one message."""
    # Each once, though a list may name one twice.
    orders = list(dict.fromkeys(effect.order for effect in effects if effect.order is not None))
    complaints = [effect.complaint for effect in effects if effect.complaint is not None]
    return Effect(
        orders[0] if orders else None, complaint=" ".join(complaints) or None, others=tuple(orders[1:])
    )
