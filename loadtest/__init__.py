"""How much the sample application carries, and what scaling makes of it."""
