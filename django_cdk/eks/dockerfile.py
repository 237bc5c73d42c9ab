"""As whom an image runs, as far as its Dockerfile tells."""

from __future__ import annotations

import re

_FROM = re.compile(r"FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?", re.IGNORECASE)
_USER = re.compile(r"USER\s+(\S+)", re.IGNORECASE)


def image_user(dockerfile: str, target: str | None = None) -> str | None:
    """The last USER of the stage that is built; None when it names none.

    :param dockerfile: text of the Dockerfile.
    :param target: the stage; None: the last.
    """
    users: dict[str, str | None] = {}
    stage, user = "", None
    for line in dockerfile.splitlines():
        if start := _FROM.match(line.strip()):
            if target and stage == target.lower():
                return user
            user = users.get(start[1].lower())
            stage = (start[2] or "").lower()
        elif named := _USER.match(line.strip()):
            user = named[1]
        users[stage] = user
    return user
