"""CloudFront's path patterns.

`*` stands for any number of characters, `?` for exactly one, case counts, and a leading slash may
be left out. Nothing else is special: `[` is a `[`. The whole path must match.
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesCacheBehavior.html#DownloadDistValuesPathPattern
"""

from __future__ import annotations

import re
from functools import lru_cache


@lru_cache
def _compiled(pattern: str) -> re.Pattern[str]:
    absolute = pattern if pattern.startswith(("/", "*")) else f"/{pattern}"
    pieces = {"*": ".*", "?": "."}
    return re.compile("".join(pieces.get(one, re.escape(one)) for one in absolute), re.DOTALL)


def matches(pattern: str, path: str) -> bool:
    """Tell whether a path, without its query string, belongs to the pattern."""
    return _compiled(pattern).fullmatch(path) is not None
