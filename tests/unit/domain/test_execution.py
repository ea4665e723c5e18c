"""An execution to and from its record."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal

from sendfix.domain.order import Execution
from tests.unit.domain.talk import Talk


def filled() -> Execution:
    talk = Talk()
    talk.accepted()
    execution = talk.fill(40, 40, 60, commission=Decimal("1.50"))
    assert execution is not None
    return execution


def test_a_record_gives_the_same_execution_back() -> None:
    execution = filled()
    assert (execution.account, execution.commission) == ("ACC", Decimal("1.50"))
    assert Execution.from_record(json.loads(json.dumps(execution.to_record()))) == execution


def test_one_that_an_earlier_version_stored_has_no_account() -> None:
    record = filled().to_record()
    del record["account"], record["commission"]
    assert Execution.from_record(record) == replace(filled(), account=None, commission=None)
