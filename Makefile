# Every target sets up what it needs: a fresh machine with Python >= 3.11, make and a package
# index is enough. PYTHON selects the interpreter that .venv is made of.

VENV := .venv
BIN := $(VENV)/bin
# Shims and distribution interpreters without venv exist, so a candidate is asked, not trusted.
# Numba supports a new Python some months after it appears: the newest is tried last.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3 python python3.14; do \
	"$$p" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& { echo "$$p"; break; }; done)
WORKERS ?= 2

SEED ?= 1000000
BENCH ?=

.PHONY: help demo test quick exhaustive fuzz lint bench peers docs clean

help:
	@echo "make demo   fit a mixture to Fisher's Iris data with a compiled gradient"
	@echo "make test   the whole test run"
	@echo "make exhaustive  every case of the tables of functions and every compiled program"
	@echo "make quick  the tests that do not compile, under a minute"
	@echo "make fuzz   random programs without end, from SEED=1000000 on"
	@echo "make lint   ruff, mypy, import-linter"
	@echo "make bench  all tables of times, half an hour; BENCH=--quick takes less, BENCH=--resume goes on"
	@echo "make peers  installs JAX and others for make bench, gigabytes"
	@echo "make docs   the documentation as HTML in docs/_build"

demo: $(VENV)/.installed-demo
	$(BIN)/python examples/iris_mixture.py

test: $(VENV)/.installed-test
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

exhaustive: $(VENV)/.installed-test
	ADJOINT_ALL_CASES=1 $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

quick: $(VENV)/.installed-test
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -m "not compiled and not slow"

fuzz: $(VENV)/.installed-test
	$(BIN)/python -m tests.fuzz $(SEED)

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.installed-bench
	$(BIN)/python -m tests.benchmarks $(BENCH)

peers: $(VENV)/.installed-peers

docs: $(VENV)/.installed-docs
	$(BIN)/python docs/make_how_it_works.py
	$(BIN)/python docs/make_coverage.py
	$(BIN)/sphinx-build -W -b html docs docs/_build

clean:
	rm -rf $(VENV) out build dist docs/_build ./*.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -not -path './$(VENV)/*' -prune -exec rm -rf {} +

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "no Python >= 3.11 with venv found; set PYTHON=/path/to/python" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

# One stamp for each extra: a target installs what it needs, once for each state of pyproject.toml.
$(VENV)/.installed-%: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[$*]'
	@touch $@

.PRECIOUS: $(VENV)/.installed-%
