# SendFix. `make help` lists what there is.

PYTHON ?= python3
PYTEST_ARGS ?=
# Most of a test is waiting for processes and sockets. All tests of a file go to one worker, and share its stack.
TEST_WORKERS ?= 3
BENCH_ARGS ?=
BENCH_MARKET_ARGS ?=
BENCH_SEARCH_ARGS ?=
CERTIFY_ARGS ?=
FAULTS_UI_ARGS ?=
LOCK_ARGS ?=

VENV_PYTHON := .venv/bin/python

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help run setup dev test format certify crash kill soak faults-ui fuzz bench bench-ui bench-broker bench-market bench-search screenshots lock vendor clean

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' Makefile

run: setup  ## start broker, engine and desk on http://127.0.0.1:5001; Ctrl-C ends them
	@$(VENV_PYTHON) -m scripts.run

setup:  ## make .venv and install the locked dependencies (make run does it by itself)
	@command -v $(PYTHON) >/dev/null || { echo "setup: there is no $(PYTHON); install Python 3.11 or later" >&2; exit 1; }
	@$(PYTHON) scripts/bootstrap.py

dev:
	@command -v $(PYTHON) >/dev/null || { echo "dev: there is no $(PYTHON); install Python 3.11 or later" >&2; exit 1; }
	@$(PYTHON) scripts/bootstrap.py --dev

test: dev  ## all checks and tests, as CI runs them; PYTEST_ARGS="-k name" for a part of the tests, TEST_WORKERS=0 one after another
	@echo "test: ruff check"
	@$(VENV_PYTHON) -m ruff check .
	@echo "test: ruff format --check"
	@$(VENV_PYTHON) -m ruff format --check .
	@echo "test: mypy"
	@$(VENV_PYTHON) -m mypy
	@echo "test: pytest $(PYTEST_ARGS)"
	@$(VENV_PYTHON) -m pytest -n $(TEST_WORKERS) --dist loadfile $(PYTEST_ARGS)

format: dev  ## format the code and mend what ruff can mend
	@$(VENV_PYTHON) -m ruff check --fix .
	@$(VENV_PYTHON) -m ruff format .

certify: dev  ## an hour of simulated trading with the broker on two FIX libraries; CERTIFY_ARGS for its options
	@$(VENV_PYTHON) tests/certify/run.py $(CERTIFY_ARGS)

crash: dev  ## kill the broker 100 times under load, and check all that it said; KILL_ROUNDS for more or fewer
	@KILL_ROUNDS=$${KILL_ROUNDS:-100} $(VENV_PYTHON) -m pytest -q --timeout 0 tests/faults/test_broker_kill.py

kill: dev  ## kill desk, engine and broker 20 times under load, and compare both ends' books; KILL_ROUNDS for more or fewer
	@KILL_ROUNDS=$${KILL_ROUNDS:-20} $(VENV_PYTHON) -m pytest -q --timeout 0 tests/faults/test_processes.py

soak: dev  ## 30 minutes at 100 orders/s with faults: books equal, memory flat, nothing left over; SOAK_SECONDS for less or more
	@$(VENV_PYTHON) tests/faults/soak.py --seconds $${SOAK_SECONDS:-1800}

faults-ui: dev  ## the page at 200 messages/s through dead lines, kills, sleep, wrong clocks: nothing missed, doubled or falsely live (5 min)
	@$(VENV_PYTHON) tests/faults/ui_faults.py $(FAULTS_UI_ARGS)

fuzz: dev  ## send the broker anything and everything, 20 times as much as make test; FUZZ_TIMES for more or less
	@FUZZ_TIMES=$${FUZZ_TIMES:-20} $(VENV_PYTHON) -m pytest -q --timeout 0 \
	    tests/integration/broker/test_garbage.py tests/conformance/test_any_message.py tests/unit/broker/fix/test_wire.py

bench: dev bench-broker  ## measure the broker, then the desk against bare QuickFIX; BENCH_ARGS for the desk's options
	@$(VENV_PYTHON) tests/bench/sessions_bench.py
	@$(VENV_PYTHON) tests/bench/fold_bench.py
	@$(VENV_PYTHON) tests/bench/restart_bench.py
	@$(VENV_PYTHON) tests/bench/run.py $(BENCH_ARGS)

bench-ui: dev  ## measure the page under load: frames, keys, memory; UI_BENCH_ARGS for its options
	@$(VENV_PYTHON) tests/bench/ui_bench.py $(UI_BENCH_ARGS)

screenshots: dev  ## take pictures of every view, dark and light, into docs/images
	@$(VENV_PYTHON) tests/screenshots.py

bench-broker: dev  ## measure the broker against a bare simplefix acceptor
	@$(VENV_PYTHON) tests/bench/broker_bench.py

bench-market: dev  ## measure market data from a counterparty to a client, and orders meanwhile; BENCH_MARKET_ARGS for its options
	@$(VENV_PYTHON) tests/bench/market_bench.py $(BENCH_MARKET_ARGS)

bench-search: dev  ## measure searches, exports and statistics on 1,000,000 messages and 200,000 executions; BENCH_SEARCH_ARGS for its options
	@$(VENV_PYTHON) tests/bench/search_bench.py $(BENCH_SEARCH_ARGS)

lock: dev  ## compile requirements*.txt from pyproject.toml; LOCK_ARGS=--upgrade for newer versions
	@$(VENV_PYTHON) -m uv pip compile --quiet --universal --python-version 3.11 --no-header $(LOCK_ARGS) \
	    pyproject.toml -o requirements.txt
	@$(VENV_PYTHON) -m uv pip compile --quiet --universal --python-version 3.11 --no-header $(LOCK_ARGS) \
	    --group dev -c requirements.txt -o requirements-dev.txt
	@$(VENV_PYTHON) -m uv pip compile --quiet --universal --python-version 3.11 --no-header $(LOCK_ARGS) \
	    --group prices -c requirements-dev.txt -o requirements-prices.txt
	@git --no-pager diff --stat -- requirements.txt requirements-dev.txt requirements-prices.txt

vendor: dev  ## fetch the page's libraries again, in the versions scripts/vendor.py pins (needs npm)
	@$(VENV_PYTHON) scripts/vendor.py

clean:  ## remove .venv and caches; what is in store/, log/ and logs/ stays
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis build *.egg-info
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
	@echo "clean: store/, log/ and logs/ were left as they are"
