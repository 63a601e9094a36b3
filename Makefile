# Everything a person needs: `make demo`, `make test`. Works with nothing but Python 3.11 or newer and make; uv is used where it is.
# `make setup` fills .venv from requirements.lock: exact versions, each file checked by its hash.

VENV   := .venv
BIN    := $(VENV)/bin
PEERS  := .venv-bench
TUNING := .venv-fine-tune
UV     := $(shell uv --version >/dev/null 2>&1 && echo uv)
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo $$p && break; done)
TESTS  ?= tests
ARGS   ?=

.PHONY: help setup demo test check bench simulate fuzz triage-page train fine-tune evaluate clean
.DEFAULT_GOAL := help

help:
	@echo "make demo      the two phones on http://127.0.0.1:8080: no token, no account (ARGS='--port 8081')"
	@echo "make test      the whole test suite (TESTS=tests/unit ARGS='-k fever')"
	@echo "make check     ruff, mypy, import floors, and the shipped schedules, messages and catalogue"
	@echo "make simulate  100 seeded patients through 30 days (ARGS='--seed 7 --faults all')"
	@echo "make fuzz      the property tests with many more examples"
	@echo "make bench     measured side by side with what one would pick instead"
	@echo "make triage-page  docs/triage.md, the page that a clinician signs, from the catalogue"
	@echo "make train     train the recogniser from corpus/ (minutes, two cores; then commit bot/catalogue/recogniser.*)"
	@echo "make fine-tune  teach the larger learned reader (PyTorch; an hour to many); then make train"
	@echo "make evaluate  what the reader does with replies that it did not learn from, and the learning curve (PART=dev)"
	@echo "make setup     only fill .venv;  make clean: remove what was made"

setup: $(VENV)/.ready

$(VENV)/.ready: requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer with its venv module is needed (Debian: apt install python3 python3-venv)" >&2; exit 1; }
ifneq ($(UV),)
	@test -x $(BIN)/python || uv venv --quiet --python "$(PYTHON)" $(VENV)
	uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock
	uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
else
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
endif
	@touch $@

demo: setup
	$(BIN)/aftercare demo $(ARGS)

test: setup
	$(BIN)/python -m pytest $(TESTS) -q -rs -n auto $(ARGS)

check: setup
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/aftercare check

# The peers have an environment of their own: what one would pick instead is never installed beside the product.
$(PEERS)/.ready: requirements-bench.lock
ifneq ($(UV),)
	@test -x $(PEERS)/bin/python || uv venv --quiet --python "$(PYTHON)" $(PEERS)
	uv pip install --quiet --python $(PEERS)/bin/python --require-hashes -r requirements-bench.lock
else
	@test -x $(PEERS)/bin/python || $(PYTHON) -m venv $(PEERS)
	$(PEERS)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-bench.lock
endif
	@touch $@

bench: setup $(PEERS)/.ready
	$(BIN)/python -m benchmarks $(ARGS)

simulate: setup
	$(BIN)/aftercare simulate --schedule msc-recipient --patients 100 --days 30 --seed 1 $(ARGS)

fuzz: setup
	$(BIN)/python -m pytest tests/property -q --hypothesis-profile=fuzz $(ARGS)

triage-page: setup
	$(BIN)/python -m bot.app.triage_page

train: setup
	$(BIN)/python -m bot.training.check
	$(BIN)/python -m bot.training.train

# PyTorch is large, and only this needs it: an environment of its own.
$(TUNING)/.ready: requirements-fine-tune.lock
ifneq ($(UV),)
	@test -x $(TUNING)/bin/python || uv venv --quiet --python "$(PYTHON)" $(TUNING)
	uv pip install --quiet --python $(TUNING)/bin/python --require-hashes -r requirements-fine-tune.lock
else
	@test -x $(TUNING)/bin/python || $(PYTHON) -m venv $(TUNING)
	$(TUNING)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-fine-tune.lock
endif
	@touch $@

fine-tune: $(TUNING)/.ready
	$(TUNING)/bin/python -m bot.training.transformer.fine_tune

PART ?= dev
evaluate: setup
	$(BIN)/python -m bot.training.evaluate $(PART)
	$(BIN)/python -m bot.training.curve

clean:
	rm -rf $(VENV) .venv-bench .venv-fine-tune .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
