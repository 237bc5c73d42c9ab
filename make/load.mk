# How much the sample application carries, and what the scaling policies make of it.

.PHONY: load-test
load-test: $(LOAD)/.installed $(SAMPLE)/.installed  ## Measure the sample under load, on loopback (7 min)
	cd $(BACKEND) && PYTHONPATH=.:$(CURDIR) $(CURDIR)/$(SAMPLE)/bin/python -P -m loadtest.measure \
	  --locust $(CURDIR)/$(LOAD)/bin/locust $(LOAD_ARGS)
