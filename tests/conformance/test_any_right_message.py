"""Any message that the data dictionary allows is taken, and each way to make it wrong has its reason."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from broker.fix.plans import plans_of
from broker.fix.problems import Reason
from broker.fix.validation import problem_of
from broker.fix.wire import Pair, parse
from tests.conformance.dictionary_messages import Right, right_messages

Mutation = Callable[[Right, list[Pair], st.DataObject], bytes]
"""Changes the pairs of the body; the tag at fault."""


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(right_messages())
def test_any_message_of_the_dictionary_is_taken(right: Right) -> None:
    message = parse(right.frame())
    assert problem_of(right.version, message) is None
    assert message.groups == right.body.as_groups()
    for tag, value in right.body.fields:
        assert message.fields[tag] == value


def any_of(data: st.DataObject, some: list[Pair]) -> int:
    assume(some)
    return data.draw(st.integers(0, len(some) - 1))


def miss(right: Right, pairs: list[Pair], data: st.DataObject) -> bytes:
    required = [pair for pair in right.body.fields if pair[0] in right.plan.required]
    pair = required[any_of(data, required)]
    pairs.remove(pair)
    return pair[0]


def undefined(_: Right, pairs: list[Pair], data: st.DataObject) -> bytes:
    pairs.append((b"4999", b"x"))
    return b"4999"


def no_number(_: Right, pairs: list[Pair], data: st.DataObject) -> bytes:
    pairs.append((b"0", b"x"))
    return b"0"


def of_another_message(right: Right, pairs: list[Pair], data: st.DataObject) -> bytes:
    used = {*right.plan.rules, *right.plan.inner}
    others = sorted(tag for tag in plans_of(right.version).names if tag not in used)
    others = [tag for tag in others if plans_of(right.version).dictionary.fields[int(tag)].type == "STRING"]
    tag = data.draw(st.sampled_from(others))
    pairs.append((tag, b"x"))
    return tag


def empty(right: Right, pairs: list[Pair], data: st.DataObject) -> bytes:
    types = plans_of(right.version).dictionary.fields
    places = [at for at, pair in enumerate(pairs) if types[int(pair[0])].type not in ("DATA", "LENGTH")]
    assume(places)
    at = data.draw(st.sampled_from(places))
    pairs[at] = (pairs[at][0], b"")
    return pairs[at][0]


def ill_formed(right: Right, pairs: list[Pair], data: st.DataObject) -> bytes:
    types = plans_of(right.version).dictionary.fields
    places = [
        at for at, pair in enumerate(pairs) if types[int(pair[0])].type not in ("DATA", "STRING", "LENGTH")
    ]
    assume(places)
    at = data.draw(st.sampled_from(places))
    pairs[at] = (pairs[at][0], b" no  such\x02value")
    return pairs[at][0]


def not_listed(right: Right, pairs: list[Pair], data: st.DataObject) -> bytes:
    fields = plans_of(right.version).dictionary.fields
    places = [
        at
        for at, pair in enumerate(pairs)
        if fields[int(pair[0])].values and fields[int(pair[0])].type in ("CHAR", "STRING")
    ]
    assume(places)
    at = data.draw(st.sampled_from(places))
    pairs[at] = (pairs[at][0], b"~")
    return pairs[at][0]


def twice(right: Right, pairs: list[Pair], data: st.DataObject) -> bytes:
    types = plans_of(right.version).dictionary.fields
    plain = [
        pair
        for pair in right.body.fields
        if types[int(pair[0])].type not in ("DATA", "LENGTH") and pair[0] not in right.plan.inner
    ]
    pair = plain[any_of(data, plain)]
    pairs.append(pair)
    return pair[0]


def header_behind(_: Right, pairs: list[Pair], data: st.DataObject) -> bytes:
    assume(pairs)
    pairs.append((b"50", b"desk"))
    return b"50"


def one_entry_more(right: Right, pairs: list[Pair], data: st.DataObject) -> bytes:
    groups = right.body.groups
    assume(groups)
    counter, entries = data.draw(st.sampled_from(groups))
    assume(not plans_of(right.version).dictionary.fields[int(counter)].values)  # NoSides(552) is 1 or 2
    pairs[pairs.index((counter, b"%d" % len(entries)))] = (counter, b"%d" % (len(entries) + 1))
    return counter


def without_the_first_field(right: Right, pairs: list[Pair], data: st.DataObject) -> bytes:
    long = [(counter, entries) for counter, entries in right.body.groups if len(entries[0].pairs()) > 1]
    assume(long)
    counter, entries = data.draw(st.sampled_from(long))
    second = entries[0].pairs()[1][0]
    assume(second not in right.plan.rules)
    at = pairs.index((counter, b"%d" % len(entries)))
    assert pairs[at + 1][0] == right.plan.groups[counter].delimiter
    del pairs[at + 1]
    return second


MUTATIONS: dict[Mutation, Reason] = {
    no_number: Reason.INVALID_TAG_NUMBER,
    miss: Reason.REQUIRED_TAG_MISSING,
    of_another_message: Reason.TAG_NOT_DEFINED_FOR_MESSAGE,
    undefined: Reason.UNDEFINED_TAG,
    empty: Reason.TAG_WITHOUT_VALUE,
    not_listed: Reason.VALUE_INCORRECT,
    ill_formed: Reason.INCORRECT_FORMAT,
    twice: Reason.TAG_TWICE,
    header_behind: Reason.TAG_OUT_OF_ORDER,
    without_the_first_field: Reason.GROUP_OUT_OF_ORDER,
    one_entry_more: Reason.NUM_IN_GROUP_INCORRECT,
}


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.__name__)
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)
@given(right=right_messages(), data=st.data())
def test_each_way_to_be_wrong_has_its_reason(mutation: Mutation, right: Right, data: st.DataObject) -> None:
    pairs = right.body.pairs()
    tag = mutation(right, pairs, data)
    problem = problem_of(right.version, parse(right.frame(pairs)))
    assert problem is not None
    assert (problem.reason, problem.ref_tag) == (MUTATIONS[mutation], tag)
    assert problem.text.isprintable() or mutation is ill_formed
