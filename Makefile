# Rapport. `make help` lists what there is; every target installs what it needs first.
.DEFAULT_GOAL := help
.PHONY: help demo up web dashboard screenshots test test-unit fuzz test-containers check format quality bench api lock images compose-up compose-down clean
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c

PYTHON ?= python3
# Empty means: keep compiled modules. A machine that forbids it pays for every import, every time.
export PYTHONDONTWRITEBYTECODE :=
BIN := .venv/bin
INSTALLED := .venv/.installed
WEB_SOURCES := gateway/proxy/openapi.json \
	$(shell find web -type f -not -path '*/node_modules/*' -not -path '*/.next/*' -not -path 'web/out/*' \
		-not -name build.log -not -name next-env.d.ts -not -name '*.tsbuildinfo' -not -name schema.d.ts -not -name described.json -not -name .unfetched)
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input

help:  ## List the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## */\t/' | awk -F '\t' '{ printf "  make %-16s %s\n", $$1, $$2 }'

demo: $(INSTALLED) dashboard  ## Start everything with the sample CRM in it, show a first answer, serve until Ctrl-C
	@$(BIN)/rapport demo

up: $(INSTALLED) dashboard  ## Start everything with the data that is there, serve until Ctrl-C
	@$(BIN)/rapport up

screenshots: $(INSTALLED) dashboard  ## Take docs/images anew with a real browser; `make demo` must be running
	$(BIN)/python -m tests.e2e.screenshots

web: web/out/.built  ## Build the dashboard (needs no Node; only when its sources changed)

test: $(INSTALLED) dashboard  ## Run every test but the containers' (real PostgreSQL and Valkey, the whole stack killed and found again)
	$(BIN)/pytest -m "not containers"

test-unit: $(INSTALLED)  ## Run the tests that need nothing but Python
	$(BIN)/pytest -q tests/unit

fuzz: $(INSTALLED)  ## Ask every operation what nobody thought of, for long; RAPPORT_FUZZ_SEED repeats a run
	seed=$${RAPPORT_FUZZ_SEED:-$$RANDOM}; echo "RAPPORT_FUZZ_SEED=$$seed"; \
		RAPPORT_FUZZ_SEED=$$seed RAPPORT_FUZZ_EXAMPLES=$${RAPPORT_FUZZ_EXAMPLES:-300} $(BIN)/pytest -q tests/contract/test_fuzz.py

test-containers: $(INSTALLED) dashboard  ## Build the images, start the whole system in containers, use it (docker, or podman and buildah)
	$(BIN)/pytest -m containers

check: $(INSTALLED)  ## Lint, format, types, who may import whom
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/lint-imports
	$(BIN)/mypy

format: $(INSTALLED)  ## Format the code
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

quality: $(INSTALLED)  ## Print the quality of every model on the real data in ../shared/data
	$(BIN)/python -m bench.quality

bench: $(INSTALLED)  ## Print speed as ratios against peers in the same run
	$(BIN)/python -m bench

api: $(INSTALLED)  ## Write docs/api and docs/schema anew from the code and the migrations
	$(BIN)/python -m tests.contract.write
	$(BIN)/python -m tests.migrations.write

lock: $(INSTALLED)  ## Choose the versions of all dependencies anew, within what the houses allow
	deploy/lock

images: $(INSTALLED) dashboard  ## Build every house's image (docker, or buildah)
	deploy/containers/images

compose-up: $(INSTALLED) dashboard  ## Start the whole system in containers (docker, or podman)
	deploy/containers/up

compose-down: $(INSTALLED)  ## Stop the containers; the data stays
	deploy/containers/down

# As `web`, but where the parts cannot be fetched the API goes on without its pages.
dashboard: $(INSTALLED)
	@$(MAKE) --no-print-directory --silent web || { [ -e web/.unfetched ] \
		&& echo "The parts of the dashboard could not be fetched (see above): going on without it." >&2; }

web/out/.built: $(INSTALLED) $(WEB_SOURCES)
	@web/build

clean:  ## Remove what was installed here; the data in .rapport stays
	rm -rf .venv web/node_modules web/.next web/out web/.unfetched .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

$(INSTALLED): requirements.lock embedding-model.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Rapport needs Python 3.11 or newer; name one with: make PYTHON=python3.12 …" >&2; exit 1; }
	@$(PYTHON) -m venv .venv \
		|| { rm -rf .venv; echo "Python's venv module is missing; on Debian: apt-get install python3-venv" >&2; exit 1; }
	@echo "Installing what Rapport needs into .venv (a minute or two, once) …"
	@$(PIP) install --progress-bar off --require-hashes -r requirements.lock \
		| { grep --line-buffered -oE 'Collecting [^ ;@]+|Installing collected' || true; }
	@$(PIP) install --quiet --no-deps --require-hashes -r embedding-model.lock
	@$(PIP) install --quiet --no-deps --no-build-isolation -e .
	@touch $@
