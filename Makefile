# Two commands: `make lab` opens the lab, `make test` passes the tests. Both set up what they need.
PYTHON ?= python3
VENV ?= .venv
BROWSER ?= yes
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet install --constraint constraints.txt

.DEFAULT_GOAL := help
.PHONY: help lab advise test check bench clean

help: ## show this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## */  make \1\t/' | expand -t 16

# One stamp a purpose, so that the advisor alone stays light and the lab does not wait for test tools.
$(VENV)/.base $(VENV)/.lab $(VENV)/.dev: pyproject.toml constraints.txt
	@test -x $(BIN)/python || $(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "statewise needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Name another: make PYTHON=python3.12 ...")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Setting up $(patsubst .%,%,$(notdir $@)) in $(VENV) (a minute or two the first time) ..."
	@$(PIP) --editable '.$(if $(filter %.base,$@),,[$(patsubst .%,%,$(notdir $@))])'
	@# httpbin asks for a greenlet older than Playwright's, though it never imports it.
	@$(if $(filter %.dev,$@),$(PIP) --no-deps httpbin)
	@touch $@

lab: $(VENV)/.lab ## open the lab in JupyterLab (BROWSER=no: only serve it)
	@exec $(BIN)/minisvc lab $(if $(filter no 0 false,$(BROWSER)),--no-browser)

advise: $(VENV)/.base ## answer the interview and get a recommendation
	@exec $(BIN)/advisor

test: $(VENV)/.dev ## pass the tests
	@$(BIN)/python -m pytest

check: $(VENV)/.dev ## lint, types, floors, stripped notebooks
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/nbstripout --keep-id --verify notebooks/*.ipynb exercises/*/*.ipynb

bench: $(VENV)/.dev ## measure the figures that the docs quote
	@$(BIN)/python benchmarks/run.py

clean: ## remove everything that was set up or built
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
