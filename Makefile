# `make report` and `make test` need only Python 3.11 or newer and make: each sets up a private
# environment in .venv first. PYTHON=python3.12 chooses another interpreter.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# The checker of accessibility that the tests of the page use; without npm these are skipped.
AXE := ! command -v npm >/dev/null || npm install --prefix tests/browser --no-package-lock --no-audit --no-fund --silent
PIP := $(BIN)/python -m pip --disable-pip-version-check

.PHONY: report test lint types docs pictures bench check build format clean

report: $(VENV)/.installed
	$(BIN)/valuma-graph report -o out/
	@echo "Open out/index.html in a browser."

test: $(VENV)/.dev
	$(BIN)/python -m pytest --mpl -n auto --dist worksteal

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: $(VENV)/.dev
	$(BIN)/mypy

check: $(VENV)/.installed
	$(BIN)/valuma-graph check

docs: $(VENV)/.dev
	$(BIN)/sphinx-build -W --keep-going -b html docs docs/_build/html
	@echo "Open docs/_build/html/index.html in a browser."

pictures: $(VENV)/.dev
	$(BIN)/python docs/page_pictures.py

bench: $(VENV)/.dev
	$(PIP) install --quiet --constraint constraints.txt --editable '.[bench]'
	$(BIN)/python benchmarks/run.py
	$(BIN)/python benchmarks/chance.py
	$(BIN)/python benchmarks/page.py

build: $(VENV)/.dev
	$(BIN)/python -m build --no-isolation

$(VENV)/.installed: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed")'
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --quiet --constraint constraints.txt --editable .
	touch $@

$(VENV)/.dev: $(VENV)/.installed tests/browser/package.json
	$(PIP) install --quiet --constraint constraints.txt --editable '.[dev,docs]'
	$(AXE)
	touch $@

clean:
	rm -rf $(VENV) build dist out docs/_build docs/gallery tests/browser/node_modules
