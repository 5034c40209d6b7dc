# `make up` starts everything, `make test` tests it; `make help` lists the rest.

PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python
ARGS ?=
SECONDS ?= 1200
PROMTOOL ?= promtool

.PHONY: help up test slow fuzz faults soak screenshots alerts dashboard browser-load psql status top migrate bench proto schema style types clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*## ' $(firstword $(MAKEFILE_LIST)) | sed -E 's/:.*## /\t/' | awk -F'\t' '{printf "  make %-10s %s\n", $$1, $$2}'
	@echo "  PYTHON=python3.13 make …  makes $(VENV) with another Python (3.11 or newer)"

up: $(VENV)/.embedded ## start everything: PostgreSQL (SERVERS=3 for three), NATS, bridge, gateway, feeds; Ctrl-C stops it
	@exec $(RUN) -m edgechat up --with-parent $(ARGS)

test: $(VENV)/.dev ## run all tests but the slow ones; ARGS="tests/unit -k settings" for some
	@$(RUN) -m pytest -n 4 --dist loadgroup $(ARGS)

slow: $(VENV)/.dev ## run the slow tests, which `make test` leaves out (CONTRIBUTING.md)
	@$(RUN) -m pytest -n 4 --dist loadgroup -m slow $(ARGS)

faults: $(VENV)/.dev ## kill, freeze and cut everything, count what came of it; ARGS="--only nats" for some
	@PYTHONPATH=tests $(RUN) -m faults $(ARGS)

soak: $(VENV)/.dev ## random faults under load for SECONDS=1200; ARGS="--rate 50" for less of it
	@PYTHONPATH=tests $(RUN) -m faults.soak $(SECONDS) $(ARGS)

fuzz: $(VENV)/.dev ## try random filters and frames; ARGS="--clauses 1000 --signatures 0 --frames 0 --seed 1"
	@PYTHONPATH=tests $(RUN) -m fuzz $(ARGS)

screenshots: $(VENV)/.dev ## make the page's pictures in docs/images anew; needs chromium
	@PYTHONPATH=tests $(RUN) -m browser.screenshots

alerts: ## check the alert rules and try them; needs promtool
	@command -v $(PROMTOOL) >/dev/null || { \
	  echo "promtool is needed, and is not here; on Debian and Ubuntu: apt install prometheus; elsewhere: make alerts PROMTOOL=…" >&2; exit 1; }
	@cd ops && $(PROMTOOL) check config prometheus.yml && $(PROMTOOL) check config prometheus.local.yml \
	  && $(PROMTOOL) check rules alerts.yml && $(PROMTOOL) test rules alerts_test.yml

dashboard: $(VENV)/.dev $(VENV)/.bench ## draw the dashboard's picture; ARGS="--prometheus http://… --minutes 30"
	@PYTHONPATH=tests $(RUN) -m dashboard.picture $(ARGS)

browser-load: $(VENV)/.dev ## 2,000 rows a second into the page for SECONDS=60; needs chromium
	@BROWSER_LOAD_SECONDS=$(if $(filter file,$(origin SECONDS)),60,$(SECONDS)) $(RUN) -m pytest tests/browser/test_load.py -s $(ARGS)

psql: $(VENV)/.embedded ## open psql on the running database
	@exec $(RUN) -m edgechat psql $(ARGS)

status: $(VENV)/.embedded ## show which part runs where
	@exec $(RUN) -m edgechat status

top: $(VENV)/.embedded ## show what goes on now, per feed and room
	@exec $(RUN) -m edgechat top $(ARGS)

migrate: $(VENV)/.embedded ## bring the running database up to date
	@exec $(RUN) -m edgechat migrate

bench: $(VENV)/.bench ## measure everything, some minutes; results and plots go to bench/results
	@$(RUN) -m bench $(ARGS)

proto: $(VENV)/.dev ## generate proto/*_pb2.py anew
	@$(RUN) -m grpc_tools.protoc -I. --python_out=. --pyi_out=. proto/*.proto

schema: $(VENV)/.dev ## write db/schema.sql anew, after a migration was added
	@$(RUN) -m db.schema

style: $(VENV)/.dev ## ruff: lint and format
	@$(RUN) -m ruff check .
	@$(RUN) -m ruff format --check .

types: $(VENV)/.dev ## mypy --strict
	@$(RUN) -m mypy

clean: ## remove .venv and caches; the data in .edgechat stays
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis build *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# An environment that is missing, or whose Python has gone or was moved, is made anew.
# $(1) extras to install
define install
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "Python 3.11 or newer is needed, and $(PYTHON) is $$($(PYTHON) --version 2>&1); try: make PYTHON=python3.13 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(RUN) -m pip --version >/dev/null 2>&1 || { \
	  echo "making $(VENV)"; rm -rf $(VENV); \
	  $(PYTHON) -m venv $(VENV) >/dev/null 2>&1 \
	  || { rm -rf $(VENV); uv venv --quiet --seed --python "$$(command -v $(PYTHON))" $(VENV) 2>/dev/null; } \
	  || { rm -rf $(VENV); $(PYTHON) -m virtualenv --quiet $(VENV) 2>/dev/null; } \
	  || { rm -rf $(VENV); virtualenv --quiet --python "$(PYTHON)" $(VENV) 2>/dev/null; } \
	  || { rm -rf $(VENV); \
	       echo "$(PYTHON) cannot make a virtual environment here; on Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }; }
	@echo "installing into $(VENV) (a minute the first time)"
	@$(RUN) -m pip install --quiet --disable-pip-version-check --editable '.[$(1)]'
	@touch $@
endef

$(VENV)/.embedded: pyproject.toml
	$(call install,embedded)

$(VENV)/.dev: pyproject.toml
	$(call install,embedded$(comma)dev)
	@touch $(VENV)/.embedded

$(VENV)/.bench: pyproject.toml
	$(call install,embedded$(comma)bench)
	@touch $(VENV)/.embedded

comma := ,
