"""The sample's front end as it was built, or a stand-in."""

from __future__ import annotations

import sys
from pathlib import Path

_ROOT = Path(__file__).parent.parent
_BUILT = Path("test/django-step-by-step/frontend/dist")
_STAND_IN = Path("integ/stand_in_dist")


def path_to_dist() -> str:
    """Return the built front end's directory; without one, warn and return the stand-in's."""
    if (_ROOT / _BUILT / "index.html").is_file():
        return str(_BUILT)
    print(
        f"warning: {_BUILT} is not built, a stand-in takes its place; to build it: "
        f"cd {_BUILT.parent} && npm ci && npm run build",
        file=sys.stderr,
    )
    return str(_STAND_IN)
