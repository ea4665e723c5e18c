"""The runner with three parts of its own, small programs whose behaviour a test chooses.

`python -m tests.unit.scripts.fake_parts '{"engine": "dies"}'`; a part that is not named behaves well. Each prints its
pid, the lines the real one prints, and `<name>: stopping` when it is told to end.
"""

from __future__ import annotations

import dataclasses
import json
import os
import sys
from pathlib import Path

from scripts.run import BROKER, DESK, ENGINE, Runner

READY = {
    "broker": "broker: FIX on 127.0.0.1:15999\\nbroker: HTTP on http://127.0.0.1:5999",
    "engine": "engine: ready on /somewhere with 2 sessions",
    "desk": "[INFO] Listening at: http://0.0.0.0:5888 (1)\\n[INFO] desk: ready",
}
# What SIGTERM does is settled before anything is printed, for it may come right after the last line. It is waited for,
# and not handled: a handler that is due just before `signal.pause` would not run until the next signal.
SERVES = """
print("{name}: pid", os.getpid(), flush=True)
print("{name}: broker port", os.environ.get("BROKER_FIX_PORT"), flush=True)
print("{ready}", flush=True)
"""
BLOCKS = "import os, signal, sys\nsignal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])" + SERVES
STOPS = "print('{name}: stopping', flush=True)"
BEHAVIOURS = {
    "well": BLOCKS + "signal.sigwait([signal.SIGTERM])\n" + STOPS,
    # Ends by itself once there is a file.
    "dies": BLOCKS + "while not signal.sigtimedwait([signal.SIGTERM], 0.02):\n"
    "    if os.path.exists(os.environ['DIE']):\n"
    "        print('bang')\n"
    "        sys.exit(7)\n" + STOPS,
    "never ready": "import sys\nprint('engine: bad port')\nsys.exit(2)",
    "deaf": BLOCKS + "while True: signal.pause()",
    "leaves a child": "import subprocess, sys\n"
    "child = subprocess.Popen([sys.executable, '-c', 'import signal; signal.pause()'])\n"
    "print('{name}: pid', child.pid, flush=True)\n" + BLOCKS + "signal.sigwait([signal.SIGTERM])\n" + STOPS,
}


def main() -> int:
    chosen = json.loads(sys.argv[1])
    plans = []
    for plan in (BROKER, ENGINE, DESK):
        behaviour = chosen.get(plan.name, "well")
        program = BEHAVIOURS[behaviour].format(name=plan.name, ready=READY[plan.name])
        # Who stops when told has all the time that a busy machine may need.
        seconds = 1.0 if behaviour == "deaf" else 30.0
        plans.append(dataclasses.replace(plan, command=(sys.executable, "-c", program), stop_seconds=seconds))
    return Runner(os.environ, Path.cwd(), colours=False).run(plans)


if __name__ == "__main__":
    raise SystemExit(main())
