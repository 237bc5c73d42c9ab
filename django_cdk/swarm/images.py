"""The images of the services beside the application: every version is named here, once."""

from __future__ import annotations

ROUTER = "traefik:v3.6.25"
POSTGRES = "postgres:17.10"
VALKEY = "valkey/valkey:8.1.7"
PORTAINER = "portainer/portainer-ce:2.33.3"
# For development only.
MAIL = "axllent/mailpit:v1.27.11"
NODE = "node:22-slim"
