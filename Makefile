# make demo   set up, train the digits network, then run the five session programs
# make test   set up and run the tests
# make lint   ruff;   make types   mypy
# The set-up is a virtual environment in .venv, made by the first target that needs it.

PYTEST_ARGS ?= -n 2

.PHONY: demo test lint types check clean

demo: .venv/.installed
	.venv/bin/perdure run examples/cnn_digits.py
	@for part in explicit with eval interactive config; do \
	    echo; echo "== examples/session_$$part.py"; \
	    .venv/bin/perdure run examples/session_$$part.py || exit 1; \
	done

test: .venv/.installed
	.venv/bin/python -m pytest $(PYTEST_ARGS)

lint: .venv/.installed
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .

types: .venv/.installed
	.venv/bin/mypy

check: lint types test

.venv/.installed: pyproject.toml tools/make_venv.sh
	@tools/make_venv.sh

clean:
	rm -rf .venv build dist .pytest_cache .ruff_cache .mypy_cache
