# Everything runs in .venv, which is set up from requirements.lock with nothing but Python 3.11.

# Compiled modules make every start four to five times faster; some machines turn them off.
unexport PYTHONDONTWRITEBYTECODE PYTHONPATH VIRTUAL_ENV

# Offices often put a certificate of their own into the system's store.
export UV_SYSTEM_CERTS := 1

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin

.PHONY: report test lab site serve env fix lock

report: env
	$(BIN)/analysis report north-of-london

test: env
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest

lab: env
	$(BIN)/jupyter lab notebooks

site: env
	$(BIN)/analysis batch --all

serve: env
	@test -e reports/index.html || { echo "There is no site yet: make site builds it."; exit 2; }
	$(BIN)/python -m http.server --bind 127.0.0.1 --directory reports 8000

env: .venv/.ready

.venv/.ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 is needed" if sys.version_info[:2] != (3, 11) else 0)'
	$(PYTHON) -m venv --clear .venv
	awk '/^[^ ]/ { on = /^uv==/ } on' requirements.lock | \
		$(BIN)/python -m pip install --quiet --require-hashes --requirement /dev/stdin
	$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

# Mends what can be mended by a machine: layout, simple faults, generated files.
fix: env
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/analysis codebook

# Renews the lock after a change of the dependencies in pyproject.toml.
lock: env
	$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --all-extras \
		--generate-hashes --output-file requirements.lock pyproject.toml
