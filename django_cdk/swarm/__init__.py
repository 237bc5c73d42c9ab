"""Docker swarm and docker compose: pure functions from an application to its files."""
