# Names for commands that are long to type; what they do stands in CONTRIBUTING.md.
PYTHON ?= python

.PHONY: check fuzz

check:  ## all that must pass
	.ci/check

fuzz:  ## half an hour of comparing engines on random policies
	$(PYTHON) -m tests.differential.fuzz --seconds 1800 --subjects 400
