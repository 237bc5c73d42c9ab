# The icons are the AWS and Kubernetes sets that the package `diagrams` brings.
ICONS = $(shell $(DOCS)/bin/python -c 'import diagrams, pathlib; print(pathlib.Path(diagrams.__file__).parents[1] / "resources")')

.PHONY: diagrams
diagrams: $(ENV) $(DOCS)/.installed  ## Draw the constructs anew (needs graphviz)
	$(PYTHON) -m tools.diagrams $(ICONS)
