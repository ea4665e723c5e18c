"""Repeating groups: given as lists of entries, sent in the dictionary's order, and read back as they were given."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sendfix.domain.commands import ReplaceOrder
from sendfix.domain.events import NewOrderSent, ReplaceSent
from sendfix.domain.order import Order
from sendfix.fix.dictionary import Dictionary, load
from sendfix.fix.encode import encode_replace
from sendfix.fix.groups import MAX_ENTRIES, nest
from sendfix.fix.interpret import interpret
from sendfix.fix.parse import parse
from tests.unit.fix.kit import AT, LIMIT, OUT, errors_of, fix, new

ALLOCS = [{"alloc_account": "A", "alloc_shares": "60"}, {"alloc_account": "B", "alloc_shares": "40"}]
PARTIES = [
    {
        "party_id": "TRADER-1",
        "party_id_source": "D",
        "party_role": "11",
        "no_party_sub_ids": [
            {"party_sub_id": "desk 7", "party_sub_id_type": "4"},
            {"party_sub_id": "floor 2", "party_sub_id_type": "4"},
        ],
    },
    {"party_id": "CLEARER", "party_id_source": "D", "party_role": "4"},
]


def sent(raw: bytes, dictionary: Dictionary) -> NewOrderSent:
    event = interpret("SIM", OUT, b"8=FIX\x0134=2\x01" + raw, AT, dictionary)
    assert isinstance(event, NewOrderSent)
    return event


def test_allocations_go_out_one_after_the_other(fix42: Dictionary) -> None:
    raw = new(fix42, LIMIT | {"no_allocs": ALLOCS})
    assert fix("|78=2|79=A|80=60|79=B|80=40|") in raw
    assert sent(raw, fix42).fields["no_allocs"] == ALLOCS


def test_a_group_within_a_group(fix44: Dictionary) -> None:
    raw = new(fix44, LIMIT | {"no_party_ids": PARTIES})
    party = "448=TRADER-1|447=D|452=11|802=2|523=desk 7|803=4|523=floor 2|803=4|"
    assert fix(f"|453=2|{party}448=CLEARER|447=D|452=4|") in raw
    assert sent(raw, fix44).fields["no_party_ids"] == PARTIES


def test_the_order_of_the_keys_does_not_matter(fix42: Dictionary) -> None:
    turned = [{"alloc_shares": 60, "alloc_account": "A"}]
    assert fix("|78=1|79=A|80=60|") in new(fix42, LIMIT | {"no_allocs": turned})


@pytest.mark.parametrize("nothing", [[], None])
def test_no_entries_is_no_group(fix42: Dictionary, nothing: object) -> None:
    assert b"\x0178=" not in new(fix42, LIMIT | {"no_allocs": nothing})


@pytest.mark.parametrize(
    ("group", "place", "said"),
    [
        ("A 60", "no_allocs", "NoAllocs(78) is a repeating group: give a list of entries"),
        ({"alloc_account": "A"}, "no_allocs", "is a repeating group"),
        (["A"], "no_allocs", "is a repeating group"),
        ([{}], "no_allocs[0].alloc_account", "AllocAccount(79) is required: it begins the entry"),
        ([{"alloc_account": None}], "no_allocs[0].alloc_account", "is required"),
        ([ALLOCS[0], {"alloc_account": ""}], "no_allocs[1].alloc_account", "must not be empty"),
        ([{**ALLOCS[0], "alloc_shares": "many"}], "no_allocs[0].alloc_shares", "must be a number"),
        (
            [{**ALLOCS[0], "price": 1}],
            "no_allocs[0].price",
            "is no field of the repeating group NoAllocs(78)",
        ),
        ([{**ALLOCS[0], "alloc_shares": [1]}], "no_allocs[0].alloc_shares", "must be a number"),
        ([{"alloc_account": "Zürich"}], "no_allocs[0].alloc_account", "must be ASCII text"),
        ([{"alloc_account": "A\x0138=1"}], "no_allocs[0].alloc_account", "control characters"),
        (ALLOCS * MAX_ENTRIES, "no_allocs", f"at most {MAX_ENTRIES} entries"),
    ],
)
def test_a_wrong_group_is_refused_by_its_place(
    fix42: Dictionary, group: object, place: str, said: str
) -> None:
    errors = errors_of(fix42, LIMIT | {"no_allocs": group})
    assert said in errors[place]


def test_what_is_wrong_within_a_group_of_a_group(fix44: Dictionary) -> None:
    parties = [{**PARTIES[1], "no_party_sub_ids": [{"party_sub_id_type": 1}]}]
    errors = errors_of(fix44, LIMIT | {"no_party_ids": parties})
    assert set(errors) == {"no_party_ids[0].no_party_sub_ids[0].party_sub_id"}


def test_a_field_of_a_group_says_where_it_belongs(fix42: Dictionary) -> None:
    errors = errors_of(fix42, LIMIT | {"alloc_account": "A"}, {80: "50"})
    assert 'give it as no_allocs: [{"alloc_account": ...}]' in errors["alloc_account"]
    assert 'give it as no_allocs: [{"alloc_shares": ...}]' in errors["custom_tags.80"]


def test_a_replace_sends_the_groups_again_unless_they_change(fix42: Dictionary) -> None:
    order = Order.from_new(sent(new(fix42, LIMIT | {"no_allocs": ALLOCS}), fix42), 1)

    def replaced(changes: dict[str, object]) -> Any:
        raw = encode_replace(ReplaceOrder(order, "A2", AT, {"price": 11, **changes}), fix42)
        event = interpret("SIM", OUT, raw, AT, fix42)
        assert isinstance(event, ReplaceSent)
        return event.fields.get("no_allocs")

    assert replaced({}) == ALLOCS
    assert replaced({"no_allocs": ALLOCS[:1]}) == ALLOCS[:1]
    assert replaced({"no_allocs": None}) is None


def test_an_order_with_groups_survives_its_record(fix44: Dictionary) -> None:
    order = Order.from_new(sent(new(fix44, LIMIT | {"no_party_ids": PARTIES}), fix44), 1)
    assert Order.from_record(order.to_record()).fields["no_party_ids"] == PARTIES


_word = st.text("ABCxyz019- =|", min_size=1, max_size=8).filter(lambda text: text.strip() == text)
_sub = st.fixed_dictionaries({"party_sub_id": _word}, optional={"party_sub_id_type": st.just("4")})
_party = st.fixed_dictionaries(
    {"party_id": _word},
    optional={
        "party_id_source": st.sampled_from("BCD"),
        "party_role": st.sampled_from(["1", "4", "11"]),
        "no_party_sub_ids": st.lists(_sub, min_size=1, max_size=3),
    },
)


@given(st.lists(_party, min_size=1, max_size=4), st.text("AB", max_size=3))
def test_what_is_given_is_what_is_read(parties: list[dict[str, Any]], text: str) -> None:
    fix44 = load("FIX.4.4")
    raw = new(fix44, LIMIT | {"no_party_ids": parties, "text": text or None}, {9001: "last"})
    event = sent(raw, fix44)
    assert event.fields["no_party_ids"] == parties
    assert event.custom_tags == {9001: "last"}


_tags = st.sampled_from([11, 38, 55, 78, 79, 80, 453, 448, 447, 452, 802, 523, 803, 9001])


@given(st.lists(st.tuples(_tags, st.text("12AB", max_size=2)), max_size=30))
def test_any_fields_are_nested_without_losing_one_that_is_first(pairs: list[tuple[int, str]]) -> None:
    message = load("FIX.4.4").messages["D"]
    top = nest(pairs, message.groups)
    first = {}
    for tag, value in pairs:
        if tag not in message.group_tags:
            first.setdefault(tag, value)
    assert {tag: value for tag, value in top.values.items() if tag not in message.group_tags} == first


def test_a_counter_that_lies_hides_nothing(fix42: Dictionary) -> None:
    raw = fix("35=D|11=A1|78=5|79=A|80=60|38=100|")
    top = nest(parse(raw), fix42.messages["D"].groups)
    assert [entry.values for entry in top.groups[78]] == [{79: "A", 80: "60"}]
    assert top.values[38] == "100"
