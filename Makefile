# Two commands on a fresh machine: `make demo` and `make test`. Each sets up what it needs.

PYTHON ?= python3
# More than there are cores: many tests wait for a clock, a process or a server. Each takes some 600 MB.
WORKERS ?= 6
VENV ?= .venv
SEED ?= 1
N ?= 60
ONLY ?= *

BIN := $(VENV)/bin
IMAGE := examples/deploy/container/requirements.txt
SITE := docs/site/requirements.txt
BUILDER := build/site-venv
READY := $(VENV)/.ready
PIP := $(BIN)/python -m pip --disable-pip-version-check
# Each file is what it was when it was locked, and none is built here: no code of a package runs as it is installed.
LOCKED := --quiet --require-hashes --only-binary :all:
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate

# What is compiled is kept: the tests start a thousand processes, and each would compile the whole tree again.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help constraints demo fleet-demo cards docs test test-busy test-servers packages check chaos fix bench shape mutants clean format-check lint types imports collected wheel

help:
	@echo "make demo      a newsroom's morning on this machine: a sample site, stand-ins for the networks, real commands"
	@echo "make fleet-demo  three workers on a PostgreSQL of their own share a thousand stories, and one of them is killed"
	@echo "make cards     every card theme on every kind of story, as one page: cards.html"
	@echo "make docs      the docs as a site, in build/site, with every link checked; by tools that only this installs"
	@echo "make test      everything CI runs: format, lint, types, imports, all tests"
	@echo "make test-busy all tests three times, while other processes keep every core busy"
	@echo "make test-servers  the adapters and sources against real servers (Bluesky, Mastodon, WordPress, Ghost, WebSub,"
	@echo "               Micropub), installed into .servers; what ran is written to docs/platforms/tested.md"
	@echo "make check     the same without the slow tests, stopping at the first failure"
	@echo "make fix       repair what a machine can: imports, style, format"
	@echo "make chaos     200 SIGKILLs at random over 800 deliveries, 100 over threads, galleries and all that is told after"
	@echo "               posts, then a week that goes badly: restored ledgers, lost keys, wrong clocks, a renamed account, a"
	@echo "               network that is down; a count of what arrived; half an hour"
	@echo "make bench     measure all that docs/benchmarks.md tells, print it with the bounds that we hold ourselves to, and"
	@echo "               write that page; some parts of it: ARGS='run peers'; their names: ARGS=--list"
	@echo "make shape     the shape of the code in figures, held against our bounds; of another tree: make shape TREE=path"
	@echo "make mutants   a random sample of changes to what matters, and how many the tests notice; half an hour;"
	@echo "               SEED=2 another sample, N=20 a smaller one, ONLY='ledger/*' of these modules, WORKERS=4 at once,"
	@echo "               NEAR=1 by the tests nearest to each module alone: some minutes"
	@echo "make constraints  lock the packages again, with the hashes of all their files, after a change of pyproject.toml;"
	@echo "               newer releases: ARGS=--upgrade, or ARGS='--upgrade-package pillow'"
	@echo "make wheel     the package as one file, in dist/: for the container's image, and for servers that build nothing"
	@echo "make packages  the wheel and the source archive, checked, and the demo run from the wheel as pip, pipx and uv"
	@echo "               install it; needs a registry"
	@echo "make clean     remove what make has made"
	@echo
	@echo "Needs Python 3.11 or newer; another one: make PYTHON=python3.12 demo"

demo: $(READY)
	@$(BIN)/python examples/demo.py $(ARGS)

fleet-demo: $(READY)
	@$(BIN)/python examples/fleet/demo.py $(ARGS)

cards: $(READY)
	$(BIN)/syndicate cards preview --output cards.html $(ARGS)

docs: $(BUILDER)/.ready
	@$(BUILDER)/bin/python docs/site/build.py

# What pytest compiles of the tests is kept, so it is made once and not by each worker; meanwhile the other core is free.
test: $(READY) format-check lint imports
	@$(MAKE) --no-print-directory -j 2 types collected
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

collected: $(READY)
	@$(BIN)/python -m pytest -n 0 --collect-only -qq -p no:cacheprovider >/dev/null || $(BIN)/python -m pytest -n 0 --collect-only -qq

# The busy processes end with this recipe, whatever ends it: each looks whether its shell is still there.
test-busy: $(READY)
	@cores=$$(getconf _NPROCESSORS_ONLN); \
	for core in $$(seq $$cores); do \
	  (while kill -0 $$$$ 2>/dev/null; do :; done) & busy="$$busy $$!"; \
	done; \
	trap 'kill $$busy' EXIT; trap 'exit 129' HUP; trap 'exit 130' INT; trap 'exit 143' TERM; \
	for run in 1 2 3; do \
	  echo "run $$run of 3, beside $$cores busy processes"; \
	  $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -x $(ARGS) || exit 1; \
	done

# Not part of `make test`: it installs servers from npm, PyPI and Debian into .servers, which takes minutes once.
test-servers: $(READY)
	$(BIN)/python -m pytest -m servers -p no:randomly tests/servers $(ARGS)

check: $(READY) format-check lint types imports
	$(BIN)/python -m pytest -n $(WORKERS) -m "not slow" -x

fix: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

chaos: $(READY)
	$(BIN)/python -m tests.chaos.storm $(ARGS)
	$(BIN)/python -m tests.chaos.everything
	$(BIN)/python -m tests.chaos.week
	$(BIN)/python -m tests.chaos.fleet

bench: $(READY)
	$(BIN)/python bench/benchmarks.py $(ARGS)

shape:
	@$(PYTHON) bench/shape.py $(TREE)

mutants: WORKERS = 2
mutants: $(READY)
	@$(BIN)/python bench/mutants.py --seed $(SEED) --number $(N) --workers $(WORKERS) --only '$(ONLY)' $(if $(NEAR),--near)

format-check: $(READY)
	$(BIN)/ruff format --check .

# What runs (requirements.txt), what the image has besides, with it all that tests and builds (constraints.txt), and
# what builds the site of the docs.
# What is locked stays as it is:
# make constraints ARGS=--upgrade, or ARGS='--upgrade-package pillow'.
constraints: $(READY)
	$(LOCK) $(ARGS) pyproject.toml --group dev --output-file constraints.txt
	$(LOCK) pyproject.toml --constraint constraints.txt --output-file requirements.txt
	$(LOCK) pyproject.toml --constraint constraints.txt --extra alerts --extra distributed --extra metrics --output-file $(IMAGE)
	$(LOCK) --group docs --constraint constraints.txt --output-file $(SITE)
	$(LOCK) --group packages --constraint constraints.txt --output-file tests/packages/requirements.txt

lint: $(READY)
	$(BIN)/ruff check .

types: $(READY)
	$(BIN)/mypy

imports: $(READY)
	$(BIN)/lint-imports

# For machines that build nothing, and for the container's image.
wheel: $(READY)
	@rm -f dist/syndicate_social-*.whl
	@$(PIP) wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .

# Not part of `make test`: it installs everything three times, from a registry. The tools are in .packages, with hashes.
packages: $(READY)
	@test -x .packages/bin/python || "$(PYTHON)" -m venv .packages
	@.packages/bin/python -m pip --disable-pip-version-check install $(LOCKED) --requirement tests/packages/requirements.txt
	$(BIN)/python -m pytest -n 0 -m packages -p no:randomly tests/packages $(ARGS)

clean:
	rm -rf $(VENV) .servers .packages demo-out cards.html build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +

# Made anew when what it was made from has changed; a half-made environment is thrown away.
$(READY): pyproject.toml constraints.txt
	@command -v "$(PYTHON)" >/dev/null 2>&1 || { \
	  echo "$(PYTHON) is not installed: install Python 3.11 or newer, or run make PYTHON=/path/to/python" >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "$(PYTHON) is $$("$(PYTHON)" -V 2>&1); syndicate needs 3.11 or newer: make PYTHON=python3.12" >&2; exit 1; }
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || { \
	  echo "making $(VENV)"; "$(PYTHON)" -m venv --clear $(VENV) || { \
	    rm -rf $(VENV); echo "$(PYTHON) -m venv failed; on Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }; }
	@echo "installing the pinned packages into $(VENV) (a minute or two, the first time)"
	@$(PIP) install $(LOCKED) --requirement constraints.txt
	@$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

# Apart from the other packages: neither demo nor tests wait for what builds the site.
$(BUILDER)/.ready: $(SITE)
	@command -v "$(PYTHON)" >/dev/null 2>&1 || { \
	  echo "$(PYTHON) is not installed: install Python 3.11 or newer, or run make PYTHON=/path/to/python docs" >&2; exit 1; }
	@echo "installing what builds the site into $(BUILDER) (half a minute, the first time)"
	@"$(PYTHON)" -m venv --clear $(BUILDER) || { \
	  rm -rf $(BUILDER); echo "$(PYTHON) -m venv failed; on Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }
	@$(BUILDER)/bin/python -m pip --disable-pip-version-check install $(LOCKED) --requirement $(SITE)
	@touch $@
