"""The feature flags that every app of this repository is synthesized with.

`cdk.json` is their one home: the CDK command line reads them there, and so do `make synth` and the
tests through this function.
"""

from __future__ import annotations

import json
from pathlib import Path

CDK_JSON = Path(__file__).parent.parent / "cdk.json"


def recommended_flags() -> dict[str, object]:
    """Return the recommended feature flags, ready to be passed as `App(context=...)`."""
    context: dict[str, object] = json.loads(CDK_JSON.read_text())["context"]
    return context
