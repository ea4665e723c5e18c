from __future__ import annotations

import pytest

from sendfix.link.guard import guarded


class Passes(Exception):
    pass


class Connection:
    def __init__(self) -> None:
        self.failed: list[tuple[str, BaseException]] = []

    def callback_failed(self, callback: str, error: BaseException) -> None:
        self.failed.append((callback, error))


class Callbacks:
    def __init__(self) -> None:
        self.connection = Connection()

    @guarded(Passes)
    def call(self, error: BaseException | None) -> None:
        if error is not None:
            raise error


@pytest.mark.parametrize("error", [ValueError("x"), KeyboardInterrupt(), SystemExit(1)])
def test_nothing_gets_out_and_the_connection_is_told(error: BaseException) -> None:
    callbacks = Callbacks()
    callbacks.call(error)
    assert callbacks.connection.failed == [("call", error)]


def test_what_may_pass_passes() -> None:
    callbacks = Callbacks()
    with pytest.raises(Passes):
        callbacks.call(Passes())
    callbacks.call(None)
    assert callbacks.connection.failed == []
