# Targets: demo (see it work), test (all tests), lint (style and types),
# docs (the site, into build/docs; all that it shows is run),
# bench (times and memory beside other programs; CASES=start picks some, JSON=file keeps the rows),
# bench-watch (has it become slower since the commit BASE?), clean.
# The first run sets up .venv from the pinned versions; later runs start at once.

PYTHON ?= python3
BIN := .venv/bin
JOBS ?= 2

.DEFAULT_GOAL := help
.PHONY: help demo test lint format docs bench bench-watch clean

help:
	@sed -n '1,5s/^# //p' Makefile

.venv/bin/python:
	$(PYTHON) -c 'import sys; sys.exit("leverwise needs Python 3.11 or later" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv

.venv/.installed: pyproject.toml constraints.txt | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable .
	@touch $@

.venv/.installed-test: pyproject.toml constraints.txt | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[test]'
	@touch .venv/.installed $@

.venv/.installed-docs: pyproject.toml constraints.txt | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[docs]'
	@touch .venv/.installed $@

.venv/.installed-bench: pyproject.toml constraints.txt | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[bench]'
	@touch .venv/.installed $@

.venv/.installed-watch: .venv/.installed-test .venv/.installed-bench
	@touch $@

demo: .venv/.installed
	$(BIN)/leverwise simulate examples/superstar.yaml
	$(BIN)/leverwise plan examples/superstar.yaml

test: .venv/.installed-test
	$(BIN)/python -m pytest -n $(JOBS)

lint: .venv/.installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict src

format: .venv/.installed-test
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: .venv/.installed-docs
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m sphinx -j $(JOBS) -q -W --keep-going -b html docs build/docs
	@echo "open build/docs/index.html"

bench: .venv/.installed-bench
	@$(BIN)/python -m benchmarks $(CASES) $(if $(JSON),--json $(JSON))

BASE ?= HEAD
bench-watch: .venv/.installed-watch
	@$(BIN)/python -m benchmarks.watch $(BASE)

clean:
	rm -rf .venv .pytest_cache .ruff_cache .mypy_cache .import_linter_cache .hypothesis build dist
