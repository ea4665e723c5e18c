"""What Prometheus reads of the running desk, and whether it is ready."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families

from tests.support.stack import FIX44, Stack, eventually

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def resting(stack: Stack) -> Iterator[None]:
    """What a test sets does not last."""
    yield
    stack.behave(default="manual")


def read(stack: Stack) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """By name and labels, both sorted."""
    answer = requests.get(f"{stack.desk_url}/metrics", timeout=15)
    assert answer.headers["Content-Type"].startswith("text/plain; version=")
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_a_trade_is_counted_and_the_session_is_shown(stack: Stack) -> None:
    stack.behave(default="fill")
    of_session = ("session", FIX44)

    def count(name: str, *labels: tuple[str, str]) -> float:
        return read(stack).get((name, tuple(sorted([of_session, *labels]))), 0)

    reports = count("sendfix_messages_total", ("direction", "IN"), ("msg_type", "8"))
    acks = count("sendfix_order_ack_seconds_count")
    rejects = count("sendfix_rejects_total", ("kind", "order"))
    stack.wait_order(stack.send(FIX44, ord_type="MARKET"), status="FILLED")
    assert count("sendfix_messages_total", ("direction", "IN"), ("msg_type", "8")) == reports + 2
    assert count("sendfix_order_ack_seconds_count") == acks + 1
    stack.behave(default="reject")
    stack.wait_order(stack.send(FIX44, ord_type="MARKET"), status="REJECTED")
    assert count("sendfix_rejects_total", ("kind", "order")) == rejects + 1
    assert count("sendfix_session_logged_on") == 1
    assert count("sendfix_session_logons_total") >= 1
    assert count("sendfix_session_phase", ("phase", "connected")) == 1
    assert count("sendfix_session_phase", ("phase", "connecting")) == 0
    assert count("sendfix_session_uptime_seconds") > 0
    now = read(stack)
    assert (now["sendfix_engine_up", ()], now["sendfix_storage_up", ()], now["sendfix_ready", ()]) == (
        1,
        1,
        1,
    )


def test_the_desk_is_not_ready_without_its_engine_and_ready_when_it_is_back(own_stack: Stack) -> None:
    stack = own_stack
    assert stack.engine is not None

    def ready() -> tuple[int, bool]:
        answer = requests.get(f"{stack.desk_url}/health/ready", timeout=15)
        return answer.status_code, answer.json()["ready"]

    assert ready() == (200, True)
    (session,) = [one for one in stack.get("/health/ready")["sessions"] if one["name"] == FIX44]
    shown = stack.session(FIX44)
    assert session["next_target_seq_num"] == shown["next_target_seq_num"]
    assert session["last_received_at"] is not None
    stack.engine.kill()
    eventually(lambda: ready() == (503, False), "it says that it is not ready")
    assert requests.get(f"{stack.desk_url}/health", timeout=15).status_code == 200
    assert read(stack)["sendfix_engine_up", ()] == 0
    stack.start_engine()
    eventually(lambda: ready() == (200, True), "it is ready again")


def test_dashboard_and_alerts_and_guide_name_the_metrics_that_there_are(stack: Stack) -> None:
    stack.behave(default="reject")
    stack.wait_order(stack.send(FIX44, ord_type="MARKET"), status="REJECTED")
    answer = requests.get(f"{stack.desk_url}/metrics", timeout=15).text
    there = set(re.findall(r"^# TYPE (sendfix_\w+)", answer, re.MULTILINE))
    guide = (ROOT / "docs" / "operations.md").read_text()
    undocumented = {
        name for name in there if name.removesuffix("_created") not in guide and not name.endswith("_created")
    }
    assert not undocumented
    dashboard = (ROOT / "deploy" / "grafana-dashboard.json").read_text()
    assert json.loads(dashboard)["panels"]
    for text in (dashboard, (ROOT / "deploy" / "prometheus-alerts.yml").read_text(), guide):
        for name in set(re.findall(r"sendfix_[a-z_]+[a-z]", text)):
            base = re.sub(r"_(bucket|count|sum)$", "", name)
            assert base in there or f"{base}" in {one.removesuffix("_total") for one in there}, name
