"""QuickFIX, with its data dictionary on, loses messages of both directions; both sides recover by the protocol."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.broker.conftest import Broker


@pytest.mark.parametrize(("version", "send_next_expected"), [("FIX.4.2", "N"), ("FIX.4.4", "Y")])
def test_quickfix_and_the_broker_close_each_others_gaps(
    broker: Broker, tmp_path: Path, version: str, send_next_expected: str
) -> None:
    broker.behave(default="fill")
    script = Path(__file__).with_name("quickfix_gaps.py")
    client = subprocess.run(
        [sys.executable, str(script), str(broker.port), version, str(tmp_path), send_next_expected],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    lines = [line for line in client.stdout.splitlines() if line.startswith(("<", ">"))]
    assert not [line for line in lines if "|35=3|" in line], "a session-level reject"
    gap_fills = [line for line in lines if line[0] == ">" and "|35=4|" in line and "|123=Y|" in line]
    assert gap_fills, "the client filled what the broker missed"
    again = [line for line in lines if line[0] == "<" and "|43=Y|" in line]
    assert [line for line in again if "|11=first|" in line and "|35=8|" in line]
    asked = [line for line in lines if "|35=2|" in line]
    if send_next_expected == "Y":
        assert not asked, "what either side lacked was known from the Logons"
    else:
        assert {line[0] for line in asked} == {"<", ">"}
