"""Trading over a real socket."""

from __future__ import annotations

import os
import resource
import signal
import socket
from contextlib import ExitStack

import psutil
import pytest

from tests.integration.broker.conftest import Broker
from tests.support.stack import eventually

BOTH = pytest.mark.parametrize("version", ["FIX.4.2", "FIX.4.4"])
CALM = {"mode": "match", "steps": 3, "interval": 0.05}


@BOTH
def test_a_newcomers_first_orders(broker: Broker, name: str, version: str) -> None:
    broker.behave(clients={name: CALM})
    fill = "F" if version == "FIX.4.4" else None
    with broker.client(version, name) as client:
        client.logon()
        client.order("a")
        client.expect("8", t11="a", t150=0, t39=0, t151=100)
        client.expect("8", t150=fill or "1", t39=1, t32=33, t31="230.1", t14=33)
        client.expect("8", t150=fill or "1", t39=1, t32=33, t14=66)
        client.expect("8", t150=fill or "2", t39=2, t32=34, t14=100, t151=0, t6="230.1")

        client.order("b", t40=2, t44="200.00")
        client.expect("8", t11="b", t39=0)
        client.change("G", "c", "b", t40=2, t38=50, t44="210.00")
        client.expect("8", t11="c", t41="b", t150=5, t44=210, t151=50)
        client.change("F", "d", "c")
        client.expect("8", t11="d", t41="c", t150=4, t39=4)
        client.change("F", "e", "c")
        client.expect("9", t11="e", t434=1, t102=0, t39=4)
        client.send("5")
        client.expect("5")


def test_two_clients_meet_in_the_book(broker: Broker, name: str) -> None:
    book = {"mode": "match", "market": False}
    broker.behave(clients={name: book, f"{name}B": book})
    with broker.client("FIX.4.2", name) as buyer, broker.client("FIX.4.4", f"{name}B") as seller:
        buyer.logon()
        seller.logon()
        buyer.order("a", t55="INTC", t40=2, t44="23.20", t38=100)
        buyer.expect("8", t39=0)
        seller.order("a", t55="INTC", t54=2, t40=2, t44="23.10", t38=40)
        seller.expect("8", t39=0)
        seller.expect("8", t39=2, t31="23.2", t32=40)
        buyer.expect("8", t39=1, t31="23.2", t32=40, t151=60)


def test_a_hundred_clients_at_once(broker: Broker, name: str) -> None:
    broker.behave(default="fill")
    with ExitStack() as stack:
        versions = ("FIX.4.2", "FIX.4.4")
        clients = [
            stack.enter_context(broker.client(versions[n % 2], f"{name}-{n}")).logon() for n in range(100)
        ]
        for client in clients:
            client.order("a")
        for client in clients:
            client.expect("8", t11="a", t39=0)
            client.expect("8", t11="a", t39=2)


def test_a_message_in_pieces_and_many_in_one(broker: Broker, name: str) -> None:
    broker.behave(clients={name: "fill"})
    with broker.client(sender=name) as client:
        for byte in client.message("A", t98=0, t108=30):
            client.send_bytes(bytes([byte]))
        client.expect("A")
        client.send_bytes(b"".join(client.message("1", t112=number) for number in range(200)))
        assert [client.expect("0")[112] for _ in range(200)] == [str(number) for number in range(200)]


def test_a_resend_over_the_wire(broker: Broker, name: str) -> None:
    broker.behave(clients={name: "fill"})
    with broker.client(sender=name) as client:
        client.logon()
        client.order("a")
        first, second = client.expect("8"), client.expect("8")
        client.send("2", t7=1, t16=0)
        client.expect("4", t34=1, t43="Y", t123="Y", t36=2)
        for original in (first, second):
            again = client.expect("8", t34=original[34], t43="Y", t122=original[52], t17=original[17])
            unchanged = original.keys() - {8, 9, 10, 52}
            assert {tag: again[tag] for tag in unchanged} == {tag: original[tag] for tag in unchanged}


def test_a_pair_of_comp_ids_is_logged_on_once(broker: Broker, name: str) -> None:
    with broker.client(sender=name) as client:
        client.logon()
        with broker.client(sender=name) as second:
            second.send("A", t98=0, t108=30)
            second.expect_end()
        client.send("1", t112="still here")
        client.expect("0", t112="still here")


def test_a_client_comes_back_right_after_it_went(broker: Broker, name: str) -> None:
    number = 1
    for _ in range(10):
        with broker.client(sender=name, next_out=number) as client:
            client.logon()
            number = client.next_out
    with broker.client(sender=name, next_out=number) as client:
        client.logon()
        client.send("5")
        client.expect("5")
        with broker.client(sender=name, next_out=client.next_out) as again:
            again.logon()


@pytest.mark.parametrize("version", ["FIX.4.3", "FIXT.1.1", "FIX.9"])
def test_another_version_is_refused(broker: Broker, name: str, version: str) -> None:
    with broker.client(version, name) as client:
        client.send("A", t98=0, t108=30)
        client.expect_end()


def test_garbage_hurts_nobody_else(broker: Broker, name: str) -> None:
    with broker.client(sender=name) as client:
        client.logon()
        for garbage in (
            b"GET / HTTP/1.1\r\n\r\n",
            os.urandom(5000),
            b"8=FIX.4.4\x019=99999999\x01",
            b"\x01" * 100,
        ):
            with socket.create_connection(("127.0.0.1", broker.port), timeout=10) as other:
                other.sendall(garbage)
        client.send_bytes(b"8=FIX.4.4\x019=3\x01garbled")
        client.send("1", t112="x")
        client.expect("0", t112="x")


def test_a_client_that_does_not_read_is_told_so_and_gets_the_rest_when_it_comes_again(
    own_broker: Broker,
) -> None:
    broker = own_broker
    broker.behave(default={"mode": "match", "market": False})
    with broker.client(sender="READS") as reader, broker.client(sender="SLOW") as slow:
        reader.logon()
        slow.logon()
        for number in range(200):
            slow.order(str(number), t40=2, t44="1")
            slow.expect("8", t39=0)
        for number in range(900):
            # 200 reports each.
            slow.send("AF", t584=number, t585=7)
        broker.process.wait_for(r"SLOW to BROKER .* ended: too slow: \d+ bytes wait to be read")
        reader.order("a")
        reader.expect("8", t39=0)
        *reports, logout = slow.drain()
        assert b"\x0135=5\x01" in logout
        assert b"\x0158=too slow: " in logout
        numbers = [int(one.split(b"\x0134=")[1].split(b"\x01")[0]) for one in [*reports, logout]]
        read, last = numbers[-2], numbers[-1]
        assert numbers == [*range(numbers[0], read + 1), last]
        assert last > read + 1
    with broker.client(sender="SLOW", next_out=slow.next_out) as slow:
        slow.logon()
        slow.send("2", t7=read + 1, t16=read + 3)
        for number in range(read + 1, read + 4):
            slow.expect("8", t34=number, t43="Y", t39=0)


def test_no_more_files_may_be_opened_for_a_while(own_broker: Broker, name: str) -> None:
    process = psutil.Process(own_broker.process.pid)
    soft, hard = process.rlimit(resource.RLIMIT_NOFILE)
    with own_broker.client(sender=name) as client, ExitStack() as stack:
        client.logon()
        process.rlimit(resource.RLIMIT_NOFILE, (process.num_fds(), hard))
        waiting = stack.enter_context(own_broker.client(sender=f"{name}B"))
        own_broker.process.wait_for("could not be accepted")
        client.send("1", t112="x")
        client.expect("0", t112="x")
        process.rlimit(resource.RLIMIT_NOFILE, (soft, hard))
        waiting.logon()


def test_sigterm_logs_out_every_client_and_ends_well(own_broker: Broker) -> None:
    with own_broker.client(sender="A") as first, own_broker.client("FIX.4.2", "B") as second:
        first.logon()
        second.logon()
        own_broker.process.send_signal(signal.SIGINT)
        for client in (first, second):
            assert "shutting down" in client.expect("5")[58]
            client.send("5")
            client.expect_end()
        assert own_broker.process.wait() == 0


def test_clients_and_statistics_are_shown(broker: Broker, name: str) -> None:
    with broker.client("FIX.4.2", name) as client:
        client.logon()
        listed = broker.rest("GET", "/api/clients")["clients"]
        mine = next(one for one in listed if one["sender_comp_id"] == name)
        assert (mine["state"], mine["fix_version"], mine["next_incoming_seq_num"]) == (
            "logged_on",
            "FIX.4.2",
            2,
        )
    eventually(
        lambda: any(
            one["sender_comp_id"] == name and one["state"] == "disconnected"
            for one in broker.rest("GET", "/api/clients")["clients"]
        ),
        "the client is shown as gone",
    )
    assert broker.rest("GET", "/api/stats")["messages_in"] > 0
