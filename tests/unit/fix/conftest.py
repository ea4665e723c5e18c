from __future__ import annotations

import pytest

from sendfix.fix.dictionary import Dictionary, load


@pytest.fixture(params=["FIX.4.2", "FIX.4.4"])
def dictionary(request: pytest.FixtureRequest) -> Dictionary:
    return load(request.param)


@pytest.fixture
def fix42() -> Dictionary:
    return load("FIX.4.2")


@pytest.fixture
def fix44() -> Dictionary:
    return load("FIX.4.4")
