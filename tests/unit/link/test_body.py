from __future__ import annotations

import pytest

from sendfix.link.body import text_of
from sendfix.link.protocol import NotSent, ReplyCode


def test_an_application_message_is_text() -> None:
    assert text_of("35=D\x0158=Zürich\x01".encode()) == "35=D\x0158=Zürich\x01"


@pytest.mark.parametrize("msg_type", ["0", "1", "2", "3", "4", "5", "A", ""])
def test_messages_of_the_session_are_not_for_desks(msg_type: str) -> None:
    with pytest.raises(NotSent) as refused:
        text_of(f"35={msg_type}\x01".encode())
    assert refused.value.code == ReplyCode.REFUSED


@pytest.mark.parametrize("body", [b"", b"35=D", b"11=1\x0135=D\x01", b"\x01"])
def test_a_body_begins_with_its_type_and_ends_with_soh(body: bytes) -> None:
    with pytest.raises(NotSent, match=r"begins with the MsgType\(35\)"):
        text_of(body)


def test_bytes_that_are_not_utf_8_are_named() -> None:
    with pytest.raises(NotSent, match="byte 8 of the message is not"):
        text_of(b"35=D\x0158\xe9=x\x01".replace(b"58\xe9=", b"58=\xe9"))
