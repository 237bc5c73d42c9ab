# The documentation: the site out of docs/, and API.md out of the source.

.PHONY: docs
docs: $(DOCS)/.installed  ## Build the documentation site to site/
	NO_MKDOCS_2_WARNING=1 $(DOCS)/bin/mkdocs build --strict --quiet --clean

.PHONY: api
api: $(ENV)  ## Write API.md anew, from signatures and docstrings
	$(PYTHON) -m tools.api

.PHONY: costs
costs: $(ENV)  ## Write the tables of docs/costs.md anew, from prices and templates
	JSII_NODE="$$($(PYTHON) -m tools.node)" $(PYTHON) -m tools.costs
