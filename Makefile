# Two commands carry the project: `make briefings` and `make test`. `make help` lists the rest.
PYTHON ?= python3
PERIOD ?= 2015-16-Q2
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help briefings check lint test coverage docs sentences soak package lab lock clean

help:            ## list the targets
	@sed -n 's/^\([a-z]*\):[^#]*## /  make \1	/p' $(MAKEFILE_LIST) | expand -t 20

# Installing compiles the bytecode, so that no later start of Python or of a kernel has to.
$(VENV)/.run: locks/run.txt pyproject.toml
	@echo "Making the environment in $(VENV) (about a minute, once) ..."
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(PIP) install --quiet --require-hashes -r locks/run.txt
	@$(PIP) install --quiet --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.test: $(VENV)/.run locks/test.txt
	@$(PIP) install --quiet --require-hashes -r locks/test.txt
	@touch $@

$(VENV)/.docs: $(VENV)/.run locks/docs.txt
	@$(PIP) install --quiet --require-hashes -r locks/docs.txt
	@touch $@

# The PDF checker lives in an environment of its own: its licence is not ours to depend on.
.tools/outloud/.done: locks/outloud.txt
	@$(PYTHON) -m venv .tools/outloud
	@.tools/outloud/bin/python -m pip --disable-pip-version-check install --quiet --require-hashes -r locks/outloud.txt
	@touch $@

# 13 means that something was withheld or published without its PDF: the run has said so, and what could be published is.
briefings: $(VENV)/.run ## make the environment and render the briefings of PERIOD
	@$(BIN)/ffanalysis run $(PERIOD) || test $$? -eq 13

check: $(VENV)/.run ## read and reconcile PERIOD, render nothing
	@$(BIN)/ffanalysis check $(PERIOD)

lint: $(VENV)/.test ## check style, types, the order of imports and complexity
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python tools/complexity.py

TESTS := -m pytest -n auto --dist loadfile --no-loadscope-reorder
test: lint $(VENV)/.docs .tools/outloud/.done ## make the environment, run linters and tests
	@$(BIN)/python $(TESTS)

coverage: $(VENV)/.test $(VENV)/.docs .tools/outloud/.done ## run the tests and print which branches they take
	@$(BIN)/python $(TESTS) --cov --cov-config=tests/coverage.ini

docs: $(VENV)/.docs ## build the documentation, for `ffanalysis docs` to open
	@$(BIN)/python tools/build_docs.py src/ffanalysis/documentation

sentences: $(VENV)/.run ## list every sentence of the briefings in sentences.tsv, long and banned ones marked
	@$(BIN)/python tools/sentences.py sentences.tsv

soak: $(VENV)/.test $(VENV)/.docs .tools/outloud/.done ## the long counts, as one table
	@$(BIN)/python tests/soak.py

package: $(VENV)/.docs ## build sdist and wheel in dist, print their sizes, try the wheel in a new environment
	@rm -rf dist
	@$(BIN)/python tools/package.py dist --try

lab: $(VENV)/.run ## open the notebooks in JupyterLab
	@$(BIN)/ffanalysis lab

# Locks hold hashes and no address: any index that serves these files will do.
UV := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --upgrade
lock:            ## resolve the dependencies anew (needs uv)
	$(UV) pyproject.toml locks/build.in -o locks/run.txt
	$(UV) pyproject.toml locks/build.in --extra test -c locks/run.txt -o locks/test.txt
	$(UV) pyproject.toml locks/build.in --extra docs -c locks/test.txt -o locks/docs.txt
	$(UV) locks/outloud.in -o locks/outloud.txt

clean:           ## remove what was made: environment, processed tables, reports
	@rm -rf $(VENV) .tools data/processed/2* reports/2* reports/.2* reports/.runs
