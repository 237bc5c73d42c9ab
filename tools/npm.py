"""Run npm on the Node.js of this Python environment: `python -m tools.npm ci`."""

from __future__ import annotations

import subprocess
import sys

from tools.environment import tool_environment
from tools.node import node_executable, npm_script

if __name__ == "__main__":
    command = [str(node_executable()), str(npm_script()), *sys.argv[1:]]
    sys.exit(subprocess.run(command, env=tool_environment(), check=False).returncode)
