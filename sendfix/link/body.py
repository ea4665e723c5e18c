"""What a desk asks to be sent, checked before QuickFIX sees it."""

from __future__ import annotations

from sendfix.link.protocol import NotSent, ReplyCode

SOH = b"\x01"
ADMIN_MSG_TYPES = frozenset({b"0", b"1", b"2", b"3", b"4", b"5", b"A"})


def text_of(body: bytes) -> str:
    """The body as QuickFIX's binding takes it. Raises `NotSent` for one that is no application message: those of
    the session (Logon, SequenceReset, ...) are QuickFIX's business."""
    msg_type = body[3 : body.find(SOH)]
    if not body.startswith(b"35=") or not body.endswith(SOH) or not msg_type or msg_type in ADMIN_MSG_TYPES:
        raise NotSent(
            ReplyCode.REFUSED,
            "A message begins with the MsgType(35) of an application message and ends with SOH",
        )
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NotSent(
            ReplyCode.REFUSED, f"QuickFIX can send only UTF-8 text; byte {error.start} of the message is not"
        ) from error
