# Everything runs from virtual environments made out of the pinned requirements; Node comes with
# them. Only python3 (>= 3.11) and make need to be there.
PYTHON3 ?= python3
VENV := .venv
LOWEST := .venv-lowest
SAMPLE := .venv-sample
LOCK := .venv-lock
DOCS := .venv-docs
LOAD := .venv-load
PYTHON := $(VENV)/bin/python
ENV := $(VENV)/.installed
BACKEND := test/django-step-by-step/backend
# Compiling all of aws_cdk takes longer than downloading it; what is imported compiles itself.
PIP_OPTIONS := -qq --disable-pip-version-check --no-compile
# Templates are shared per test module, and starting Node costs each worker a second or two.
WORKERS ?= -n auto --maxprocesses 4 --dist loadscope
PYTEST_ARGS ?=
# Suites that start servers have targets of their own.
UNIT := $(foreach suite,routing docker deploy package,--ignore=tests/$(suite))
# What says nothing of the CDK's version is not asked twice. Each process that synthesizes costs two
# seconds more there: older releases always start their own template validation.
ONCE := $(foreach suite,cli cli_project docs examples handlers loadtest swarm tools upgrade workflows,\
  --ignore=tests/$(suite)) $(foreach file,bench lint,--ignore=tests/quality/test_$(file).py)

# Without compiled modules every start of Python would parse aws_cdk again: 3 times as slow.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

.PHONY: help
help:  ## Show this list
	@awk -F ':.*## ' '/^[a-z][a-zA-Z_-]*:.*## / { printf "  %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo "  deploy-APP     Deploy one app of integ/; also destroy-APP, diff-APP, synth-APP"
	@echo "                 (APP: ecs, eks, static-site, django-vue, s3, ec2, pipeline, github-role;"
	@echo "                 settings: .env.template)"

# --- environments -----------------------------------------------------------------------------

.PHONY: env
env: $(ENV)  ## Make the development environment in .venv

# venv DIR: a virtual environment there, or one line that says why there is none.
define venv
@$(PYTHON3) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
  || { echo "$(PYTHON3) is older than 3.11; give another: make PYTHON3=python3.12 ..." >&2; exit 1; }
@$(PYTHON3) -c 'import ensurepip, venv' 2>/dev/null \
  || { echo "$(PYTHON3) can't make virtual environments; on Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
test -x $(1)/bin/python || $(PYTHON3) -m venv $(1)
endef

$(VENV)/.requirements: requirements/dev.txt
	$(call venv,$(VENV))
	$(VENV)/bin/pip install $(PIP_OPTIONS) --requirement $<
	touch $@

$(ENV): $(VENV)/.requirements pyproject.toml
	$(VENV)/bin/pip install $(PIP_OPTIONS) --no-deps --no-build-isolation --editable .
	touch $@

$(LOWEST)/.installed: requirements/lowest.txt pyproject.toml
	$(call venv,$(LOWEST))
	$(LOWEST)/bin/pip install $(PIP_OPTIONS) --requirement $<
	$(LOWEST)/bin/pip install $(PIP_OPTIONS) --no-deps --no-build-isolation --editable .
	touch $@

$(SAMPLE)/.installed: $(BACKEND)/requirements-dev.txt
	$(call venv,$(SAMPLE))
	$(SAMPLE)/bin/pip install $(PIP_OPTIONS) --requirement $<
	touch $@

$(DOCS)/.installed: requirements/docs.txt
	$(call venv,$(DOCS))
	$(DOCS)/bin/pip install $(PIP_OPTIONS) --requirement $<
	touch $@

$(LOAD)/.installed: requirements/load.txt
	$(call venv,$(LOAD))
	$(LOAD)/bin/pip install $(PIP_OPTIONS) --requirement $<
	touch $@

node_modules/.package-lock.json: package.json package-lock.json | $(ENV)
	$(PYTHON) -m tools.npm ci --silent
	touch $@

.PHONY: lock
lock:  ## Refresh requirements/*.txt and package-lock.json to the newest versions allowed
	$(call venv,$(LOCK))
	$(LOCK)/bin/pip install $(PIP_OPTIONS) 'uv<1'
	$(LOCK)/bin/python -m tools.lock
	$(MAKE) env
	$(PYTHON) -m tools.npm update --package-lock-only

# --- synthesis and deployment -----------------------------------------------------------------

.PHONY: synth
synth: $(ENV)  ## Synthesize every app of integ/ to cdk.out/ and say what is in it
	@$(PYTHON) -m tools.synth

# <verb>-<app> for every app of tools/apps.py.
define verb
$(1)-%: $(ENV) node_modules/.package-lock.json
	@$(PYTHON) -m tools.deploy $(1) $$*
endef
$(foreach name,deploy destroy diff synth,$(eval $(call verb,$(name))))

# --- checks -----------------------------------------------------------------------------------

.PHONY: test
test: lint types test-unit test-lowest test-sample  ## Check everything that must hold

.PHONY: lint
lint: $(ENV)  ## Lint, and check the formatting
	$(VENV)/bin/ruff check --quiet .
	$(VENV)/bin/ruff format --check --quiet .

.PHONY: format
format: $(ENV)  ## Format the code and mend what the linter can
	$(VENV)/bin/ruff check --quiet --fix . || true
	$(VENV)/bin/ruff format .

.PHONY: types
types: $(ENV)  ## Check the types (the first run reads all of aws-cdk-lib: about a minute)
	$(VENV)/bin/mypy

.PHONY: test-unit
test-unit: $(ENV) node_modules/.package-lock.json  ## Run the suite on the pinned latest aws-cdk-lib
	$(PYTHON) -m pytest $(WORKERS) $(UNIT) $(PYTEST_ARGS)

.PHONY: test-lowest
test-lowest: $(LOWEST)/.installed node_modules/.package-lock.json  ## Run the suite on the lowest aws-cdk-lib that is supported
	$(LOWEST)/bin/python -m pytest $(WORKERS) $(UNIT) $(ONCE) $(PYTEST_ARGS)

.PHONY: test-sample
test-sample: $(SAMPLE)/.installed  ## Run the sample backend's own tests
	cd $(BACKEND) && $(CURDIR)/$(SAMPLE)/bin/python -m pytest -q $(PYTEST_ARGS)

.PHONY: test-routing
test-routing: $(ENV) $(SAMPLE)/.installed  ## Run the sample behind its distribution, in Chromium
	$(PYTHON) -m pytest -q tests/routing $(PYTEST_ARGS)

.PHONY: snapshots
snapshots: $(ENV)  ## Write the template snapshots anew; read the diff before you commit it
	$(PYTHON) -m pytest $(UNIT) -m snapshot --snapshot-update $(PYTEST_ARGS)

.PHONY: sample-files
sample-files: $(ENV)  ## Write the sample's compose, stack, CI and Heroku files anew
	$(PYTHON) -m tools.sample_files

.PHONY: bench
bench: $(ENV)  ## Measure the library's own cost
	JSII_NODE="$$($(PYTHON) -m tools.node)" $(PYTHON) -m tools.bench

.PHONY: clean
clean:  ## Remove environments, caches and synthesized output
	rm -rf $(VENV) $(LOWEST) $(SAMPLE) $(LOCK) $(DOCS) $(LOAD) node_modules cdk.out dist build site
	rm -rf .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# One file for each further topic: its targets, with what they start and need.
include $(wildcard make/*.mk)
