"""Runs Python blocks of the documentation in a project's directory: `run_blocks.py < blocks`.

A process of its own, because the CDK looks for relative paths from where its Node was started. In:
a JSON list of code. Out: for each, the types of what it put into `stack`, or its error.
"""

from __future__ import annotations

import json
import sys
import traceback
from typing import Any

import aws_cdk as cdk


def run(code: str) -> dict[str, Any]:
    """Execute one block, with an empty `stack` in reach, and synthesize what it made."""
    namespace: dict[str, Any] = {"stack": cdk.Stack(cdk.App(), "Stack")}
    try:
        exec(compile(code, "page", "exec"), namespace)  # noqa: S102 - our own pages
        stack = namespace["stack"]
        stack.node.root.synth()
    except Exception:
        return {"error": traceback.format_exc()}
    made = [type(child).__name__ for child in stack.node.children]
    return {"made": made}


json.dump([run(code) for code in json.load(sys.stdin)], sys.stdout)
