"""Each fault on demand, as a QuickFIX client sees it; and that client and broker agree again when it is over."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from tests.integration.broker.conftest import Broker
from tests.support.stack import eventually

ONCE = {"times": 1}
REPORT_ONCE = {"times": 1, "msg_types": ["8"]}

SEEN_BY_AN_ORDER: dict[str, tuple[dict[str, Any], str]] = {
    "delay": ({"delay": {"seconds": 0.2}}, r"35=8\|.*150=F"),
    "delay, random": ({"delay": {"distribution": "uniform", "max": 0.2}}, r"35=8\|.*150=F"),
    "skip": ({"skip_sequence_numbers": REPORT_ONCE}, r"34=\d+\|.*35=4\|.*123=Y|35=4\|.*123=Y"),
    "reset": ({"reset_sequence_numbers": REPORT_ONCE}, r"35=4\|(?!.*123=Y)"),
    "too low": ({"reset_sequence_numbers": {"how": "too_low", **REPORT_ONCE}}, r"35=5\|.*too low"),
    "duplicate": ({"duplicate": REPORT_ONCE}, r"35=8\|.*43=Y"),
    "garble": ({"garble": REPORT_ONCE}, r"35=2\|"),
    "checksum": ({"wrong_checksum": REPORT_ONCE}, r"35=2\|"),
    "body length": ({"wrong_body_length": REPORT_ONCE}, r"35=2\|"),
    "comp ids": ({"wrong_comp_ids": {"target_comp_id": "OTHER", **REPORT_ONCE}}, r"35=3\|.*373=9"),
    "unlisted tags": ({"unlisted_tags": ONCE}, r"35=3\|.*371=9001"),
    "missing fields": ({"missing_fields": ONCE}, r"35=3\|.*371=37\|.*373=1|35=3\|.*373=1\|.*371=37"),
    "wrong values": ({"wrong_values": ONCE}, r"35=3\|.*373=5"),
    "resend refused": (
        {"skip_sequence_numbers": REPORT_ONCE, "refuse_resends": {"how": "gap_fill", **ONCE}},
        r"35=4\|.*123=Y",
    ),
    "orders rejected": ({"reject_orders": {"text": "not today"}}, r"39=8\|.*58=not today|58=not today"),
    "disconnected before": ({"disconnect_on_order": ONCE}, r"35=8\|.*43=Y"),
    "disconnected after": ({"disconnect_on_order": {"when": "after_report", **ONCE}}, r"35=8\|.*43=Y"),
    "fragment": ({"fragment": {"size": 3}}, r"35=8\|.*150=F"),
}
LOST = {"comp ids", "unlisted tags", "missing fields", "wrong values", "too low", "resend refused"}
"""The client's rules keep it from taking a report, or it is never sent again: its book lacks a fill."""


class Client:
    def __init__(self, broker: Broker, folder: Path) -> None:
        self.broker = broker
        self.name = f"F{abs(hash(folder.name)) % 10**9}"
        self._folder = folder
        script = Path(__file__).with_name("quickfix_client.py")
        self._process = subprocess.Popen(
            [sys.executable, str(script), str(broker.port), self.name, str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout
        self.lines.extend(line.strip() for line in iter(self._process.stdout.readline, ""))

    def is_on(self) -> bool:
        return next((line for line in reversed(self.lines) if line in ("on", "off")), "off") == "on"

    def wait_on(self, times: int) -> None:
        self.wait(lambda: self.lines.count("on") >= times, f"logged on {times} times")

    def wait(self, check: Any, what: str) -> None:
        try:
            eventually(check, what, 20)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.lines}\n{self.log('*')[-3000:]}") from None

    def log(self, kind: str) -> str:
        """What QuickFIX wrote of all messages (`messages`), or of events (`event`)."""
        return "\n".join(
            path.read_text(errors="replace").replace("\x01", "|")
            for path in (self._folder / "log").glob(f"*.{kind}.current.log")
        )

    def order(self, cl_ord_id: str) -> None:
        assert self._process.stdin
        self._process.stdin.write(f"order {cl_ord_id}\n")
        self._process.stdin.flush()

    def fault(self, body: dict[str, Any]) -> None:
        self.broker.rest("PUT", f"/api/faults/{self.name}", body)

    def no_more_faults(self) -> None:
        self.broker.rest("DELETE", f"/api/faults/{self.name}")

    def fills(self) -> set[str]:
        return {line.split()[1] for line in self.lines if line.startswith("fill")}

    def broker_fills(self) -> set[str]:
        executions = self.broker.rest("GET", f"/api/executions?sender_comp_id={self.name}")["executions"]
        return {one["exec_id"] for one in executions}

    def close(self) -> None:
        """At once: its own way to stop takes a second."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.kill()
        self._process.wait()
        self._reader.join()
        self._process.stdin.close()
        self._process.stdout.close()


@pytest.fixture
def client(broker: Broker, tmp_path: Path) -> Any:
    broker.behave(default="fill")
    opened = Client(broker, tmp_path)
    opened.wait_on(1)
    yield opened
    opened.no_more_faults()
    opened.close()


@pytest.mark.parametrize("fault", SEEN_BY_AN_ORDER)
def test_a_fault_of_what_is_sent(client: Client, fault: str) -> None:
    body, seen = SEEN_BY_AN_ORDER[fault]
    client.fault(body)
    client.order("a")
    client.wait(lambda: re.search(seen, client.log("messages")), f"the client sees {seen}")
    client.no_more_faults()
    client.wait(client.is_on, "the client is logged on")
    client.order("b")
    broker = client.broker
    client.wait(lambda: broker.orders(sender_comp_id=client.name, cl_ord_id="b"), "the next order is taken")
    if fault not in LOST:
        client.wait(lambda: client.fills() == client.broker_fills() != set(), "both know the same fills")


def test_heartbeats_that_do_not_come(client: Client) -> None:
    client.fault({"drop_heartbeats": {}})
    client.wait(lambda: "35=1|" in client.log("messages"), "the client asks whether somebody is there")
    client.wait(lambda: "off" in client.lines, "the client gives up")
    client.no_more_faults()
    client.wait_on(2)


def test_a_line_that_is_half_open(client: Client) -> None:
    client.fault({"stop_reading": {}})
    client.order("a")
    client.wait(lambda: "off" in client.lines, "the client gives up")
    client.no_more_faults()
    client.wait_on(2)
    client.order("b")
    client.wait(lambda: client.fills() == client.broker_fills() != set(), "both know the same fills")


@pytest.mark.parametrize(
    ("fault", "kind", "seen"),
    [
        ({"refuse_logon": {"text": "closing time", **ONCE}}, "messages", r"35=5\|.*58=closing time"),
        ({"ignore_logon": ONCE}, "event", r"Timed out waiting for logon response"),
    ],
)
def test_logons_that_fail(client: Client, fault: dict[str, Any], kind: str, seen: str) -> None:
    client.fault(fault)
    (session,) = [
        one
        for one in client.broker.rest("GET", "/api/clients")["clients"]
        if one["sender_comp_id"] == client.name
    ]
    client.broker.rest("POST", f"/api/clients/{session['id']}/disconnect", {})
    client.wait(lambda: re.search(seen, client.log(kind)), f"the client sees {seen}")
    client.wait_on(2)


def test_how_often_a_fault_struck_is_counted(client: Client) -> None:
    client.fault({"unlisted_tags": {"times": 1}})
    client.order("a")
    client.wait(lambda: "35=3|" in client.log("messages"), "the client rejects the report")
    (shown,) = [
        one
        for one in client.broker.rest("GET", "/api/faults")["clients"]
        if one["sender_comp_id"] == client.name
    ]
    assert '"struck":1' in str(shown).replace("'", '"').replace(" ", "")


def test_one_fault_is_changed_and_the_others_go_on(broker: Broker, name: str) -> None:
    path = f"/api/faults/{name}"
    broker.rest("PUT", path, {"reject_orders": {"times": 2}, "drop_heartbeats": {}})
    with broker.client(sender=name) as client:
        client.logon()
        client.order("a")
        client.expect("8", t39=8)
        faults = broker.rest("PATCH", path, {"drop_heartbeats": None, "delay": {"seconds": 0}})["faults"]
        assert (faults.keys(), faults["reject_orders"]["struck"]) == ({"reject_orders", "delay"}, 1)
    wrong = broker.rest("PATCH", path, {"nonsense": None}, expect=422)
    assert wrong["errors"][0]["field"] == "nonsense"
    broker.rest("PATCH", path, [], expect=400)
    assert broker.rest("PATCH", path, {"reject_orders": None, "delay": None})["faults"] == {}
