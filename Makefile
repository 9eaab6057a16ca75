# Soliloquy: `make` lists the targets. Nothing needs installing by hand but Python 3.11 and 3.13.

SHELL := /bin/bash
.DEFAULT_GOAL := help

# A Python of the wanted version is found by trying; set PYTHON311 / PYTHON313 to choose.
find = $(shell for p in $(2) python$(1) $(wildcard $(HOME)/.pyenv/versions/$(1).*/bin/python3) $(wildcard /opt/*/bin/python$(1)) /usr/bin/python$(1) /usr/local/bin/python$(1) python3; do \
	"$$p" -c 'import sys, venv; sys.exit("%d.%d" % sys.version_info[:2] != "$(1)")' >/dev/null 2>&1 && { echo "$$p"; break; }; done)

PY311 := .venv/py311/bin/python
PY313 := .venv/py313/bin/python
PY42 := .venv/bpy42/bin/python
# On Linux the default torch wheel brings CUDA; set TORCH_INDEX=https://download.pytorch.org/whl/cpu for a smaller one.
TORCH_INDEX ?=
PIP := -m pip --disable-pip-version-check --quiet install $(if $(TORCH_INDEX),--extra-index-url $(TORCH_INDEX))
DATA ?= ../shared/data
# The first 1000 recordings of synthetic speech take 20 minutes on two idle cores; a build resumes where it stopped.
SPEECH_MINUTES ?= 60
# Blender's module before 5.0 can hang at exit; nothing here may run for ever.
LIMIT := timeout --kill-after=30

.PHONY: fuzz manifest help docs demo test test-fast test-lint test-networks test-blender45 test-blender52 test-blender42 test-windows test-fuzz lint bench extension repository train character clean lock

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{ printf "  make %-10s %s\n", $$1, $$2 }'

.venv/py311/.ready: pyproject.toml
	@python="$(call find,3.11,$(PYTHON311))"; \
	test -n "$$python" || { echo "Python 3.11 is missing: install it, or name it with 'make PYTHON311=/path/to/python3.11'." >&2; exit 2; }; \
	echo "Setting up Python 3.11 with Blender 4.5 and torch (once, about 1.5 GB) ..."; \
	"$$python" -m venv .venv/py311 && $(PY311) $(PIP) setuptools==80.9.0 && $(PY311) $(PIP) --no-build-isolation -e '.[worker,bpy45]' && touch $@

.venv/py311/.test-ready: .venv/py311/.ready
	@echo "Adding what tests and training need ..."; $(PY311) $(PIP) --no-build-isolation -e '.[worker,bpy45,test,training,cluster]' && touch $@

.venv/py313/.ready: pyproject.toml
	@python="$(call find,3.13,$(PYTHON313))"; \
	test -n "$$python" || { echo "Python 3.13 is missing: install it, or name it with 'make PYTHON313=/path/to/python3.13'." >&2; exit 2; }; \
	echo "Setting up Python 3.13 with Blender 5.2 ..."; \
	"$$python" -m venv .venv/py313 && $(PY313) $(PIP) setuptools==80.9.0 && $(PY313) $(PIP) --no-build-isolation -e '.[bpy52,peer]' && touch $@

.venv/bpy42/.ready: pyproject.toml
	@python="$(call find,3.11,$(PYTHON311))"; \
	test -n "$$python" || { echo "Python 3.11 is missing: install it, or name it with 'make PYTHON311=/path/to/python3.11'." >&2; exit 2; }; \
	echo "Setting up Python 3.11 with Blender 4.2 ..."; \
	"$$python" -m venv .venv/bpy42 && $(PY42) $(PIP) setuptools==80.9.0 && $(PY42) $(PIP) --no-build-isolation -e '.[bpy42,peer]' && touch $@

.venv/py311/.speech-ready: .venv/py311/.test-ready
	@echo "Adding the synthetic voices ..."; $(PY311) $(PIP) --no-build-isolation -e '.[worker,bpy45,test,training,cluster,speech]' && touch $@

.venv/docs/.ready: pyproject.toml
	@python="$(call find,3.11,$(PYTHON311))"; \
	test -n "$$python" || { echo "Python 3.11 is missing: install it, or name it with 'make PYTHON311=/path/to/python3.11'." >&2; exit 2; }; \
	echo "Setting up MkDocs ..."; \
	"$$python" -m venv .venv/docs && .venv/docs/bin/python $(PIP) setuptools==80.9.0 && .venv/docs/bin/python $(PIP) --no-build-isolation -e '.[docs]' && touch $@

docs: .venv/docs/.ready  ## the pages as a site in build/docs, built strictly: no dead link, no page left out
	@NO_MKDOCS_2_WARNING=1 $(LIMIT) 300 .venv/docs/bin/mkdocs build --strict --quiet && echo "build/docs/index.html"

demo: .venv/py311/.ready  ## a recording becomes a character that speaks it: build/demo/{performance.npz,demo.blend,demo.fbx,preview.png}
	@mkdir -p build/demo
	@$(LIMIT) 900 $(PY311) -m soliloquy animate assets/demo_speech.flac -o build/demo/performance.npz --emotion happy --intensity 0.4 --seed 7
	@$(LIMIT) 1800 $(PY311) -m soliloquy bake build/demo/performance.npz -o build/demo/demo.blend --character woman --fbx build/demo/demo.fbx \
		--preview build/demo/preview.png --audio assets/demo_speech.flac
	@ls -l build/demo

lint: .venv/py311/.test-ready  ## ruff (lint, format) and pyright
	@$(PY311) -m ruff check . && $(PY311) -m ruff format --check . && $(PY311) -m pyright --level error

# What each Blender tests. Everything that does not need torch is tested with 5.2; what needs torch, and training, with 4.5.
# Of the rest the older two test what a version of Blender can change: actions, layers, nodes, curves of hair, rendering,
# exporters, the Sequencer, panels. Pure Python is tested once a Python version (4.2 and 4.5 share one), and numpy's
# arithmetic on bones, names and faces, which Blender only stores, with 5.2 alone.
ARITHMETIC := tests/rigs/mappings tests/rigs/faces tests/rigs/measures tests/rigs/mouth_view
TESTS42 := tests/rigs tests/panels $(ARITHMETIC:%=--ignore=%)
TESTS52 := tests --ignore=tests/training --ignore=tests/models --ignore=tests/test_house.py -m "not window"
# On Blender 4.5, in two jobs: what needs torch, and the rest. Controls and characters of the cast are left to 4.2 and 5.2, between
# which it lies.
NETWORKS := tests/inference tests/models tests/training tests/shell tests/docs tests/fuzz
BETWEEN := $(ARITHMETIC) tests/rigs/control_layer tests/rigs/character/test_strands.py tests/rigs/character/test_cast_in_blender.py
REST := tests $(NETWORKS:%=--ignore=%) $(BETWEEN:%=--ignore=%) -m "not window"
LOGS := build/logs
# With FUZZ_SECONDS=n damaged files are read beside the tests.
JOBS := test-blender52 test-windows test-networks $(if $(FUZZ_SECONDS),test-fuzz) test-blender42 test-blender45 test-lint
REPORTED := test-lint test-blender42 test-windows test-blender52 test-networks test-blender45 $(if $(FUZZ_SECONDS),test-fuzz)

# Three jobs at a time, the longest first, for two cores: there is always one that waits, for a window or a process.
# What each one said is shown when all are done.
test: .venv/py311/.test-ready .venv/py313/.ready .venv/bpy42/.ready  ## lint, types and every test on Blender 4.2, 4.5 and 5.2
	@mkdir -p $(LOGS); rm -f $(JOBS:%=$(LOGS)/%.txt); echo "Testing; the output so far is in $(LOGS)."; status=0; \
	$(MAKE) --no-print-directory --keep-going --jobs=3 $(JOBS) || status=1; \
	for job in $(REPORTED); do cat $(LOGS)/$$job.txt || status=1; done; exit $$status

# $(call job,title,seconds,command)
job = mkdir -p $(LOGS); export SOLILOQUY_WORKER_PYTHON="$(CURDIR)/$(PY311)"; \
	( echo "== $(1)"; $(LIMIT) $(2) $(3) ) >$(LOGS)/$@.txt 2>&1

test-lint:
	@$(call job,Lint and types,1800,$(MAKE) --no-print-directory lint)
test-networks:
	@$(call job,Blender 4.5 (Python 3.11): networks and shell,3000,$(PY311) -m pytest -q $(NETWORKS))
test-blender45:
	@$(call job,Blender 4.5 (Python 3.11): the rest,3000,$(PY311) -m pytest -q $(REST))
test-blender52:
	@$(call job,Blender 5.2 (Python 3.13: no torch),3000,$(PY313) -m pytest -q $(TESTS52))
test-blender42:
	@$(call job,Blender 4.2 (Python 3.11: no torch),1800,$(PY42) -m pytest -q $(TESTS42))
test-windows:
	@$(call job,Blender with windows,1800,$(PY311) -m pytest -q tests/window)

test-fuzz:
	@$(call job,Damaged files,1800,$(MAKE) --no-print-directory fuzz)

test-fast: .venv/py311/.test-ready  ## for the inner loop, on Blender 4.5 alone; leaves out what tests/conftest.py calls slow
	@mkdir -p $(LOGS); status=0; \
	$(LIMIT) 600 $(PY311) -m pytest -q -m "not slow" tests/operators tests/inference >$(LOGS)/fast.txt 2>&1 & other=$$!; \
	$(LIMIT) 600 $(PY311) -m pytest -q -m "not slow" tests/rigs tests/panels tests/test_house.py || status=1; \
	wait $$other || status=1; cat $(LOGS)/fast.txt; exit $$status

extension: .venv/py311/.ready  ## dist/*.zip: one per platform and Python, and one without libraries (ONLY=linux-x64-py313 or slim: that one)
	@$(LIMIT) 1800 $(PY311) extension_build.py $(ONLY:%=--only %)

repository: extension  ## dist/repository: the zips as a static extension repository for Get Extensions, by Blender's own generator
	@$(LIMIT) 300 $(PY311) extension_repository.py

bench: .venv/py311/.test-ready  ## the figures of docs/benchmarks.md
	@$(LIMIT) 3000 $(PY311) -m soliloquy.training.benchmarks.job
	@$(LIMIT) 600 $(PY311) -m soliloquy.rigs.benchmark
	@$(LIMIT) 1200 $(PY311) -m soliloquy.training.benchmarks.responsiveness
	@$(LIMIT) 3000 $(PY311) -m soliloquy.training.benchmarks.lips --data $(DATA)
	@$(LIMIT) 3000 $(PY311) -m soliloquy.training.benchmarks.body --data $(DATA)
	@$(LIMIT) 600 $(PY311) -m soliloquy.training.benchmarks.acting --data $(DATA)
	@$(LIMIT) 900 $(PY311) -m soliloquy.training.benchmarks.body_emotions --data $(DATA)

train: .venv/py311/.speech-ready  ## train every shipped weight again (DATA=folder, default ../shared/data; needs npm and espeak-ng)
	@$(PY311) -m soliloquy.training.speech --data $(DATA) --minutes $(SPEECH_MINUTES)
	@$(PY311) -m soliloquy.training.face --data $(DATA)
	@$(PY311) -m soliloquy.training.emotion --data $(DATA)
	@$(PY311) -m soliloquy.training.upper_face --data $(DATA)
	@$(PY311) -m soliloquy.training.gestures --data $(DATA)
	@$(PY311) -m soliloquy.training.body --data $(DATA)
	@$(PY311) -m soliloquy.training.body.probtalk --data $(DATA)
	@$(PY311) -m soliloquy.training.body.talkshow --data $(DATA)
	@$(PY311) -m soliloquy.training.graphs
	@$(PY311) -m soliloquy.inference.shipped

fuzz: .venv/py311/.test-ready  ## feed every reader with 27,000 damaged inputs (FUZZ_SECONDS=n: for so long)
	@nice $(PY311) tests/fuzz $(if $(FUZZ_SECONDS),--seconds $(FUZZ_SECONDS))

manifest: .venv/py311/.ready  ## list the sha256 of every file that ships, after one of them was made anew
	@$(PY311) -m soliloquy.inference.shipped

character: .venv/py311/.test-ready  ## build assets/character.npz again from its CC0 source
	@$(PY311) -m soliloquy.training.character
	@$(PY311) -m soliloquy.inference.shipped

lock: .venv/py311/.test-ready  ## pin and hash the libraries of the worker's private Python and of the zips: *.locked.txt
	@grep -v '^torch' inference/runtime/requirements.txt | cat - inference/runtime/torch_needs.txt | \
		$(PY311) -m uv --no-config pip compile - --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --upgrade \
		--custom-compile-command 'make lock' --output-file inference/runtime/requirements.locked.txt
	@$(PY311) -m uv --no-config pip compile extension_wheels.txt --quiet --universal --no-deps --python-version 3.11 --generate-hashes \
		--no-annotate --upgrade --custom-compile-command 'make lock' --output-file extension_wheels.locked.txt

clean:  ## remove build results (environments stay)
	@rm -rf build dist .pytest_cache .ruff_cache
