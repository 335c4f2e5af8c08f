# GNU make 3.81 or newer and Python 3.11 or newer: nothing else is needed.
# pip reads its own configuration (PIP_INDEX_URL and its like), so packages come from wherever you say.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test lint type bench soak diagnosis readme docs clean

VENV := .venv
PYTHON :=
PYTEST := -n auto
SOAK :=
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt
READY := $(VENV)/.ready

help: ## List what make can do
	@awk 'BEGIN {FS = ":.*## "} /^[a-z]+:.*## / {printf "make %-9s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

run: $(READY) ## Print the first puzzle: worked by hand, and as PyTorch computes it
	@$(BIN)/lstm-verify run puzzles/memory.yaml

test: $(READY) ## Run the whole test suite, and show what it covers
	@rm -f .coverage .coverage.*
	$(BIN)/python -m coverage run -m pytest $(PYTEST)
	@$(BIN)/python -m coverage combine --quiet
	@$(BIN)/python -m coverage report

lint: $(READY) ## Check style, layout and the import rules between rooms
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-logo

type: $(READY) ## Check the package's types
	$(BIN)/mypy

bench: $(READY) ## Measure what is to be quick, and how tight the envelope is
	@$(BIN)/python bench/bench.py

soak: $(READY) ## Hold 10,000 correct runs at random against their envelopes; none may fail
	@$(BIN)/python bench/soak.py $(SOAK)

diagnosis: $(READY) ## Measure how often faults are named rightly, wrongly or not; writes docs/diagnosis.md
	@$(BIN)/python bench/diagnosis.py --write $(DIAGNOSIS)

readme: $(READY) ## Print the output that the README shows anew
	$(BIN)/python tests/packaging/test_readme.py

docs: $(READY) ## Write anew what is made of puzzles and faults: docs/puzzles, docs/faults.md, the set smoke, lists of ids, the README's table
	@$(BIN)/python bench/docs.py

clean: ## Remove everything that make made
	rm -rf $(VENV) .soak build dist .coverage .coverage.* .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Takes $(PYTHON) if it is named, else the first of a few that is new enough and can make environments.
# The file .ready comes last and says that all went well: what was cut short is taken up again.
$(READY): pyproject.toml constraints.txt
	@$(BIN)/python -c 'import pip' 2>/dev/null || { \
	  for python in $(or $(PYTHON),python3 python3.13 python3.12 python3.11 python3.14 python); do \
	    $$python -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && break; \
	    python=; \
	  done; \
	  if [ -z "$$python" ]; then \
	    echo 'lstm-verify needs Python 3.11 or newer with its venv module (Debian and Ubuntu have that in' \
	      'python3-venv), and found none; if yours has another name: make run PYTHON=NAME' >&2; \
	    exit 1; \
	  fi; \
	  echo "Setting up $(VENV) with $$python; the first time this takes a few minutes." >&2; \
	  $$python -m venv --clear $(VENV); \
	}
	@$(PIP) hatchling editables
	@$(PIP) --no-build-isolation -e '.[dev]'
	@touch $@
