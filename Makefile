# Miroir. Everything a person types: `make help`.
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PYTEST_ARGS ?=

.PHONY: help install demo test check format bench translations assets clean

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
	$(BIN)/python -m pytest -n 2 --dist worksteal $(PYTEST_ARGS)

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
	rm -rf $(VENV) var .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
