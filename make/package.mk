# The archives for the package index.

.PHONY: package
package: $(ENV)  ## Build sdist and wheel in dist/ and check them
	@$(PYTHON) -m tools.package

# Installs the wheel in a clean environment: aws-cdk-lib alone takes half a minute to unpack.
.PHONY: test-package
test-package: $(ENV)  ## Build the archives, install the wheel elsewhere and synthesize from there
	$(PYTHON) -m pytest -q tests/package $(PYTEST_ARGS)

.PHONY: synth-diff
synth-diff: $(ENV) node_modules/.package-lock.json  ## Compare the apps with another checkout: BEFORE=../before
	@$(PYTHON) -m tools.synth_diff $(BEFORE)
