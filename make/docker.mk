# --- docker -----------------------------------------------------------------------------------

.PHONY: test-docker
test-docker: $(ENV)  ## Run DockerEc2's scripts and stack on a docker daemon of their own (root)
	$(PYTHON) -m pytest -q tests/docker $(PYTEST_ARGS)

.PHONY: stand-in-images
stand-in-images: $(ENV)  ## Make base images without a registry, for the docker daemon here
	$(PYTHON) -m tests.docker.images
