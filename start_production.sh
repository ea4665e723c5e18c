#!/usr/bin/env bash
# Start engine and desk without systemd: for a container, or to try production's way by hand.
#
# Takes the environment, then .env, as `make run` does (docs/configuration.md); arguments go to scripts/run.py.
# SIGTERM and SIGINT end the desk, then the engine with a Logout on each session. If one of the two dies, the other
# is stopped and the exit code is 1, so that whatever supervises this can start both again.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")"

fail() {
    echo "start_production: $1" >&2
    exit 1
}

python=.venv/bin/python
[[ -x "${python}" ]] || fail "there is no .venv here; make it first: make setup"
"${python}" -c 'import quickfix, gunicorn' 2>/dev/null ||
    fail ".venv is not complete; run: make setup"

for folder in "${SENDFIX_STORE_DIR:-store}" "${SENDFIX_LOG_DIR:-log}" "${SENDFIX_WEB_LOG_DIR:-logs}"; do
    mkdir -p "${folder}" 2>/dev/null || fail "the folder ${folder} can't be made; make it, or choose another (.env.example)"
    [[ -w "${folder}" ]] || fail "the folder ${folder} can't be written by $(id -un)"
done

# From here on signals go straight to the runner, which is also what a container sees as process 1.
exec "${python}" -m scripts.run --without-broker "$@"
