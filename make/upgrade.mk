# What a new version may not replace: tests/upgrade compares with these.
.PHONY: released
released: $(ENV)  ## Keep the templates of this release, which later versions are compared with
	$(PYTHON) -m tools.released
