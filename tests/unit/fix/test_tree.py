"""Messages with groups, as the dictionary nests them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sendfix.fix.decode import decode
from sendfix.fix.dictionary import Dictionary, load
from sendfix.fix.tree import Missing, Node, Tree, tree
from tests.unit.fix.kit import fix

PARTIES = "453=2|448=A|447=D|452=1|802=1|523=desk|803=1|448=B|447=D|452=3|"
ORDER = f"11=X|{PARTIES}55=AAPL|54=1|38=1|40=2|44=1.5|60=20261120-14:30:00|"


def message(body: str) -> bytes:
    """A FIX 4.4 message with a right header and trailer."""
    counted = fix(f"35=D|49=A|56=B|34=2|52=20261120-14:30:00|{body}")
    raw = b"8=FIX.4.4\x019=%d\x01" % len(counted) + counted
    return raw + b"10=%03d\x01" % (sum(raw) % 256)


def outline(nodes: Sequence[Node]) -> list[Any]:
    """Tags in their nesting: a group is (tag, [entries])."""
    return [
        node.field.tag
        if node.entries is None
        else (node.field.tag, [outline(entry) for entry in node.entries])
        for node in nodes
    ]


def all_nodes(nodes: Sequence[Node]) -> Iterator[Node]:
    for node in nodes:
        yield node
        for entry in node.entries or ():
            yield from all_nodes(entry)


def marks(found: Tree) -> dict[int, tuple[str, str | None]]:
    nodes = all_nodes((*found.header, *found.body, *found.trailer))
    return {node.field.tag: (node.presence, node.problem) for node in nodes}


def test_groups_are_nested_and_each_entry_is_by_itself(fix44: Dictionary) -> None:
    found = tree(message(ORDER), fix44)
    assert outline(found.header) == [8, 9, 35, 49, 56, 34, 52]
    assert outline(found.body) == [
        11,
        (453, [[448, 447, 452, (802, [[523, 803]])], [448, 447, 452]]),
        *(55, 54, 38, 40, 44, 60),
    ]
    assert outline(found.trailer) == [10]
    assert found.missing == ()
    assert {problem for _, problem in marks(found).values()} == {None}
    assert found.integrity.body_length.right
    assert found.integrity.check_sum.right


def test_hops_are_a_group_of_the_header(fix44: Dictionary) -> None:
    raw = message("").replace(b"34=2\x01", b"34=2\x01627=1\x01628=HUB\x01630=9\x01")
    assert outline(tree(raw, fix44).header) == [8, 9, 35, 49, 56, 34, (627, [[628, 630]]), 52]


def test_what_the_dictionary_says_of_each_field_is_marked(fix44: Dictionary) -> None:
    found = marks(tree(message(ORDER + "7=3|5001=ours|4999=?|59=Q|58=|"), fix44))
    assert found[11] == ("required", None)
    assert found[44] == ("optional", None)
    assert found[7] == ("elsewhere", None)
    assert found[5001] == ("custom", None)
    assert found[4999] == ("unknown", None)
    assert found[59] == ("optional", "is no value of the dictionary")
    assert found[58] == ("optional", "has no value")


def test_a_required_field_that_is_not_there_is_named(fix44: Dictionary) -> None:
    raw = fix("8=FIX.4.4|35=D|49=A|56=B|34=2|52=20261120-14:30:00|11=X|54=1|60=20261120-14:30:00|")
    assert tree(raw, fix44).missing == (
        Missing(9, "BodyLength", "header"),
        Missing(40, "OrdType", "body"),
        Missing(10, "CheckSum", "trailer"),
    )


def test_a_required_field_of_an_entry_is_named_with_the_entry(fix44: Dictionary) -> None:
    raw = fix("35=V|262=R|263=1|264=0|267=1|269=0|146=2|55=AAPL|55=MSFT|")
    assert [one for one in tree(raw, fix44).missing if one.place not in ("header", "trailer")] == []
    quotes = fix("35=i|117=Q|296=1|302=S|304=1|295=1|132=1.5|")
    assert Missing(299, "QuoteEntryID", "NoQuoteEntries(295) 1") in tree(quotes, fix44).missing


def test_a_wrong_count_is_said_and_the_entries_stay(fix44: Dictionary) -> None:
    found = tree(message(ORDER.replace("453=2", "453=3")), fix44)
    assert marks(found)[453] == ("optional", "says 3, there are 2")
    assert outline(found.body)[1][1] != []


def test_an_entry_that_begins_with_another_field_is_said(fix44: Dictionary) -> None:
    found = tree(message("11=X|453=1|447=D|448=A|55=AAPL|"), fix44)
    assert outline(found.body) == [11, (453, [[447], [448]]), 55]
    assert marks(found)[447][1] == "begins an entry; PartyID(448) does"


def test_a_custom_tag_within_an_entry_stays_there(fix44: Dictionary) -> None:
    found = tree(message("11=X|453=2|448=A|9001=x|447=D|448=B|9002=y|55=AAPL|"), fix44)
    assert outline(found.body) == [11, (453, [[448, 9001, 447], [448]]), 9002, 55]


def test_a_field_that_is_there_twice_is_said(fix44: Dictionary) -> None:
    found = tree(message("11=X|55=AAPL|55=MSFT|"), fix44)
    assert [node.problem for node in found.body] == [None, None, "is there more than once"]


def test_a_message_that_no_dictionary_has_is_shown_all_the_same(fix44: Dictionary) -> None:
    found = tree(fix("8=FIX.4.4|9=5|35=zz|55=AAPL|453=1|9001=x|10=000|"), fix44)
    assert outline(found.body) == [55, 453, 9001]
    assert marks(found)[35] == ("required", "is no message of the dictionary")
    assert marks(found)[55] == ("optional", None)


TAGS = st.sampled_from(
    [8, 9, 10, 11, 35, 37, 58, 93, 446, 448, 447, 452, 453, 523, 802, 803, 627, 628, 9001, 4999]
)
FIELDS = st.lists(st.tuples(TAGS, st.sampled_from(["", "1", "2", "D", "8", "x", "é", "="])), max_size=40)


@given(FIELDS, st.sampled_from(["FIX.4.2", "FIX.4.4", "FIX.5.0SP2"]))
def test_nothing_is_lost_doubled_or_moved(fields: list[tuple[int, str]], version: str) -> None:
    raw = "".join(f"{tag}={value}\x01" for tag, value in fields).encode()
    dictionary = load(version)
    found = tree(raw, dictionary)
    nodes = all_nodes((*found.header, *found.body, *found.trailer))
    assert [node.field for node in nodes] == decode(raw, dictionary)
