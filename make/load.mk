# How much the sample application carries, and what the scaling policies make of it.

.PHONY: load-test
load-test: $(LOAD)/.installed $(SAMPLE)/.installed  ## Measure the sample under load, on loopback (10 min)
	cd $(BACKEND) && PYTHONPATH=.:$(CURDIR) $(CURDIR)/$(SAMPLE)/bin/python -P -m loadtest.measure \
	  --locust $(CURDIR)/$(LOAD)/bin/locust $(LOAD_ARGS)

# Its numbers are those of the last load test; a test fails when docs/scaling.md has others.
.PHONY: scaling-plot
scaling-plot: $(ENV) $(LOAD)/.installed  ## Simulate the scaling policies and draw docs/images/scaling-*.svg
	$(PYTHON) -m loadtest.simulation build/scaling.json
	$(LOAD)/bin/python -m loadtest.plot build/scaling.json
