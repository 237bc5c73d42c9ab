# Faults under load: docs/reliability.md has the numbers of the last run.

.PHONY: reliability
reliability: $(ENV) $(SAMPLE)/.installed $(LAMBDA_NODE)/node_modules/.package-lock.json  ## Kill each part under load, and write docs/reliability.md anew (2 min)
	$(PYTHON) -m pytest -q tests/deploy/test_faults.py $(PYTEST_ARGS)
	$(PYTHON) -m tests.deploy.reliability
