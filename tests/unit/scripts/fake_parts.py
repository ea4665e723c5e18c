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
WELL = """
import os, signal, sys
def stop(*_):
    print("{name}: stopping", flush=True)
    sys.exit(0)
signal.signal(signal.SIGTERM, stop)
print("{name}: pid", os.getpid(), flush=True)
print("{name}: broker port", os.environ.get("BROKER_FIX_PORT"), flush=True)
print("{ready}", flush=True)
"""
BEHAVIOURS = {
    "well": WELL + "while True: signal.pause()",
    # Ends once a line comes in the file it is given.
    "dies": WELL
    + "import time\nwhile not os.path.exists(os.environ['DIE']): time.sleep(0.02)\nprint('bang')\nsys.exit(7)",
    "never ready": "import sys\nprint('engine: bad port')\nsys.exit(2)",
    "deaf": WELL + "signal.signal(signal.SIGTERM, signal.SIG_IGN)\nwhile True: signal.pause()",
    "leaves a child": "import subprocess, sys\n"
    "child = subprocess.Popen([sys.executable, '-c', 'import signal; signal.pause()'])\n"
    "print('{name}: pid', child.pid, flush=True)\n" + WELL + "while True: signal.pause()",
}


def main() -> int:
    chosen = json.loads(sys.argv[1])
    plans = []
    for plan in (BROKER, ENGINE, DESK):
        program = BEHAVIOURS[chosen.get(plan.name, "well")].format(name=plan.name, ready=READY[plan.name])
        plans.append(dataclasses.replace(plan, command=(sys.executable, "-c", program), stop_seconds=1.0))
    return Runner(os.environ, Path.cwd(), colours=False).run(plans)


if __name__ == "__main__":
    raise SystemExit(main())
