"""Faults, tested by causing them; at the end both ends' books must be equal."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.books import equal_books
from tests.support.lined_stack import SHORT, LinedStack
from tests.support.stack import FIX42, FIX44


@pytest.fixture(scope="module")
def module_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LinedStack]:
    running = LinedStack(tmp_path_factory.mktemp("lined"))
    try:
        running.start()
        yield running
    finally:
        running.stop()


@pytest.fixture
def stack(module_stack: LinedStack) -> Iterator[LinedStack]:
    """One for all tests of the module. Whatever a test does to it, at its end both ends' books are equal."""
    module_stack.stand_up()
    yield module_stack
    for line in module_stack.lines.values():
        line.behave()
    module_stack.wait_logged_on(FIX42, FIX44, SHORT)
    equal_books(module_stack)
