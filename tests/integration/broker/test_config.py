"""A broker with a file."""

from __future__ import annotations

from pathlib import Path

from tests.integration.broker.conftest import Broker
from tests.integration.broker.test_start import run


def configure(broker: Broker, text: str) -> None:
    """Start it again with a file."""
    broker.process.stop()
    file = broker.database.with_name("broker.yaml")
    file.write_text(text, encoding="utf-8")
    broker.environ["BROKER_CONFIG"] = str(file)
    broker.start()


def test_a_symbol_of_the_file_that_there_is_not_is_one_line_and_code_2(tmp_path: Path) -> None:
    file = tmp_path / "broker.yaml"
    file.write_text("behaviours: {symbols: {NOSUCH: fill}}", encoding="utf-8")
    done = run(tmp_path, "--config", str(file))
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert line == f"broker: {file}: behaviours.symbols.NOSUCH is no stock of the broker"


def test_the_file_holds_at_the_start(own_broker: Broker) -> None:
    configure(
        own_broker,
        """
        rules: {tick: 0.05}
        hours: {timezone: Europe/Zurich, enforced: true, days_of_week: [1, 2, 3, 4, 5]}
        behaviours: {default: manual, symbols: {MSFT: reject}}
        clients: {FILLED: {behaviour: fill}}
        """,
    )
    set_at_start = own_broker.rest("GET", "/api/behaviours")
    assert set_at_start["default"]["mode"] == "manual"
    assert set_at_start["symbols"]["MSFT"]["mode"] == "reject"
    assert set_at_start["clients"]["FILLED"]["mode"] == "fill"
    market = own_broker.rest("GET", "/api/market")
    assert (market["timezone"], market["enforced"]) == ("Europe/Zurich", True)
    with own_broker.client(sender="OTHER") as client:
        client.logon()
        client.order("a", t40=2, t44="10.01")
        assert "0.05" in client.expect("8", t39=8)[58]
        client.order("b", t55="MSFT")
        client.expect("8", t39=8)


def test_faults_of_the_file_are_on_from_every_start(own_broker: Broker) -> None:
    configure(own_broker, 'clients: {REFUSED: {faults: {refuse_logon: {text: "not today"}}}}')
    for _ in range(2):
        with own_broker.client(sender="REFUSED") as client:
            client.send("A", t98=0, t108=30)
            assert client.expect("5")[58] == "not today"
        faults = own_broker.rest("PATCH", "/api/faults/REFUSED", {"refuse_logon": None})
        assert faults["faults"] == {}
        with own_broker.client(sender="REFUSED") as client:
            client.logon(t141="Y")
        own_broker.process.stop()
        own_broker.start()


def test_a_fault_of_the_file_that_can_not_be_is_one_line_and_code_2(tmp_path: Path) -> None:
    file = tmp_path / "broker.yaml"
    file.write_text("clients: {A: {faults: {garble: {bytes: 0}}}}", encoding="utf-8")
    done = run(tmp_path, "--config", str(file))
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert line == f"broker: {file}: clients.A.faults.garble.bytes must be a whole number from 1 to 1000"
