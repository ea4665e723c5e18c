"""What all orders and positions add up to, kept as they change: for each limit that looks at more than one order.

Sums are kept for the kinds of scope that somebody has asked for (`track`): of a session, of an account, of an account
on a session and so on. An order counts with what of it could still fill, and at the highest price that it may have. All
is addition and subtraction of exact decimals, so that running sums equal a recount.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from decimal import Decimal, localcontext

from sendfix.domain.ledger import EXACT, ZERO
from sendfix.domain.limits import Key
from sendfix.domain.part import Part, Whose

Mask = tuple[bool, bool, bool]
"""Which of session, account and user a scope names."""


class SymbolSums:
    """Of one symbol in one scope. `gross` is the sum, over sessions and accounts, of the largest position, long or
    short, that each could come to."""

    __slots__ = ("buy", "gross", "long_sale", "net", "sell")

    def __init__(self) -> None:
        self.net = self.buy = self.sell = self.long_sale = self.gross = ZERO

    @property
    def flat(self) -> bool:
        return not (self.net or self.buy or self.sell or self.gross)


class Sums:
    """Of one scope: open orders, what they are worth, and how many of them have no price; and what was executed on this
    day, without fills that came without a price, which `unpriced_fills` counts."""

    __slots__ = ("executed", "notional", "orders", "symbols", "unpriced", "unpriced_fills")

    def __init__(self) -> None:
        self.orders = self.unpriced = self.unpriced_fills = 0
        self.notional = self.executed = ZERO
        self.symbols: dict[str, SymbolSums] = {}

    def symbol(self, symbol: str) -> SymbolSums:
        found = self.symbols.get(symbol)
        if found is None:
            found = self.symbols[symbol] = SymbolSums()
        return found


class _Place:
    """What one account holds of one symbol on one session, and could still buy and sell there; `worst` is the largest
    position, long or short, that it could come to."""

    __slots__ = ("buy", "net", "sell", "worst")

    def __init__(self) -> None:
        self.net = self.buy = self.sell = self.worst = ZERO

    def widen(self) -> Decimal:
        """After any of the three has changed: how much larger the worst became."""
        before, self.worst = self.worst, _worst(self.net, self.buy, self.sell)
        return self.worst - before


class Exposure:
    """`price_of` is asked for the last price of an order that has none of its own, once, while it is open."""

    def __init__(
        self, price_of: Callable[[str, str], Decimal | None] = lambda _session, _symbol: None
    ) -> None:
        self._price_of = price_of
        self._masks: set[Mask] = set()
        self._sums: dict[Key, Sums] = {}
        self._targets: dict[Whose, list[tuple[Mask, Sums]]] = {}
        self._parts: dict[Hashable, Part] = {}
        # Open orders without a price of their own: their symbol, and the price that was found for it.
        self._hints: dict[Hashable, tuple[str, Decimal | None]] = {}
        self._places: dict[tuple[str, str, str], _Place] = {}
        self._accounts: dict[tuple[str, str], set[str]] = {}
        self._executed: dict[Whose, tuple[Decimal, int]] = {}

    def track(self, key: Key) -> Sums:
        """The sums of a scope, from now on at no cost."""
        found = self._sums.get(key)
        if found is not None:
            return found
        if _mask(key) not in self._masks:
            with localcontext(EXACT):
                self._begin(_mask(key))
        return self._sums.setdefault(key, Sums())

    def _begin(self, mask: Mask) -> None:
        self._masks.add(mask)
        self._targets.clear()
        for part in self._parts.values():
            self._add(self._of(mask, part.whose), mask, part, 1)
        for key, place in self._places.items():
            self._move(mask, key, place.net, place.worst)
        for whose, (amount, unpriced) in self._executed.items():
            self._execute(mask, whose, amount, unpriced)

    def put(self, key: Hashable, part: Part | None) -> None:
        """What the order of that key, or a message on its way, adds from now on; None is nothing any more."""
        if part is not None and part.unpriced:
            part = self._priced(key, part)
        else:
            self._hints.pop(key, None)
        if part != self._parts.get(key):
            with localcontext(EXACT):
                self.replace(key, part)

    def replace(self, key: Hashable, part: Part | None) -> None:
        """`put` of what has a price, or is nothing, by a caller who computes with `EXACT`."""
        before = self._parts.get(key)
        if before is not None:
            del self._parts[key]
            self._count(before, -1)
        if part is not None:
            self._parts[key] = part
            self._count(part, 1)

    def rename(self, key: Hashable, part: Part, before: Hashable) -> None:
        """`put`, of what was kept under another key before."""
        if part == self._parts.get(before) and key not in self._parts and before not in self._hints:
            self._parts[key] = self._parts.pop(before)
        else:
            self.put(before, None)
            self.put(key, part)

    def get(self, key: Hashable) -> Part | None:
        return self._parts.get(key)

    def hold(self, session_name: str, symbol: str, net_qtys: Mapping[str | None, Decimal]) -> None:
        """What each account holds of the symbol on the session now."""
        held = {account or "": net for account, net in net_qtys.items()}
        known = self._accounts.setdefault((session_name, symbol), set())
        with localcontext(EXACT):
            for account in known - held.keys():
                self._hold((session_name, account, symbol), ZERO)
            for account, net in held.items():
                self._hold((session_name, account, symbol), net)
        known.update(held)

    def execute(self, whose: Whose, amount: Decimal, unpriced: int = 0) -> None:
        """So much more was executed on this day; below zero when it was taken back, or the day is over."""
        with localcontext(EXACT):
            before, count = self._executed.get(whose, (ZERO, 0))
            self._executed[whose] = (before + amount, count + unpriced)
            for mask in self._masks:
                self._execute(mask, whose, amount, unpriced)

    def wider(self, part: Part) -> Decimal:
        """How much the largest position that its account could come to on its session would grow by this."""
        place = self._places.get((part.whose[0], part.whose[1], part.symbol), _NOWHERE)
        if part.sign > 0:
            return _worst(place.net, place.buy + part.qty, place.sell) - place.worst
        return _worst(place.net, place.buy, place.sell + part.qty) - place.worst

    def find_prices(self) -> None:
        """Look again for a price of the orders that have none; there are few of them, or they fill soon."""
        for key in [key for key, (_symbol, px) in self._hints.items() if px is None]:
            part = self._parts[key]
            del self._hints[key]
            self.put(key, part)

    def _hold(self, key: tuple[str, str, str], net: Decimal) -> None:
        place = self._places.get(key)
        if place is None:
            place = self._places[key] = _Place()
        more, place.net = net - place.net, net
        wider = place.widen()
        if more:
            for mask in self._masks:
                self._move(mask, key, more, wider)
        self._forget_flat(key, place)

    def _priced(self, key: Hashable, part: Part) -> Part:
        symbol, px = self._hints.get(key, (part.symbol, None))
        if px is None or symbol != part.symbol:
            px = self._price_of(part.whose.session_name, part.symbol)
            self._hints[key] = (part.symbol, px)
        return part if px is None else part._replace(notional=EXACT.multiply(part.qty, abs(px)), unpriced=0)

    def _count(self, part: Part, times: int) -> None:
        """This is in the path of every order: what it adds to is looked up once for each session, account and user."""
        wider = ZERO
        if part.sign:
            key = (part.whose[0], part.whose[1], part.symbol)
            place = self._places.get(key)
            if place is None:
                place = self._places[key] = _Place()
            if part.sign > 0:
                place.buy += part.qty if times > 0 else -part.qty
            else:
                place.sell += part.qty if times > 0 else -part.qty
            wider = place.widen()
            self._forget_flat(key, place)
        targets = self._targets.get(part.whose)
        if targets is None:
            targets = self._targets[part.whose] = [(mask, self._of(mask, part.whose)) for mask in self._masks]
        for mask, sums in targets:
            symbol = self._add(sums, mask, part, times)
            if symbol is not None:
                symbol.gross += wider

    def _add(self, sums: Sums, mask: Mask, part: Part, times: int) -> SymbolSums | None:
        """The sums of its symbol, if they are kept in this kind of scope."""
        sums.orders += times * part.orders
        sums.notional += part.notional if times > 0 else -part.notional
        sums.unpriced += times * part.unpriced
        if mask[2] or not part.sign:
            return None
        symbol = sums.symbol(part.symbol)
        qty = part.qty if times > 0 else -part.qty
        if part.sign > 0:
            symbol.buy += qty
        else:
            symbol.sell += qty
            symbol.long_sale += part.long_sale if times > 0 else -part.long_sale
        return symbol

    def _forget_flat(self, key: tuple[str, str, str], place: _Place) -> None:
        if not (place.net or place.buy or place.sell):
            del self._places[key]

    def _move(self, mask: Mask, key: tuple[str, str, str], more: Decimal, wider: Decimal) -> None:
        if not mask[2]:
            symbol = self._of(mask, Whose(key[0], key[1], "")).symbol(key[2])
            symbol.net += more
            symbol.gross += wider

    def _execute(self, mask: Mask, whose: Whose, amount: Decimal, unpriced: int) -> None:
        sums = self._of(mask, whose)
        sums.executed += amount
        sums.unpriced_fills += unpriced

    def _of(self, mask: Mask, whose: Whose) -> Sums:
        key = (
            whose.session_name if mask[0] else None,
            whose.account if mask[1] else None,
            whose.user if mask[2] else None,
        )
        found = self._sums.get(key)
        if found is None:
            found = self._sums[key] = Sums()
        return found


def _worst(net: Decimal, buy: Decimal, sell: Decimal) -> Decimal:
    long, short = abs(net + buy), abs(net - sell)
    return long if long > short else short


_NOWHERE = _Place()


def _mask(key: Key) -> Mask:
    return (key[0] is not None, key[1] is not None, key[2] is not None)


def symbols_by_use(sums: Sums) -> Iterator[tuple[str, SymbolSums]]:
    """Those with a position or an open order, the largest position that could come about first."""
    busy = [(symbol, one) for symbol, one in sums.symbols.items() if not one.flat]
    yield from sorted(busy, key=lambda found: (-found[1].gross, found[0]))
