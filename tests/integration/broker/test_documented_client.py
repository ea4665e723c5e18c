"""The client in docs/broker.md, as it stands there."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from tests.integration.broker.conftest import Broker
from tests.support.process import ROOT


def test_the_client_of_the_guide_trades(own_broker: Broker, tmp_path: Path) -> None:
    own_broker.behave(default="fill")
    (code,) = re.findall(
        r"(?s)```python\n(.*?)```", (ROOT / "docs" / "broker.md").read_text(encoding="utf-8")
    )
    script = tmp_path / "client.py"
    script.write_text(code, encoding="utf-8")
    for _ in range(2):
        command = [sys.executable, str(script), str(own_broker.port)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=30)
        assert done.returncode == 0, done.stdout + done.stderr
        said = [re.search(r"\|35=(\w)\|", line) for line in done.stdout.splitlines()]
        assert [found and found[1] for found in said] == ["A", "8", "8", "5"], done.stdout
    assert [order["status"] for order in own_broker.orders()] == ["FILLED", "FILLED"]
