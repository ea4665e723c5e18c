"""Start SendFix: broker, engine and desk, each once the one before serves; and end them in the other order.

`make run` calls this with the Python of `.venv`. Every line of the parts is shown with the part's name before it.
Ctrl-C (or SIGTERM, or a closed terminal) ends the desk, then the engine, which logs out of each session, then the
broker; a second one kills. When a part ends by itself, the others are stopped and the exit code is 1.
"""

from __future__ import annotations

import argparse
import os
import selectors
import signal
import socket
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import FrameType

from scripts.environment import EnvironmentProblem, merged, port_of
from scripts.parts import Part, Plan
from scripts.ports import holder_of, problem_with

ROOT = Path(__file__).resolve().parent.parent
READY_SECONDS = 90.0
TICK_SECONDS = 0.1
COLOURS = {"broker": "\x1b[36m", "engine": "\x1b[35m", "desk": "\x1b[32m", "run": "\x1b[1m"}

FIX_ON = r"^broker: FIX on (\S+)"
HTTP_ON = r"^broker: HTTP on (\S+)"
DESK_ON = r"Listening at: (http\S+)"

BROKER = Plan("broker", (sys.executable, "-m", "broker"), (FIX_ON, HTTP_ON), 10.0, "")
ENGINE = Plan(
    "engine",
    (sys.executable, "multi_fix_client.py"),
    (r"^engine: ready on ",),
    15.0,
    " (a Logout on each session)",
)
# gunicorn listens before its worker has loaded the desk.
DESK = Plan(
    "desk",
    (sys.executable, "-m", "gunicorn", "-c", "gunicorn_config.py", "wsgi:app"),
    (DESK_ON, r"desk: ready"),
    25.0,
    "",
)


class Interrupted(Exception):
    """Someone wants it to end: Ctrl-C, SIGTERM, the terminal or the reader of the output is gone."""


class PartEnded(Exception):
    """A part that should run does not, in words for a person."""


class Runner:
    """The running parts, their output and the signals of this process."""

    def __init__(self, environ: Mapping[str, str], root: Path, colours: bool) -> None:
        self._environ = dict(environ)
        self._root = root
        self._colours = colours
        self._parts: list[Part] = []
        self._interrupts = 0
        self._stopping = False
        self._mute = False
        self._selector = selectors.DefaultSelector()
        self._wake, wake_from_signal = socket.socketpair()
        for end in (self._wake, wake_from_signal):
            end.setblocking(False)
        self._wake_from_signal = wake_from_signal
        self._selector.register(self._wake, selectors.EVENT_READ)

    def run(self, plans: Sequence[Plan]) -> int:
        """Until interrupted (0, or 130 if the parts had to be killed) or a part ends by itself (1)."""
        self._catch_signals()
        code = 0
        try:
            for plan in plans:
                self._start(plan)
            self._tell_addresses()
            while True:
                self._step()
                self._check_running()
        except PartEnded as ended:
            code = 1
            self.say(str(ended))
        except Interrupted:
            pass
        finally:
            code = self._stop_all() or code
        return code

    def say(self, text: str) -> None:
        for line in text.splitlines() or [""]:
            self._print("run", line)

    def _start(self, plan: Plan) -> None:
        self.say(f"starting the {plan.name}")
        part = Part(plan, self._environ, self._root)
        self._parts.append(part)
        self._selector.register(part.stdout, selectors.EVENT_READ, part)
        before = time.monotonic() + READY_SECONDS
        while not part.ready:
            self._step()
            self._check_running()
            if time.monotonic() > before:
                raise PartEnded(
                    f"the {part.name} was not ready within {READY_SECONDS:.0f} s. Its last lines:\n{_last_lines(part)}"
                )
        if FIX_ON in part.found:
            # The sessions of multi_session_config.json take the broker's port from here.
            self._environ["BROKER_FIX_PORT"] = part.found[FIX_ON][1].rsplit(":", 1)[1]

    def _step(self) -> None:
        """Wait a moment for output or a signal, and pass the output on."""
        for key, _ in self._selector.select(TICK_SECONDS):
            if key.data is None:
                self._wake.recv(4096)
            else:
                self._pass_on(key.data)
        if self._interrupts and not self._stopping:
            raise Interrupted

    def _pass_on(self, part: Part) -> None:
        for line in part.read_lines():
            self._print(part.name, line)
        if part.exit_code is not None and part.stdout in self._selector.get_map():
            self._selector.unregister(part.stdout)

    def _check_running(self) -> None:
        for part in self._parts:
            if part.exit_code is not None:
                self._pass_on(part)
                when = "" if part.ready else ", before it was ready"
                raise PartEnded(
                    f"the {part.name} {part.how_it_ended()}{when}. Its last lines:\n{_last_lines(part)}"
                )

    def _stop_all(self) -> int:
        """In the order desk, engine, broker. 130 if they had to be killed on request, else 0."""
        running = [part for part in reversed(self._parts) if part.exit_code is None]
        asked = self._interrupts
        self._stopping = True
        if running:
            names = ", ".join(f"the {part.name}{part.plan.stopping}" for part in running)
            self.say("")
            self.say(f"stopping {names}; Ctrl-C {'again ' if asked else ''}kills")
        for part in running:
            if self._interrupts <= asked:
                self._stop(part, asked)
        killed = self._interrupts > asked
        for part in reversed(self._parts):
            part.kill()
            self._pass_on(part)
            part.close()
        if self._parts:
            self.say("killed" if killed else "everything has stopped")
        self._release_signals()
        return 130 if killed else 0

    def _stop(self, part: Part, asked: int) -> None:
        part.ask_to_stop()
        while part.exit_code is None and self._interrupts <= asked:
            self._step()
            if part.stop_before is not None and time.monotonic() > part.stop_before:
                self.say(f"the {part.name} did not stop within {part.plan.stop_seconds:.0f} s; it is killed")
                part.kill()
        if part.exit_code is not None:
            self._pass_on(part)
            how = f": it {part.how_it_ended()}" if part.exit_code else ""
            self.say(f"the {part.name} has stopped{how}")

    def _tell_addresses(self) -> None:
        found = {
            pattern: match[1]
            for part in self._parts
            for pattern, match in part.found.items()
            if match.groups()
        }
        desk = found[DESK_ON].replace("//0.0.0.0:", "//127.0.0.1:").replace("//[::]:", "//[::1]:")
        lines = [("The desk, open this", desk), ("Its REST interface", f"{desk}/api/docs")]
        if HTTP_ON in found:
            lines.append(("The simulated broker", f"{found[HTTP_ON]}  (FIX on {found[FIX_ON]})"))
        lines.append(("Ends all of it", "Ctrl-C"))
        self.say("\n" + "\n".join(f"  {label:<22}{value}" for label, value in lines) + "\n ")

    def _print(self, name: str, line: str) -> None:
        if self._mute:
            return
        label = f"{name:<6} |"
        if self._colours:
            label = f"{COLOURS[name]}{label}\x1b[0m"
        try:
            print(f"{label} {line}".rstrip(), flush=True)
        except OSError:
            # Nobody reads on (a closed terminal, `| head`): go on without a word, to end the parts cleanly.
            self._mute = True
            sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
            self._interrupts = max(self._interrupts, 1)

    def _catch_signals(self) -> None:
        signal.set_wakeup_fd(self._wake_from_signal.fileno(), warn_on_full_buffer=False)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._interrupted)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)

    def _interrupted(self, _number: int, _frame: FrameType | None) -> None:
        self._interrupts += 1

    def _release_signals(self) -> None:
        signal.set_wakeup_fd(-1)
        self._selector.close()
        self._wake.close()
        self._wake_from_signal.close()


def _last_lines(part: Part) -> str:
    return "\n".join(f"    {line}" for line in part.last_lines) or "    (it printed nothing)"


def port_problems(environ: Mapping[str, str], with_broker: bool) -> list[str]:
    """One text for each port that can't be had. Raises `EnvironmentProblem` for a value that is no port."""
    servers = [("SENDFIX_PORT", 5001, environ.get("SENDFIX_HOST") or "127.0.0.1", "the desk")]
    if with_broker:
        host = environ.get("BROKER_HOST") or "127.0.0.1"
        servers += [
            ("BROKER_FIX_PORT", 15001, host, "the broker's FIX side"),
            ("BROKER_HTTP_PORT", 5002, host, "the broker's pages"),
        ]
    problems = []
    chosen: dict[int, str] = {}
    for variable, default, host, what in servers:
        port = port_of(environ, variable, default)
        if port and port in chosen:
            problems.append(f"port {port} is given to two parts: {chosen[port]} and {variable}")
            continue
        chosen[port] = variable
        problem = problem_with(host, port)
        if problem:
            holder = holder_of(port)
            by = f" by {holder}" if holder and problem == "it is taken" else ""
            problems.append(
                f"port {port} on {host} is needed for {what}, but {problem}{by}."
                f" Free it, or choose another: {variable}={_another(host, port)} make run"
            )
    return problems


def _another(host: str, port: int) -> int:
    """A port near it that is free just now."""
    near = (candidate for candidate in range(port + 100, 65535, 100) if problem_with(host, candidate) is None)
    return next(near, 0)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="make run", description="Start broker, engine and desk, and end them together."
    )
    parser.add_argument("--without-broker", action="store_true", help="only engine and desk")
    options = parser.parse_args(arguments)
    try:
        environ = merged({**os.environ, "PYTHONUNBUFFERED": "1"}, ROOT / ".env")
        problems = port_problems(environ, not options.without_broker)
    except EnvironmentProblem as problem:
        problems = [str(problem)]
    if problems:
        for text in problems:
            print(f"run: {text}", file=sys.stderr)
        return 1
    plans = [ENGINE, DESK] if options.without_broker else [BROKER, ENGINE, DESK]
    colours = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    return Runner(environ, ROOT, colours).run(plans)


if __name__ == "__main__":
    raise SystemExit(main())
