# A deployment to an emulator on this machine: docs/local.md.
CONSTRUCT ?= ecs
LOCAL_NEEDS := $(ENV) $(SAMPLE)/.installed node_modules/.package-lock.json $(LAMBDA_NODE)/node_modules/.package-lock.json

.PHONY: deploy-local
deploy-local: $(LOCAL_NEEDS)  ## Deploy CONSTRUCT=ecs (vue, static, ec2, s3, eks) without an AWS account
	@$(PYTHON) -m tests.emulator.local deploy $(CONSTRUCT)

.PHONY: destroy-local
destroy-local: $(LOCAL_NEEDS)  ## Destroy it again; with the last one the emulator ends
	@$(PYTHON) -m tests.emulator.local destroy $(CONSTRUCT)
