# Every command does all its own set-up and may be repeated. What is downloaded and built lies in
# $LOGISTICS_CRM_CACHE, by default ~/.cache/logistics_crm. VERBOSE=1 shows everything.

PYTHON ?= python3
DB ?= logistics_demo
PORT ?= 8069
SERVE ?= 1
SIZE ?= small
DATA ?=
YEAR ?=
TESTS ?=
ARGS ?=
EXAMPLES ?= 2000
ROWS ?=
CUT ?=
SEEDS ?= 3
SUITE ?=
JOB ?=
USERS ?= 40
MINUTES ?= 10
PICTURES ?=
LC = $(PYTHON) tools/lc.py
# Recipes take them from the environment, so that a file name may hold any character.
export DB PORT SIZE ROWS DATA YEAR ARGS CUT SEEDS

.DEFAULT_GOAL := help
.PHONY: help demo test fuzz lint format bench churn alarms cluster compat faults load i18n screenshots manual shell \
        clean distclean

help: ## show this text
	@echo "make demo [DATA=file.csv YEAR=2014]  a company, its year-end screening, and the running server"
	@echo "          [SERVE=0] [PORT=8069] [DB=logistics_demo]"
	@echo "make test [TESTS=path] [ARGS='-k …']  all tests, or those of a path"
	@echo "make fuzz [EXAMPLES=2000]            hostile input: methods, pages, filters, rules and imports"
	@echo "make lint                            all checks"
	@echo "make format                          bring the files into the checked form"
	@echo "make bench [SIZE=small|10k|30k|large] times, as ratios to the bare SQL; ROWS='grading …' narrows"
	@echo "make compat [SUITE=sales]            Odoo's and OCA's tests, without the addon and with it"
	@echo "make faults [JOB=refresh]             long jobs killed, cut off and run twice, and what comes of them"
	@echo "make churn [DATA=file.csv CUT=day]   how well the churn score ranks, on your history or invented ones"
	@echo "make alarms [ROWS='mixed slow']      false alarms, and days until a stop is noticed, simulated"
	@echo "make cluster [SERVE=0]               two Odoo nodes, a proxy, a primary and its read replica"
	@echo "make load [USERS=40] [MINUTES=10]    simulated users over HTTP, with the addon and without it"
	@echo "make i18n                            bring the Chinese catalogues in step with the texts"
	@echo "make screenshots [DB=logistics_demo] the pictures of the README, anew, of the sample company"
	@echo "make manual [PICTURES=1]             the pages of the manual from docs/manual, and its pictures"
	@echo "make shell [DB=logistics_demo]       an Odoo shell; it runs standard input: echo … | make -s shell"
	@echo "make clean                           remove what was written, except downloads"
	@echo "make distclean                       remove the downloads as well"
	@echo
	@echo "PYTHON=python3.12 names a Python, ODOO_SOURCE=/path an Odoo 19 you have, PGHOST=… or"
	@echo "DATABASE_URL=… a PostgreSQL server, LOGISTICS_CRM_CACHE=/path the cache, VERBOSE=1 shows all."

demo:
	@$(LC) demo --db "$$DB" --port "$$PORT" --data "$$DATA" --year "$$YEAR" $(if $(filter 0 no false,$(SERVE)),--no-serve)

test:
	@$(LC) test --pytest="$$ARGS" -- $(TESTS)

# The same tests as in `make test`, with other examples in every run.
fuzz:
	@LOGISTICS_CRM_FUZZ="$(EXAMPLES)" $(LC) test --pytest="$$ARGS" -- \
		logistics_crm/tests/test_hostile_calls.py logistics_crm/tests/test_hostile_routes.py \
		logistics_crm/tests/test_hostile_texts.py logistics_crm/tests/test_trading_import_wizard.py

lint:
	@$(LC) lint

format:
	@$(LC) format

bench:
	@$(LC) bench --size "$$SIZE"

compat:
	@$(LC) compat $(SUITE)

faults:
	@$(LC) faults $(JOB)

churn:
	@$(LC) churn --data "$$DATA" --cut "$$CUT" --seeds "$$SEEDS"

alarms:
	@$(LC) alarms --rows "$$ROWS"

cluster:
	@$(LC) cluster $(if $(filter 0 no false,$(SERVE)),--no-serve)

load:
	@$(LC) load --users "$(USERS)" --minutes "$(MINUTES)"

shell:
	@$(LC) shell --db "$$DB"

clean:
	@$(LC) clean

distclean:
	@$(LC) distclean

i18n:
	@$(LC) i18n

screenshots:
	@$(LC) screenshots --db "$$DB"

manual:
	@$(LC) manual --db "$$DB" $(if $(filter-out 0 no false,$(PICTURES)),--pictures)
