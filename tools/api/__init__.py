"""API.md out of the source: `make api`."""
