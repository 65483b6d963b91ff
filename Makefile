# What a person types. Needs make, a POSIX shell and Python 3.11 or later; all that it makes lies under var/
# and frontend/node_modules/.
#
#   make run      install, migrate, seed, start; Ctrl-C stops everything    (PORT=8000)
#   make test     the suite on SQLite, in a browser where there is Chromium; TEST_DATABASE_URL and
#                 TEST_REDIS_URL choose servers
#   make lint     style, types, import contracts, migrations, API schema, deployment checks
#   make help     the rest

.POSIX:
.SUFFIXES:
.DEFAULT_GOAL := help
.PHONY: help run install frontend lint-frontend test-frontend screenshots install-dev secrets port test drills bench bench-web lint format schema lock clean

PORT ?= 8000
SITE_URL ?= http://localhost:$(PORT)
VAR_DIR ?= $(CURDIR)/var
export PORT SITE_URL VAR_DIR

# Compiled files of our own code go under var/ too. pip leaves those of the libraries beside them, in var/venv.
PYTHONPYCACHEPREFIX := $(CURDIR)/var/cache/pycache
export PYTHONPYCACHEPREFIX
unexport PYTHONDONTWRITEBYTECODE PYTHONPATH PYTHONHOME VIRTUAL_ENV

PY := var/venv/bin/python
PIP := PYTHONPYCACHEPREFIX= $(PY) -m pip --disable-pip-version-check --no-input
# Lint reads the code, never the clinic's own secrets or data.
LINT := DJANGO_SETTINGS_MODULE=tests.settings $(PY)

help:
	@echo "make run          start the clinic at $(SITE_URL) (web, worker and beat; SQLite, no servers needed)"
	@echo "make test         run the tests; ARGS='tests/bookings -x' narrows them down"
	@echo "make drills       prove the promises at full size, on SQLite and PostgreSQL (an hour)"
	@echo "make bench        measure, and write the figures into bench/ (ten minutes)"
	@echo "make screenshots  pictures of every screen into var/screenshots"
	@echo "make bench-web    measure what a visitor waits for: script sizes, paints, layout shift (three minutes)"
	@echo "make lint         style, types, import contracts, migrations, API schema, deployment checks"
	@echo "make format       write the code as the formatter wants it"
	@echo "make schema       write docs/openapi.yaml anew"
	@echo "make lock         resolve requirements*.in anew (keeps what still fits)"
	@echo "make frontend     only the front end, into var/frontend"
	@echo "make install-dev  only the environment: var/venv"
	@echo "make clean        remove the environment and the caches, keep the clinic's data"

# --- Environment ----------------------------------------------------------------------------------

# A version manager's python3.13 may be on the path and yet not run: so each is tried, not looked for.
var/stamps/venv:
	@mkdir -p var/stamps
	@for python in $(PYTHON) python3.13 python3.12 python3.11 python3; do \
	  if "$$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then \
	    echo "Making the environment var/venv with $$("$$python" --version) ..."; \
	    PYTHONPYCACHEPREFIX= "$$python" -m venv --clear var/venv && touch $@; exit; \
	  fi; \
	done; \
	echo "Groundwork needs Python 3.11 or later with its venv module (Debian: apt install python3-venv)." >&2; \
	echo "If it is installed under another name: make $(MAKECMDGOALS) PYTHON=/path/to/python" >&2; exit 1

var/stamps/runtime: requirements.txt var/stamps/venv
	@echo "Installing what runs ..."
	@$(PIP) install --quiet --no-cache-dir --require-hashes -r requirements.txt
	@touch $@

var/stamps/dev: requirements-dev.txt var/stamps/venv
	@echo "Installing what runs and what tests ..."
	@$(PIP) install --quiet --no-cache-dir --require-hashes -r requirements-dev.txt
	@touch var/stamps/runtime $@  # this lock holds the other one

install: var/stamps/runtime
install-dev: var/stamps/dev

# What it makes is its owner's alone: people's data, session keys, mail. A folder named by VAR_DIR that was
# there before is left as it is.
secrets: var/stamps/runtime
	@chmod 700 var
	@test -d "$(VAR_DIR)" || mkdir -p -m 700 "$(VAR_DIR)"
	@$(PY) deploy/make_secrets.py "$(VAR_DIR)/secrets"

# --- The front end --------------------------------------------------------------------------------

# Node comes from the package index of Python, into the same environment.
WITH_NODE := PATH="$(CURDIR)/var/venv/bin:$$PATH" npm_config_cache="$(CURDIR)/var/cache/npm" npm_config_loglevel=error
FRONTEND_SOURCES := $(shell find frontend/src frontend/texts -type f) \
  $(shell find frontend -maxdepth 1 -name '*.ts' -o -maxdepth 1 -name '*.mjs' -o -maxdepth 1 -name 'tsconfig.json') docs/openapi.yaml

var/stamps/node: requirements-frontend.txt var/stamps/venv
	@echo "Installing Node ..."
	@$(PIP) install --quiet --no-cache-dir --require-hashes -r requirements-frontend.txt
	@touch $@

var/stamps/packages: frontend/package.json frontend/package-lock.json frontend/.npmrc var/stamps/node
	@echo "Installing what builds the front end ..."
	@cd frontend && $(WITH_NODE) npm ci --ignore-scripts
	@touch $@

var/stamps/frontend: $(FRONTEND_SOURCES) var/stamps/packages
	@echo "Building the front end ..."
	@mkdir -p var/frontend/api
	@cd frontend && $(WITH_NODE) npm run --silent types >/dev/null
	@cd frontend && $(WITH_NODE) npm run --silent build
	@touch $@

frontend: var/stamps/frontend

# --- Run ------------------------------------------------------------------------------------------

STATIC_SOURCES := $(shell find clinic treatments clients bookings frontend -path '*static*' -type f 2>/dev/null)

ifeq ($(shell test -e "$(VAR_DIR)/static/staticfiles.json" && echo there),)
.PHONY: var/stamps/static
endif

var/stamps/static: var/stamps/runtime var/stamps/frontend clinic/settings.py $(STATIC_SOURCES) | secrets
	@$(PY) manage.py collectstatic --noinput --verbosity 0
	@touch $@

port: var/stamps/runtime
	@$(PY) deploy/serve.py --check

run: port secrets var/stamps/static
	@$(PY) manage.py migrate --noinput --verbosity 0
	@$(PY) manage.py seed
	@$(PY) manage.py first_run
	@exec $(PY) deploy/serve.py

# --- Check ----------------------------------------------------------------------------------------

# What is narrowed down is Python's part alone.
test: var/stamps/dev var/stamps/frontend
	@$(if $(strip $(ARGS)),,$(MAKE) --no-print-directory test-frontend)
	@$(PY) -m pytest $(ARGS)

test-frontend: var/stamps/frontend
	@cd frontend && $(WITH_NODE) npm test --silent

# Writes the figures down beside the scripts.
bench: var/stamps/dev
	$(PY) -m bench.booking --record bench/booking.md
	$(PY) -m bench.availability --record bench/availability.md

# Pictures of every screen in its states, light and dark, narrow and wide, to be looked at.
screenshots: var/stamps/dev var/stamps/frontend
	$(PY) -m tests.browser.screenshots

bench-web: var/stamps/dev var/stamps/frontend
	$(PY) -m bench.web --record bench/web.md

# At full size, on both databases (DRILL_DATABASES=sqlite for one); their short forms are part of the tests.
# Each is run without its guards too, and then has to fail.
DRILL_DATABASES ?= sqlite postgres
DRILL := $(PY) -m tests.drills
# 3 says that faults were found; 1 is also what a drill that cannot start ends with.
FOUND_OUT := [ "$${found:-0}" -eq 3 ] || { echo "It was not found out: the drill proves nothing." >&2; exit 1; }; found=0

drills: var/stamps/dev
	@set -e; for database in $(DRILL_DATABASES); do \
	  $(DRILL).herd --database $$database --rounds 500 --clients 8; \
	  $(DRILL).herd --database $$database --rounds 1 --clients 200; \
	  $(DRILL).herd --database $$database --rounds 20 --clients 8 --without locks constraint || found=$$?; $(FOUND_OUT); \
	  $(DRILL).churn --database $$database --operations 10000 --clients 16; \
	  $(DRILL).churn --database $$database --operations 2000 --clients 16 --without locks constraint || found=$$?; $(FOUND_OUT); \
	  $(DRILL).model --database $$database --steps 50000; \
	  $(DRILL).model --database $$database --steps 5000 --mutant expired-holds-stay || found=$$?; $(FOUND_OUT); \
	  $(DRILL).killed_sender --database $$database --messages 500 --kills 50; \
	done; \
	for role in anonymous client receptionist therapist owner; do \
	  $(PY) -m tests.schema.fuzz --role $$role --cases 5000; \
	done; \
	$(PY) -m tests.schema.fuzz --role owner --cases 1000 --seed 5 --without ranges || found=$$?; $(FOUND_OUT); \
	echo "All drills held, and every one without its guards failed."

lint-frontend: var/stamps/frontend
	cd frontend && $(WITH_NODE) npm run --silent check
	cd frontend && $(WITH_NODE) npm run --silent lint

lint: var/stamps/dev lint-frontend
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(LINT) -m mypy
	$(LINT) -c 'from importlinter.cli import lint_imports_command as lint; lint()' --cache-dir var/cache/import-linter
	$(LINT) manage.py makemigrations --check --dry-run
	$(LINT) manage.py spectacular --validate --fail-on-warn --file var/cache/openapi.yaml
	diff -u docs/openapi.yaml var/cache/openapi.yaml || { echo "The API differs from docs/openapi.yaml: look, then make schema." >&2; exit 1; }
	$(PY) -m deploy.check_deployment

format: var/stamps/dev var/stamps/packages
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .
	cd frontend && $(WITH_NODE) npm run --silent format

schema: var/stamps/dev
	$(LINT) manage.py spectacular --validate --fail-on-warn --file docs/openapi.yaml

# The lock files name versions and hashes, no hosts. uv is asked for here alone.
lock: var/stamps/venv
	$(PIP) install --quiet --no-cache-dir uv
	$(PY) -m uv pip compile --quiet --no-cache --custom-compile-command "make lock" --generate-hashes --universal --python-version 3.11 requirements.in -o requirements.txt
	$(PY) -m uv pip compile --quiet --no-cache --custom-compile-command "make lock" --generate-hashes --universal --python-version 3.11 requirements-dev.in -o requirements-dev.txt
	$(PY) -m uv pip compile --quiet --no-cache --custom-compile-command "make lock" --generate-hashes --universal --python-version 3.11 requirements-frontend.in -o requirements-frontend.txt

clean:
	rm -rf var/venv var/stamps var/cache var/static var/tests var/frontend frontend/node_modules
