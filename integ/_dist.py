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


def content_security_policy(region: str) -> str:
    """Return what the front end asks for in its README, and nothing more.

    Large images go straight to the assets bucket. Its name is chosen at deployment, so the region's
    buckets stand here; name yours. `us-east-1` has the names without a region.
    """
    buckets = "*.s3" if region == "us-east-1" else f"*.s3.{region}"
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
        f"connect-src 'self' https://{buckets}.amazonaws.com; manifest-src 'self'; "
        "worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )
