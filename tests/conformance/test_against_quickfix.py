"""QuickFIX's validation as an oracle: where both judge, both judge alike."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import files
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from broker.fix.plans import plans_of
from broker.fix.problems import Problem, Reason
from broker.fix.validation import FIX42, problem_of
from broker.fix.wire import Pair, parse
from tests.conformance.dictionary_messages import Right, right_messages
from tests.conformance.test_any_right_message import (
    Mutation,
    empty,
    header_behind,
    ill_formed,
    miss,
    not_listed,
    of_another_message,
    one_entry_more,
    twice,
    undefined,
)

NAMES = {
    Reason.REQUIRED_TAG_MISSING: "RequiredTagMissing",
    Reason.TAG_NOT_DEFINED_FOR_MESSAGE: "TagNotDefinedForMessage",
    Reason.UNDEFINED_TAG: "InvalidTagNumber",
    Reason.TAG_WITHOUT_VALUE: "NoTagValue",
    Reason.VALUE_INCORRECT: "IncorrectTagValue",
    Reason.INCORRECT_FORMAT: "IncorrectDataFormat",
    Reason.TAG_TWICE: "RepeatedTag",
    Reason.TAG_OUT_OF_ORDER: "TagOutOfOrder",
    Reason.NUM_IN_GROUP_INCORRECT: "RepeatingGroupCountMismatch",
}
MUTATIONS = [
    miss,
    of_another_message,
    undefined,
    empty,
    not_listed,
    ill_formed,
    twice,
    header_behind,
    one_entry_more,
]


# Types whose format QuickFIX checks.
CHECKED = {
    "CHAR",
    "BOOLEAN",
    "INT",
    "NUMINGROUP",
    "PRICE",
    "QTY",
    "AMT",
    "FLOAT",
    "UTCTIMESTAMP",
    "UTCTIMEONLY",
}


def is_judged(right: Right, problem: Problem) -> bool:
    """Whether QuickFIX looks at it: not into a group's entries, nor at a block whose fields are all optional."""
    tag = problem.ref_tag
    assert tag is not None
    field = plans_of(right.version).dictionary.fields.get(int(tag))
    if tag in right.plan.inner:
        return False
    if problem.reason is Reason.REQUIRED_TAG_MISSING:
        return tag != b"55" or right.version == FIX42
    if problem.reason is Reason.INCORRECT_FORMAT:
        return field is not None and field.type in CHECKED
    # QuickFIX comes to the value first.
    return problem.reason is not Reason.TAG_NOT_DEFINED_FOR_MESSAGE or field is None or not field.values


class QuickFix:
    """A process of its own: the broker's process must not load QuickFIX."""

    def __init__(self) -> None:
        installed = {file.name: str(file.locate()) for file in files("quickfix") or ()}
        script = Path(__file__).with_name("quickfix_verdicts.py")
        self._process = subprocess.Popen(
            [sys.executable, str(script), installed["FIX42.xml"], installed["FIX44.xml"]],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def verdict(self, version: bytes, frame: bytes) -> str:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{version.decode()} {frame.hex()}\n")
        self._process.stdin.flush()
        return self._process.stdout.readline().strip()

    def close(self) -> None:
        self._process.communicate(timeout=10)


@pytest.fixture(scope="module")
def quickfix() -> Iterator[QuickFix]:
    running = QuickFix()
    yield running
    running.close()


def in_ascii(pairs: list[Pair]) -> list[Pair]:
    """QuickFIX takes text from Python, not bytes."""
    return [(tag, bytes(byte if 32 <= byte < 127 else 120 for byte in value)) for tag, value in pairs]


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(right=right_messages())
def test_both_take_what_the_dictionary_allows(quickfix: QuickFix, right: Right) -> None:
    frame = right.frame(in_ascii(right.body.pairs()))
    assert problem_of(right.version, parse(frame)) is None
    assert quickfix.verdict(right.version, frame) == "right"


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.__name__)
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)
@given(right=right_messages(), data=st.data())
def test_both_reject_for_the_same_reason(
    quickfix: QuickFix, mutation: Mutation, right: Right, data: st.DataObject
) -> None:
    pairs = right.body.pairs()
    mutation(right, pairs, data)
    frame = right.frame(in_ascii(pairs))
    problem = problem_of(right.version, parse(frame))
    assert problem is not None
    assert problem.ref_tag is not None
    assume(is_judged(right, problem))
    ours = f"{NAMES[problem.reason]} {problem.ref_tag.decode()}"
    assert quickfix.verdict(right.version, frame) == ours
