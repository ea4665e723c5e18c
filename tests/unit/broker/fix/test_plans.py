from __future__ import annotations

import pytest

from broker.fix.plans import plans_of
from broker.fix.wire import SECRET


@pytest.mark.parametrize("version", [b"FIX.4.2", b"FIX.4.4"])
@pytest.mark.parametrize("tag", sorted(SECRET))
def test_no_problem_shows_a_secret(version: bytes, tag: bytes) -> None:
    problem = plans_of(version).bad_value(tag, b"hunter2")
    assert problem.ref_tag == tag
    assert "is ***," in problem.text
    assert "hunter2" not in problem.text


def test_of_any_other_field_the_value_is_told() -> None:
    assert plans_of(b"FIX.4.4").bad_value(b"54", b"Z").text == "Side(54) is Z, which is not one of its values"
