"""Callbacks that a foreign library calls, and that must not raise."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Concatenate, ParamSpec, Protocol, TypeVar


class Connection(Protocol):
    """Is told of a callback that failed."""

    def callback_failed(self, callback: str, error: BaseException) -> None: ...


class HasConnection(Protocol):
    """An object with callbacks."""

    @property
    def connection(self) -> Connection: ...


P = ParamSpec("P")
S = TypeVar("S", bound=HasConnection)
Callback = Callable[Concatenate[S, P], None]


def guarded(*may_pass: type[BaseException]) -> Callable[[Callback[S, P]], Callback[S, P]]:
    """A decorator: every exception but those that may pass goes to the connection's `callback_failed`."""

    def decorate(callback: Callback[S, P]) -> Callback[S, P]:
        @functools.wraps(callback)
        def guard(self: S, /, *args: P.args, **kwargs: P.kwargs) -> None:
            try:
                callback(self, *args, **kwargs)
            except may_pass:
                raise
            except BaseException as error:
                self.connection.callback_failed(callback.__name__, error)

        return guard

    return decorate
