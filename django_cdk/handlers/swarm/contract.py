"""What the construct and the handler agree on; imports nothing, because a synth has no boto3."""

from __future__ import annotations

SKIP_RELEASE = "--skip-release"

EXECUTION_SECONDS = 3300
"""CloudFormation waits an hour; the last minutes belong to reporting."""
