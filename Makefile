# make demo and make test set up what they need; nothing has to be installed before but Python 3.11+.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: help demo desk quick test bench templates clean

help:
	@echo "make demo   set up, and run the Friday job on a copy of examples/ (demo/)"
	@echo "make desk   the same team's page in the browser"
	@echo "make quick  set up, lint, type-check, run the fast tests"
	@echo "make test   the same with the import contract and all tests"
	@echo "make bench  time it (docs/performance.md); never part of the tests"
	@echo "make templates  draw templates/ and examples/ anew from the schemas"

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	@touch $@

demo: $(READY)
	rm -rf demo && cp -R examples demo && rm demo/README.md
	$(BIN)/salesxl init demo
	$(BIN)/salesxl friday demo --week 2026-W47 --as-of 2026-11-20

desk: $(READY)
	test -d demo || { cp -R examples demo && rm demo/README.md && $(BIN)/salesxl init demo; }
	$(BIN)/salesxl desk demo --as-of 2026-11-20

quick: $(READY)
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -q -m "not slow" -n 2 --dist loadfile

test: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q -n 2 --dist loadfile

bench: $(READY)
	-$(BIN)/python -m pip install --quiet --disable-pip-version-check xltpl  # only to be compared with
	$(BIN)/python -m bench

templates: $(READY)
	$(BIN)/python -m tools.draw

clean:
	rm -rf demo build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
