"""The environment that the integ apps and the CDK command line are started with."""

from __future__ import annotations

import os
import re
from pathlib import Path

from tools.node import node_executable

ROOT = Path(__file__).parent.parent


def read_dotenv(path: Path) -> dict[str, str]:
    """Return the variables of a `.env` file; none when there is no such file.

    A line is `NAME=value`, with an optional `export` before it and optional quotes around the
    value. Empty lines, comments and empty values are left out.

    Raises:
        ValueError: a line is none of these.
    """
    variables = {}
    lines = path.read_text().splitlines() if path.is_file() else []
    for number, line in enumerate(lines, start=1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        assignment = re.fullmatch(r"(?:export\s+)?([A-Za-z_]\w*)=(.*)", text)
        if assignment is None:
            message = f"{path.name} line {number}: {text!r} is not NAME=value"
            raise ValueError(message)
        if value := _unquoted(assignment[2].strip()):
            variables[assignment[1]] = value
    return variables


def _unquoted(value: str) -> str:
    quoted = re.fullmatch(r"""(["'])(.*)\1""", value)
    return quoted[2] if quoted else re.sub(r"\s+#.*", "", value)


def tool_environment() -> dict[str, str]:
    """Return this process's environment with `.env` beneath it and our Node before any other."""
    node = node_executable()
    environment = read_dotenv(ROOT / ".env") | os.environ
    # npm and the CDK command line find `node` by PATH, jsii by its own variable.
    environment["PATH"] = os.pathsep.join([str(node.parent), environment.get("PATH", "")])
    environment["JSII_NODE"] = str(node)
    return environment
