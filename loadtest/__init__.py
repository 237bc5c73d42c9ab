"""How much the sample application carries (`make load-test`), and what scaling makes of it
(`make scaling-plot`)."""
