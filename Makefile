# Everything runs in .venv, which is set up from requirements.lock with nothing but a supported Python.

# Newest first, as they are looked for; pyproject.toml says the same as a range.
SUPPORTED := 3.14 3.13 3.12 3.11
VENV := .venv
BIN = $(VENV)/bin

# Compiled modules make every start four to five times faster; some machines turn them off.
unexport PYTHONDONTWRITEBYTECODE PYTHONPATH VIRTUAL_ENV

# Offices often put a certificate of their own into the system's store.
export UV_SYSTEM_CERTS := 1

# A program of that name may be no Python at all (pyenv's stand-ins only say which one is missing), and on
# Debian a Python may lack what sets up environments. So each is asked, and only one that answers will do.
# The answer is all that an environment depends on: its Python, its place, and what is to be installed.
define ASK
import hashlib, os, sys
version = sys.version.split()[0]
if "%d.%d" % sys.version_info[:2] not in "$(SUPPORTED)".split():
    sys.exit("is Python " + version)
try:
    import ensurepip, venv
except ImportError:
    sys.exit("cannot set up environments; on Debian python3-venv is missing")
print(sys._base_executable)
print("Python", version)
print(os.path.realpath("$(VENV)"))
for name in ("requirements.lock", "pyproject.toml"):
    with open(name, "rb") as file:
        print(hashlib.sha256(file.read()).hexdigest(), name)
endef

define CHOOSE
if [ -n "$$PYTHON" ]; then set -- "$$PYTHON"; else set -- $(SUPPORTED:%=python%) python3; fi
for each; do
    "$$each" -E -s -c "$$ASK" 2>/dev/null && exit
done
exec >&2
echo "No Python was found that will do. Supported are $(SUPPORTED); these were looked at:"
for each; do
    if command -v "$$each" >/dev/null; then
        echo "  $$each: $$("$$each" -E -s -c "$$ASK" 2>&1 | grep -m 1 .)"
    else
        echo "  $$each: is not there"
    fi
done
echo "Install one of them, or say where one is, as in: make report PYTHON=/path/to/python3.13"
exit 2
endef

# A mirror is often named in pip's settings only, from where uv takes none. What is set for uv goes before.
define MIRROR
import ast, os, shlex, subprocess, sys
names = {
    "index-url": ("UV_DEFAULT_INDEX", " "),
    "extra-index-url": ("UV_INDEX", " "),
    "find-links": ("UV_FIND_LINKS", ","),
    "trusted-host": ("UV_INSECURE_HOST", " "),
}
pip = [sys.executable, "-m", "pip", "config", "list"]
lines = subprocess.run(pip, capture_output=True, text=True).stdout.splitlines()
listed = dict(line.partition("=")[::2] for line in lines)
for key, (variable, between) in names.items():
    for section in (":env:", "install", "global"):
        if (found := listed.get(f"{section}.{key}")) and variable not in os.environ:
            value = between.join(ast.literal_eval(found).split())
            print(f"export {variable}={shlex.quote(value)}")
            if variable == "UV_INDEX":  # pip looks for a version in all; the lock has the hashes
                print("export UV_INDEX_STRATEGY=unsafe-best-match")
            break
endef

env test-other: export ASK := $(ASK)
env test-other: export CHOOSE := $(CHOOSE)
env test-other: export MIRROR := $(MIRROR)

.PHONY: report test env lab site serve fix lock test-short test-other help

report: env ## Build the report of the north of London: reports/north-of-london/index.html
	$(BIN)/analysis report north-of-london

test: env ## Check style and types, and run all tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest --numprocesses auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

# The answer is kept and compared. Dates would not do: a copy or an archive may bring any.
env: ## Only set up .venv, where the one that is there was made for something else
	@wanted=$$(sh -c "$$CHOOSE") || exit; \
	test "$$wanted" != "$$(cat $(VENV)/.ready 2>/dev/null)" || exit 0; \
	python=$$(printf '%s\n' "$$wanted" | sed q); \
	printf 'Setting up %s with %s\n' $(VENV) "$$python"; \
	"$$python" -m venv --clear $(VENV) && \
	awk '/^[^ ]/ { on = /^uv==/ } on' requirements.lock | \
		$(BIN)/python -m pip install --quiet --require-hashes --requirement /dev/stdin && \
	eval "$$($(BIN)/python -c "$$MIRROR")" && \
	$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements.lock && \
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable . && \
	printf '%s\n' "$$wanted" >$(VENV)/.ready

lab: env ## Open JupyterLab on the notebooks; as root, as in a container: make lab ROOT=1
	@$(BIN)/jupyter lab $(if $(ROOT),--allow-root) notebooks || { \
		status=$$?; \
		test -n "$(ROOT)" -o "$$(id -u)" != 0 || echo "To run it as root: make lab ROOT=1" >&2; \
		exit $$status; }

site: env ## Build the reports of all areas that are not up to date, and the front page
	$(BIN)/analysis batch --all

PORT = 8000

serve: env ## Show what site has built, on this machine only: http://127.0.0.1:8000, or PORT=8001
	@test -e reports/index.html || { echo "There is no site yet: make site builds it."; exit 2; }
	@$(BIN)/python -c 'import socket; socket.create_server(("127.0.0.1", $(PORT)))' 2>/dev/null || { \
		echo "Port $(PORT) cannot be had; another program may have it. Choose another: make serve PORT=8001"; \
		exit 1; }
	$(BIN)/python -m http.server --bind 127.0.0.1 --directory reports $(PORT)

fix: env ## Mend what a machine can mend: layout, simple faults, generated files
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/analysis codebook

lock: env ## Renew requirements.lock, as after a change of the dependencies in pyproject.toml
	$(BIN)/uv pip compile --quiet --upgrade --universal --python-version $(lastword $(SUPPORTED)) \
		--extra test --extra setup --generate-hashes --output-file requirements.lock pyproject.toml

test-short: env ## Build a report, verify it, and run the tests of statistics and data
	$(BIN)/analysis report north-of-london --out $(VENV)/built
	$(BIN)/analysis verify $(VENV)/built/reports/north-of-london
	$(BIN)/pytest -p no:cacheprovider tests/stats tests/data

test-other: ## The same in an environment of its own, for PYTHON=python3.12: .venv-3.12
	@wanted=$$(sh -c "$$CHOOSE") || exit; \
	version=$$(printf '%s\n' "$$wanted" | sed -n '2s/^Python \([0-9]*\.[0-9]*\).*/\1/p'); \
	unset ASK CHOOSE MIRROR; \
	$(MAKE) --no-print-directory test-short VENV=.venv-$$version

help: ## Say what there is to make
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' Makefile
	@echo "Each takes the newest Python on PATH that is supported, or another: PYTHON=python3.12"
