"""As whom an image runs, as far as its Dockerfile tells."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from django_cdk.errors import OptionError

if TYPE_CHECKING:
    from django_cdk.app import DjangoApp

_FROM = re.compile(r"FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?", re.IGNORECASE)
_NUMERIC = re.compile(r"[1-9]\d*(:\d+)?")
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


def check_user(app: DjangoApp) -> None:
    """Refuses an image that would run as root, or as a user whom Kubernetes can't tell from root.

    https://kubernetes.io/docs/tasks/configure-pod-container/security-context/
    """
    remedy = 'give the number of its user and group, such as user="999:999"'
    if app.user is not None:
        if not _NUMERIC.fullmatch(app.user):
            raise OptionError(
                "user", app.user, f"Kubernetes takes numbers, and root is not allowed: {remedy}."
            )
        return
    if app.image_directory is None:
        return
    text = (Path(app.image_directory) / app.dockerfile).read_text()
    found = image_user(text, app.image_target)
    if found is None:
        raise OptionError(
            "user",
            None,
            f"{app.dockerfile} names no USER, and containers must not run as root: {remedy}, or "
            "write USER 999:999 into the Dockerfile.",
        )
    if not _NUMERIC.fullmatch(found):
        raise OptionError(
            "user",
            None,
            f"{app.dockerfile} says USER {found}, and Kubernetes tells by the number alone whether "
            f"that is root: {remedy}, or write the number into the Dockerfile.",
        )
