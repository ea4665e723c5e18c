"""Which message answers which, found from either side."""

from __future__ import annotations

import pytest

from sendfix.services.ports import MessageQuery, MessageRow
from sendfix.services.replies import Reply, question_of, reply_to
from tests.unit.services.desk_kit import fix

MS = 1_000_000


class Archive:
    """Messages in memory, asked for as a database is."""

    def __init__(self, *rows: MessageRow) -> None:
        self.rows = rows

    def messages(self, query: MessageQuery) -> list[MessageRow]:
        found = [
            row
            for row in self.rows
            if row.session_name == query.session_name
            and row.direction in query.directions
            and (not query.msg_types or row.msg_type in query.msg_types)
            and (query.before is None or row.id < query.before)
            and (query.after is None or row.id > query.after)
        ]
        return found[: query.limit] if query.after is not None else found[::-1][: query.limit]


def row(number: int, direction: str, body: str, session_name: str = "S44") -> MessageRow:
    """Message `number`, at that millisecond."""
    msg_type, seq_num = (body.split(tag)[1].split("|")[0] for tag in ("35=", "34="))
    raw = fix(f"8=FIX.4.4|9=1|{body}|10=000|").decode()
    return MessageRow(number, session_name, direction, number * MS, int(seq_num), msg_type, raw)


ORDER = row(1, "OUT", "35=D|34=5|11=A|55=AAPL")
TEST = row(2, "OUT", "35=1|34=6|112=ping")
BEAT = row(3, "IN", "35=0|34=8|112=ping")
REJECT = row(4, "IN", "35=3|34=9|45=5|371=55|372=D|58=no")
FILL = row(5, "IN", "35=8|34=10|11=A|17=E1")
# The numbers began again: another message has the number of the first one.
LATER = row(6, "OUT", "35=D|34=5|11=B|55=AAPL")
REJECT_LATER = row(7, "IN", "35=3|34=3|45=5|371=9z9|372=D")
BUSINESS = row(8, "IN", "35=j|34=4|45=77|379=B|372=D")
OTHER_SESSION = row(9, "IN", "35=3|34=9|45=6", "S42")
ROWS = (ORDER, TEST, BEAT, REJECT, FILL, LATER, REJECT_LATER, BUSINESS, OTHER_SESSION)
ARCHIVE = Archive(*ROWS)


def shown(reply: Reply | None) -> tuple[int, int, int | None] | None:
    return None if reply is None else (reply.message.id, reply.after_ns // MS, reply.ref_tag_id)


@pytest.mark.parametrize(
    ("message", "question"),
    [
        (BEAT, (2, 1, None)),
        (REJECT, (1, 3, 55)),
        (FILL, (1, 4, None)),
        (REJECT_LATER, (6, 1, None)),
        (BUSINESS, None),  # its number is of no message of ours
        (OTHER_SESSION, None),
        (ORDER, None),
    ],
)
def test_the_message_that_one_of_theirs_answers(
    message: MessageRow, question: tuple[int, int, int | None] | None
) -> None:
    assert shown(question_of(ARCHIVE, message)) == question


@pytest.mark.parametrize(
    ("message", "reply"),
    [(ORDER, (4, 3, 55)), (TEST, (3, 1, None)), (LATER, (7, 1, None)), (FILL, None)],
)
def test_what_refuses_a_message_or_answers_a_test(
    message: MessageRow, reply: tuple[int, int, int | None] | None
) -> None:
    assert shown(reply_to(ARCHIVE, message)) == reply


def test_a_reject_of_a_later_message_with_the_same_number_refuses_nothing_before_it() -> None:
    assert reply_to(Archive(*(one for one in ROWS if one is not REJECT)), ORDER) is None
