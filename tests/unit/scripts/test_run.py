"""Starting and stopping in order, with parts that behave well and badly."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from scripts.run import port_problems
from tests.support.process import ROOT, Process

Start = Callable[..., Process]
UP = r"Ends all of it +Ctrl-C"


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start the runner; at the end nothing of it may be left."""
    started: list[Process] = []

    def start(**behaviours: str) -> Process:
        command = [sys.executable, "-m", "tests.unit.scripts.fake_parts", json.dumps(behaviours)]
        environ = {**os.environ, "DIE": str(tmp_path / "die")}
        started.append(Process("runner", command, environ))
        return started[-1]

    yield start
    for process in started:
        if process.running:
            process.kill()


def pids(runner: Process) -> list[int]:
    """Of the parts and what they started, in the order of their start."""
    return [int(pid) for pid in re.findall(r"^\w+ +\| \w+: pid (\d+)", runner.output, re.MULTILINE)]


def assert_nothing_is_left(runner: Process, parts: int) -> None:
    found = pids(runner)
    assert len(found) == parts, runner.output
    _, alive = psutil.wait_procs([psutil.Process(pid) for pid in found if psutil.pid_exists(pid)], timeout=10)
    assert alive == []


def order(runner: Process, *texts: str) -> None:
    """Each of these stands in the output, each after the one before."""
    position = 0
    for text in texts:
        position = runner.output.find(text, position)
        assert position >= 0, f"no {text!r} in its place in:\n{runner.output}"


def test_starts_in_order_and_tells_the_addresses(start: Start) -> None:
    runner = start()
    runner.wait_for(UP)
    order(
        runner,
        "run    | starting the broker",
        "broker | broker: HTTP on",
        "run    | starting the engine",
        "engine | engine: ready on",
        "run    | starting the desk",
        "desk   | [INFO] desk: ready",
        "The desk, open this   http://127.0.0.1:5888\n",
        "Its REST interface    http://127.0.0.1:5888/api/docs\n",
        "The simulated broker  http://127.0.0.1:5999  (FIX on 127.0.0.1:15999)",
    )


def test_the_engine_is_told_the_port_the_broker_got(start: Start) -> None:
    runner = start()
    runner.wait_for("engine: broker port 15999")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_desk_engine_and_broker_in_this_order(start: Start, number: signal.Signals) -> None:
    runner = start()
    runner.wait_for(UP)
    runner.send_signal(number)
    assert runner.wait() == 0
    order(
        runner,
        "stopping the desk, the engine (a Logout on each session), the broker; Ctrl-C again kills",
        "desk: stopping",
        "the desk has stopped",
        "engine: stopping",
        "the engine has stopped",
        "broker: stopping",
        "the broker has stopped",
        "everything has stopped",
    )
    assert_nothing_is_left(runner, 3)


def test_an_early_signal_ends_what_has_started(start: Start) -> None:
    runner = start(engine="deaf")
    runner.wait_for("starting the engine")
    runner.send_signal(signal.SIGINT)
    assert runner.wait() == 0
    order(runner, "broker: stopping", "everything has stopped")


def test_a_second_signal_kills(start: Start) -> None:
    runner = start(desk="deaf", engine="deaf")
    runner.wait_for(UP)
    runner.send_signal(signal.SIGINT)
    runner.wait_for("stopping the desk")
    runner.send_signal(signal.SIGINT)
    assert runner.wait() == 130
    assert "run    | killed" in runner.output
    assert_nothing_is_left(runner, 3)


def test_a_part_that_does_not_stop_is_killed_and_the_others_still_end_well(start: Start) -> None:
    runner = start(desk="deaf")
    runner.wait_for(UP)
    runner.send_signal(signal.SIGINT)
    assert runner.wait() == 0
    order(
        runner,
        "the desk did not stop within 1 s; it is killed",
        "the desk has stopped: it was ended by SIGKILL",
        "engine: stopping",
        "broker: stopping",
    )
    assert_nothing_is_left(runner, 3)


def test_a_part_that_dies_is_named_with_its_last_lines_and_the_others_stop(
    start: Start, tmp_path: Path
) -> None:
    runner = start(engine="dies")
    runner.wait_for(UP)
    (tmp_path / "die").touch()
    assert runner.wait() == 1
    order(
        runner,
        "the engine ended with exit code 7. Its last lines:",
        "run    |     bang",
        "stopping the desk, the broker; Ctrl-C kills",
        "the desk has stopped",
        "the broker has stopped",
    )
    assert_nothing_is_left(runner, 3)


def test_a_part_that_is_killed_is_named(start: Start) -> None:
    runner = start()
    runner.wait_for(UP)
    os.kill(pids(runner)[2], signal.SIGKILL)
    assert runner.wait() == 1
    assert "the desk was ended by SIGKILL. Its last lines:" in runner.output
    assert_nothing_is_left(runner, 3)


def test_a_part_that_never_is_ready_says_why(start: Start) -> None:
    runner = start(engine="never ready")
    assert runner.wait() == 1
    order(
        runner,
        "the engine ended with exit code 2, before it was ready. Its last lines:",
        "run    |     engine: bad port",
        "broker: stopping",
    )
    assert "starting the desk" not in runner.output


def test_what_a_part_started_goes_with_it(start: Start) -> None:
    runner = start(desk="leaves a child")
    runner.wait_for(UP)
    runner.send_signal(signal.SIGTERM)
    assert runner.wait() == 0
    assert_nothing_is_left(runner, 4)


def test_nothing_outlives_a_killed_runner(start: Start) -> None:
    runner = start()
    runner.wait_for(UP)
    runner.kill()
    assert_nothing_is_left(runner, 3)


def test_all_ends_when_nobody_reads_the_output_any_more(tmp_path: Path) -> None:
    """`make run | head`"""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.unit.scripts.fake_parts", "{}"],
        cwd=ROOT,
        env={**os.environ, "DIE": str(tmp_path / "die")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as runner:
        assert runner.stdout is not None
        assert runner.stderr is not None
        runner.stdout.readline()
        runner.stdout.close()
        assert runner.wait(30) == 0
        assert runner.stderr.read() == b""


def test_all_taken_ports_are_named_with_holder_and_way_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as two:
        ports = [server.getsockname()[1] for server in (one, two)]
        environ = {"SENDFIX_PORT": str(ports[0]), "BROKER_FIX_PORT": str(ports[1]), "BROKER_HTTP_PORT": "0"}
        problems = port_problems(environ, with_broker=True)
    assert len(problems) == 2
    assert re.fullmatch(
        rf"port {ports[0]} on 127\.0\.0\.1 is needed for the desk, but it is taken by process {os.getpid()} \(.*\)\."
        r" Free it, or choose another: SENDFIX_PORT=\d+ make run",
        problems[0],
    )
    assert "BROKER_FIX_PORT=" in problems[1]
    assert port_problems(environ | {"SENDFIX_PORT": "0"}, with_broker=False) == []


def test_one_port_for_two_parts_is_refused() -> None:
    environ = {"SENDFIX_PORT": "5002", "BROKER_FIX_PORT": "0"}
    assert "port 5002 is given to two parts: SENDFIX_PORT and BROKER_HTTP_PORT" in port_problems(
        environ, True
    )
