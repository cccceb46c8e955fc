# Two commands do everything on a fresh machine: `make demo` and `make test`.
PYTHON ?= python3
BIN := .venv/bin
QUIET_FRAMEWORKS := TF_CPP_MIN_LOG_LEVEL=3

.PHONY: demo test fuzz bench lint format clean

demo: .venv/installed  ## diagnose real networks
	$(QUIET_FRAMEWORKS) $(BIN)/python examples/demo.py

test: lint  ## every test, after format, lint and types
	$(QUIET_FRAMEWORKS) $(BIN)/python -m pytest -n 2 --dist worksteal

lint: .venv/installed
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

format: .venv/installed
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

fuzz: .venv/installed  ## the long differential tests, with a progress bar
	$(QUIET_FRAMEWORKS) $(BIN)/python -m tests.fuzz

bench: .venv/installed  ## the ratios of the README, each measured in one run
	$(QUIET_FRAMEWORKS) $(BIN)/python -m benchmarks

# Packages in the last line would pull another torch: they run with what is there.
.venv/installed: pyproject.toml requirements.txt constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --upgrade pip
	$(BIN)/pip install --quiet -c constraints.txt torch
	$(BIN)/pip install --quiet -c constraints.txt -r requirements.txt -e .
	$(BIN)/pip install --quiet -c constraints.txt --no-deps timm dynamic-network-architectures
	touch $@

clean:
	rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
