"""What the constructs cost, out of their templates and a list of prices: `make costs`."""
