"""What may be shown and kept: `pretty` and `redact`."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sendfix.fix.pretty import pretty
from sendfix.fix.redact import mask, redact
from tests.unit.fix.kit import fix


def test_soh_is_shown_as_a_bar_and_other_controls_by_their_code() -> None:
    assert pretty(fix("35=8|58=red \x1b[31m|")) == "35=8|58=red \\x1b[31m|"
    assert pretty("58=Zürich\x01".encode()) == "58=Zürich|"


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("35=A|553=me|554=secret|925=other|108=30|", "35=A|553=me|554=***|925=***|108=30|"),
        ("554=secret|", "554=***|"),
        ("35=A|554=|98=0|", "35=A|554=***|98=0|"),
        ("35=A|554=cut off", "35=A|554=***"),
        ("35=A|95=10|96=se|98=cret|98=0|", "35=A|95=3|96=***|98=0|"),
        ("35=A|95=99|96=secret|98=0|", "35=A|95=3|96=***|98=0|"),
        ("35=A|96=secret|98=0|", "35=A|96=***|98=0|"),
        ("35=8|11=1554=x|58=the 554=x|", "35=8|11=1554=x|58=the 554=x|"),
    ],
)
def test_secrets_are_masked_whatever_their_length(raw: str, shown: str) -> None:
    assert redact(fix(raw)) == fix(shown)


@given(st.text("abc=1", min_size=4), st.sampled_from(["554", "925"]))
def test_no_password_is_left(password: str, tag: str) -> None:
    message = f"35=A\x01{tag}=<{password}>\x0198=0\x01".encode()
    assert b"<" not in redact(message)
    assert redact(message).endswith(b"\x0198=0\x01")


def test_the_fields_that_are_named_are_masked_and_no_others() -> None:
    raw = "1=ACC|11=1=58|158=x|58=mine|1=|"
    shown = "1=***|11=1=58|158=x|58=***|1=***|"
    assert mask((1, 58))(raw.replace("|", "\x01")) == shown.replace("|", "\x01")
    assert mask(())(raw) == raw
