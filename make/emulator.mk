# Every construct deployed to the emulator of tests/emulator, the sample application running in it.
LAMBDA_NODE := build/emulator

$(LAMBDA_NODE)/node_modules/.package-lock.json: tests/emulator/node/package.json tests/emulator/node/package-lock.json | $(ENV)
	mkdir -p $(LAMBDA_NODE)
	cp $^ $(LAMBDA_NODE)
	$(PYTHON) -m tools.npm ci --silent --prefix $(LAMBDA_NODE)

.PHONY: test-deploy
test-deploy: $(ENV) $(SAMPLE)/.installed node_modules/.package-lock.json $(LAMBDA_NODE)/node_modules/.package-lock.json  ## Deploy every construct to an emulator of AWS
	$(PYTHON) -m pytest -q tests/deploy $(PYTEST_ARGS)
