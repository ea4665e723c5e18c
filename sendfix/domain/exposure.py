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
        self._net: dict[tuple[str, str, str], Decimal] = {}
        self._accounts: dict[tuple[str, str], set[str]] = {}
        self._open: dict[tuple[str, str, str], list[Decimal]] = {}
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
        for (session_name, account, symbol), net in self._net.items():
            self._move(mask, (session_name, account, symbol), net)
        for place in {*self._net, *self._open}:
            self._widen(mask, place, _worst(*self._place(*place)))
        for whose, (amount, unpriced) in self._executed.items():
            self._execute(mask, whose, amount, unpriced)

    def put(self, key: Hashable, part: Part | None) -> None:
        """What the order of that key, or a message on its way, adds from now on; None is nothing any more."""
        if part is not None and part.unpriced:
            part = self._priced(key, part)
        else:
            self._hints.pop(key, None)
        before = self._parts.get(key)
        if part != before:
            with localcontext(EXACT):
                self._replace(key, before, part)

    def _replace(self, key: Hashable, before: Part | None, part: Part | None) -> None:
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
        net, buy, sell = self._place(part.whose[0], part.whose[1], part.symbol)
        after = _worst(net, buy + part.qty, sell) if part.sign > 0 else _worst(net, buy, sell + part.qty)
        return after - _worst(net, buy, sell)

    def find_prices(self) -> None:
        """Look again for a price of the orders that have none; there are few of them, or they fill soon."""
        for key in [key for key, (_symbol, px) in self._hints.items() if px is None]:
            part = self._parts[key]
            del self._hints[key]
            self.put(key, part)

    def _hold(self, place: tuple[str, str, str], net: Decimal) -> None:
        before, buy, sell = self._place(*place)
        if net == before:
            return
        self._net[place] = net
        wider = _worst(net, buy, sell) - _worst(before, buy, sell)
        for mask in self._masks:
            self._move(mask, place, net - before)
            self._widen(mask, place, wider)

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
            place = (part.whose[0], part.whose[1], part.symbol)
            net, both = self._net.get(place, ZERO), self._open.get(place)
            if both is None:
                both = self._open[place] = [ZERO, ZERO]
            worst = _worst(net, both[0], both[1])
            both[part.sign < 0] += part.qty if times > 0 else -part.qty
            wider = _worst(net, both[0], both[1]) - worst
            if not (both[0] or both[1]):
                del self._open[place]
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

    def _move(self, mask: Mask, place: tuple[str, str, str], more: Decimal) -> None:
        if not mask[2]:
            self._of(mask, Whose(place[0], place[1], "")).symbol(place[2]).net += more

    def _widen(self, mask: Mask, place: tuple[str, str, str], more: Decimal) -> None:
        if not mask[2]:
            self._of(mask, Whose(place[0], place[1], "")).symbol(place[2]).gross += more

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

    def _place(self, session_name: str, account: str, symbol: str) -> tuple[Decimal, Decimal, Decimal]:
        place = (session_name, account, symbol)
        buy, sell = self._open.get(place, (ZERO, ZERO))
        return self._net.get(place, ZERO), buy, sell


def _worst(net: Decimal, buy: Decimal, sell: Decimal) -> Decimal:
    return max(abs(net + buy), abs(net - sell))


def _mask(key: Key) -> Mask:
    return (key[0] is not None, key[1] is not None, key[2] is not None)


def symbols_by_use(sums: Sums) -> Iterator[tuple[str, SymbolSums]]:
    """Those with a position or an open order, the largest position that could come about first."""
    busy = [(symbol, one) for symbol, one in sums.symbols.items() if not one.flat]
    yield from sorted(busy, key=lambda found: (-found[1].gross, found[0]))
