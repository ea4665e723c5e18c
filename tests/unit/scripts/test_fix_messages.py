"""The reference of messages: it is what the code says, and leaves no message out."""

from __future__ import annotations

import pytest

from broker.fix.dictionary import FieldUse, Group, Member, flat, load
from broker.uses import USES
from scripts.fix_conversation import Client, play
from scripts.fix_messages import PAGE, VERSIONS, page

SESSION = frozenset("A012345")


def tags(members: tuple[Member, ...]) -> set[int]:
    found: set[int] = set()
    for use in flat(members):
        found.add(use.field.tag)
        if isinstance(use, Group):
            found |= tags(use.members)
        else:
            assert isinstance(use, FieldUse)
    return found


def test_the_page_of_messages_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python -m scripts.fix_messages"


def test_every_message_that_the_broker_takes_is_in_the_table() -> None:
    handled = {msg_type.decode() for msg_type in Client("FIX.4.4").application.handled}
    assert USES.keys() == handled | SESSION


@pytest.mark.parametrize("msg_type", [msg_type for msg_type in USES if msg_type != "A"])
def test_the_fields_of_the_table_are_those_of_the_message(msg_type: str) -> None:
    known: set[int] = set()
    for version in VERSIONS:
        message = load(version).messages.get(msg_type)
        known |= tags(message.members) if message else set()
    assert USES[msg_type] <= known


@pytest.mark.parametrize("version", VERSIONS)
def test_the_conversation_shows_every_message_of_the_version(version: str) -> None:
    exchanges = list(play(version))
    asked = {one.asked.msg_type for one in exchanges if one.asked is not None}
    assert asked >= (USES.keys() & load(version).messages.keys()) - {"3"}
    answers = {answer.msg_type for one in exchanges for answer in one.answers}
    both = {"A", "0", "1", "2", "3", "4", "5", "8", "9", "N", "W", "X", "Y", "S", "d", "f", "h", "j"}
    assert answers == both | ({"b"} if version == "FIX.4.2" else {"AG", "r", "y"})
