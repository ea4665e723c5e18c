"""Is the desk up, and is it ready: for systemd, containers, load balancers and upgrades.

python -m scripts.health                # 0 while the desk answers
python -m scripts.health --ready        # 0 while it can trade; else 1, and why not
python -m scripts.health --wait 30      # try for so many seconds
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence

STEP_SECONDS = 0.5
TIMEOUT_SECONDS = 5.0
_ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}


def desk_url(host: str, port: str) -> str:
    """Where a desk that listens on `host` can be asked from this machine."""
    host = _ANYWHERE.get(host, host)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def look(url: str) -> list[str]:
    """What is in the way, in words; nothing, when it is as it should be."""
    try:
        with urllib.request.urlopen(url, timeout=TIMEOUT_SECONDS) as answer:
            json.load(answer)
        return []
    except urllib.error.HTTPError as error:
        with error:
            return _problems(error)
    except (OSError, http.client.HTTPException, ValueError) as error:
        return [f"the desk does not answer at {url}: {getattr(error, 'reason', None) or error}"]


def _problems(error: urllib.error.HTTPError) -> list[str]:
    try:
        return [str(problem) for problem in json.load(error)["problems"]]
    except (ValueError, KeyError, TypeError):
        return [f"the desk answers {error.code}"]


def main(arguments: Sequence[str] | None = None) -> int:
    """0 when it is as it should be, else 1 with the reasons on stderr."""
    parser = argparse.ArgumentParser(prog="scripts.health", description="Is the desk up, and is it ready?")
    parser.add_argument("--ready", action="store_true", help="engine, database and journals too")
    parser.add_argument("--wait", type=float, default=0.0, metavar="SECONDS", help="try for so long")
    parser.add_argument(
        "--url",
        default=desk_url(os.environ.get("SENDFIX_HOST", ""), os.environ.get("SENDFIX_PORT", "5001")),
        help="the desk's; from SENDFIX_HOST and SENDFIX_PORT unless given",
    )
    given = parser.parse_args(arguments)
    url = given.url.rstrip("/") + ("/health/ready" if given.ready else "/health")
    until = time.monotonic() + given.wait
    while (problems := look(url)) and time.monotonic() < until:
        time.sleep(STEP_SECONDS)
    for problem in problems:
        print(f"desk: {problem}", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    raise SystemExit(main())
