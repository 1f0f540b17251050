# make serve: the chat at http://127.0.0.1:8000.  make test: all tests, on all cores (TEST_PROCESSES=1 for one).
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
TEST_PROCESSES ?= auto

DIST := build/dist

.PHONY: serve test check audit dist-check sbom doctor safety-case translations bench screenshots clean

serve: $(VENV)/.ready
	@$(BIN)/clinicbot serve

# Files in their order, for else those with one long test come last; and linear algebra on one thread a process, for
# several processes would wait for each other.
test: $(VENV)/.ready-test
	@OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pytest -n $(TEST_PROCESSES) --dist loadfile --no-loadscope-reorder

check: $(VENV)/.ready-check
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# Known weaknesses of what we depend on. Needs an advisory database within reach, and fails when it knows none of them.
audit: $(VENV)/.ready
	@$(PYTHON) -m venv $(VENV)/audit
	@$(VENV)/audit/bin/python -m pip install --quiet --disable-pip-version-check 'pip-audit>=2.9'
	$(VENV)/audit/bin/pip-audit --strict --disable-pip --no-deps --requirement constraints.txt

# What is handed out: the source and the wheel made from it, with their descriptions, contents and licences looked at.
dist-check: $(VENV)/.ready-release
	@echo "Building …"
	@rm -rf $(DIST) && mkdir -p build
	@$(BIN)/python -m build --outdir $(DIST) . >build/dist.log 2>&1 || { cat build/dist.log >&2; exit 1; }
	$(BIN)/twine check --strict $(DIST)/*
	$(BIN)/check-wheel-contents $(DIST)
	$(BIN)/python scripts/dist_check.py $(DIST)

# Every library with its version and licence (CycloneDX), from an environment that holds the wheel and nothing else.
sbom: dist-check
	@$(PYTHON) -m venv --clear $(VENV)/shipped
	@$(VENV)/shipped/bin/python -m pip install --quiet --disable-pip-version-check -c constraints.txt $(DIST)/*.whl
	@$(VENV)/shipped/bin/python -m pip uninstall --quiet --yes --disable-pip-version-check pip setuptools
	$(BIN)/cyclonedx-py environment --pyproject pyproject.toml --output-reproducible \
		--output-file build/sbom.json $(VENV)/shipped/bin/python

doctor: $(VENV)/.ready
	@$(BIN)/clinicbot doctor

safety-case: $(VENV)/.ready-test
	@mkdir -p build
	$(BIN)/python -m pytest -q -n $(TEST_PROCESSES) --dist loadfile --junitxml=build/tests.xml
	$(BIN)/clinicbot safety-test --json > build/safety-report.json
	$(BIN)/clinicbot safety-case --tests build/tests.xml --report build/safety-report.json

# After a sentence of patients' pages changed: update, write the missing msgstr in the .po, and run it again.
translations: $(VENV)/.ready
	$(BIN)/python scripts/translations.py update
	$(BIN)/python scripts/translations.py compile

# All benchmarks that tell how good and how quick it is, in one table: build/bench/table.md.
bench: $(VENV)/.ready-test
	$(BIN)/python benchmarks/all.py

screenshots: $(VENV)/.ready-test
	$(BIN)/python scripts/screenshots.py

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; found $$($(PYTHON) --version). Try: make serve PYTHON=python3.12" >&2; exit 2; }
	@echo "Making a virtual environment in $(VENV) …"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.ready: $(BIN)/python pyproject.toml constraints.txt
	@echo "Installing clinicbot (once; a minute or less) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(VENV)/.ready-test: $(VENV)/.ready
	@echo "Installing what the tests need (once) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[test]'
	@touch $@

$(VENV)/.ready-check: $(VENV)/.ready-test
	@echo "Installing what the checks need (once) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[test,check]'
	@touch $@

$(VENV)/.ready-release: $(VENV)/.ready
	@echo "Installing what building needs (once) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[release]'
	@touch $@

clean:
	rm -rf $(VENV) dist build
