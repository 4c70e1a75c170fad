# Every target sets up what it needs: Python 3.11 or later and make are enough, no compiler.
#   make demo PYTHON=/path/to/python3    choose the Python
#   make test VENV=/path/to/folder       choose where its packages go

PROBE := -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))'
PYTHON ?= $(or $(shell for python in python3 python3.13 python3.12 python3.11 python; do \
	"$$python" $(PROBE) 2>/dev/null && echo "$$python" && break; done),python3)
VENV ?= .venv
IN := $(VENV)/bin
DEMO := results/demo

# Keep compiled bytecode, whatever the shell says: without it every command starts seconds later.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo test lint bench notebooks pictures pins clean

help:  ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile

demo: $(VENV)/ready  ## compare two pay schemes under the same luck, and draw the difference
	$(IN)/postloan compare scenarios/balanced.toml scenarios/recovery_only.toml --out $(DEMO)
	@echo "Now open $(DEMO)/comparison.html"

test: $(VENV)/ready-test  ## run the tests
	$(IN)/python -m pytest -q -n 2

lint: $(VENV)/ready-test  ## check style, format and import floors
	$(IN)/ruff check
	$(IN)/ruff format --check
	$(IN)/lint-imports --no-cache --no-logo

bench: $(VENV)/ready  ## measure every ratio the README quotes
	$(IN)/python -m benchmarks

notebooks: $(VENV)/ready-notebooks  ## open the notebooks in JupyterLab
	$(IN)/jupyter lab notebooks

pictures: $(VENV)/ready-test  ## renew docs/img from fresh runs
	$(IN)/python docs/pictures.py

# Where platforms or Pythons need different versions, the first stands: the oldest Python's.
pins: $(VENV)/ready  ## renew constraints.txt to the newest versions that fit pyproject.toml
	echo uv | $(IN)/uv pip compile -q pyproject.toml - --all-extras --universal --upgrade \
		--python-version 3.11 --only-binary :all: --no-annotate --no-header -o $(VENV)/pins
	sed -n '/^#/p' constraints.txt > $(VENV)/constraints
	sed 's/ ;.*//' $(VENV)/pins | awk -F '==' '!seen[$$1]++' >> $(VENV)/constraints
	mv $(VENV)/constraints constraints.txt

clean:  ## remove what these targets made
	rm -rf $(VENV) $(DEMO) .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -rf {} +

# `ready` stands for the bare installation, `ready-NAME` for one with that extra.
$(VENV)/ready: pyproject.toml constraints.txt | $(VENV)/pyvenv.cfg
	$(call install,.)

$(VENV)/ready-%: pyproject.toml constraints.txt | $(VENV)/pyvenv.cfg
	$(call install,.[$*])

# uv is several times quicker than pip; pip does the work where uv cannot.
define install
@echo "Installing postloan into $(VENV), this once"
@$(PIP) --only-binary :all: uv && $(UV) -e "$1" || $(PIP) -e "$1"
@touch $@
endef

PIP := $(IN)/python -m pip install -q -c constraints.txt
UV := $(IN)/uv pip install -q --python $(IN)/python -c constraints.txt -b constraints.txt

$(VENV)/pyvenv.cfg:
	@"$(PYTHON)" $(PROBE) 2>/dev/null || { echo "postloan needs Python 3.11 or later with venv:" \
		"install it (on Debian or Ubuntu: apt-get install python3-venv)," \
		"or name one: make PYTHON=/path/to/python3" >&2; exit 1; }
	@"$(PYTHON)" -m venv $(VENV)
