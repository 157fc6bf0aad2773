# Miroir. Everything a person types: `make help`.
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
NEXT := .venv-next
LTI_TESTS := tests/certification tests/functional/lti tests/functional/failures tests/unit/lti
SERVICE_TESTS := tests/functional/outbox tests/functional/roster tests/functional/operator/test_self_tests.py
PYTEST_ARGS ?=

.PHONY: help install demo test test-next coverage check format bench translations assets clean

help:  ## Show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 16

$(VENV)/.installed: requirements.txt constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/.installed-dev: requirements-dev.txt $(VENV)/.installed
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

install: $(VENV)/.installed  ## Make .venv with everything pinned

demo: $(VENV)/.installed  ## Run Miroir (http://127.0.0.1:5000) and a small LMS (http://localhost:5001) with a course to try
	$(BIN)/python -c "from lti_tool.cli.demo import demo; demo()"

test: $(VENV)/.installed-dev  ## Run every test, on SQLite and PostgreSQL and in a browser
	$(BIN)/python -m tools.find_browser
	$(BIN)/python -m pytest -n 3 --dist worksteal $(PYTEST_ARGS)

# The two packages share their files, so the second environment gets one after the other left it.
$(NEXT)/.installed: requirements-next.txt requirements-dev.txt requirements.txt constraints.txt
	$(PYTHON) -m venv $(NEXT)
	$(NEXT)/bin/pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	$(NEXT)/bin/pip uninstall --quiet --yes PyLTI1p3
	$(NEXT)/bin/pip install --quiet --disable-pip-version-check --force-reinstall --no-deps -r requirements-next.txt
	@touch $@

test-next: $(NEXT)/.installed  ## Run the LTI tests with pylti1p3next instead of PyLTI1p3
	$(NEXT)/bin/python -m pytest -n 2 --dist worksteal $(LTI_TESTS) $(PYTEST_ARGS)

coverage: $(VENV)/.installed-dev  ## Run the LTI tests (on SQLite) and show the branch coverage of lti_tool/lti
	$(BIN)/python -m pytest -n 2 --dist worksteal $(LTI_TESTS) $(SERVICE_TESTS) \
		-k "not postgresql" --cov=lti_tool.lti --cov-branch --cov-report=term-missing:skip-covered --cov-fail-under=98 $(PYTEST_ARGS)

check: $(VENV)/.installed-dev  ## Format, lint, types, imports, templates, translations
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint --lint --quiet lti_tool/templates
	$(BIN)/python tools/translations.py --check

format: $(VENV)/.installed-dev  ## Format and fix what can be fixed
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(VENV)/.installed-dev  ## Measure, as ratios against a baseline in the same run
	$(BIN)/python -m bench

translations: $(VENV)/.installed-dev  ## Extract texts and update the catalogues
	$(BIN)/python tools/translations.py

assets: $(VENV)/.installed-dev  ## Refresh the vendored front-end files from npm
	$(BIN)/python tools/vendor_assets.py

clean:  ## Remove what was made, the demo's data too
	rm -rf $(VENV) $(NEXT) var .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
