"""What GitHub says of a job in its token, as far as a role's trust needs it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ..errors import OptionError
from .checks import check_form, check_list

if TYPE_CHECKING:
    from collections.abc import Sequence

_NAMES = re.compile(r"(?P<owner>[A-Za-z0-9_-]+)(?P<owner_id>@\d+)?/[\w.-]{1,100}(?P<id>@\d+)?")
_REF = re.compile(r"[^\s~^:?\[\\]+")


def subjects_of(
    repository: str,
    *,
    environments: Sequence[str] = (),
    branches: Sequence[str] = (),
    tags: Sequence[str] = (),
) -> tuple[str, ...]:
    """The subjects (``sub``) of the tokens of these jobs.

    https://docs.github.com/en/actions/reference/security/oidc

    :raises OptionError: a malformed name, one that lets too many in, or nothing that limits.
    """
    _check_repository(repository)
    for option, names in (
        ("environments", environments),
        ("branches", branches),
        ("tags", tags),
    ):
        check_list(option, names)
    if not (environments or branches or tags):
        raise OptionError(
            "environments",
            environments,
            "every job of the repository could deploy, those of pull requests too: give "
            "environments, branches or tags.",
        )
    for name in environments:
        _check_environment(name)
    for option, names in (("branches", branches), ("tags", tags)):
        for name in names:
            _check_ref(option, name)
    return tuple(
        f"repo:{repository}:{job}"
        for job in (
            *(f"environment:{name}" for name in environments),
            *(f"ref:refs/heads/{name}" for name in branches),
            *(f"ref:refs/tags/{name}" for name in tags),
        )
    )


def _check_repository(repository: str) -> None:
    remedy = (
        "give owner/name as GitHub writes them, without a URL, .git or *: 'octo-org/blog', or with "
        "their ids 'octo-org@123456/blog@456789'."
    )
    check_form("repository", repository, _NAMES, remedy)
    match = _NAMES.fullmatch(repository)
    if repository.endswith(".git") or (match and bool(match["owner_id"]) != bool(match["id"])):
        raise OptionError("repository", repository, remedy)


def _check_environment(name: str) -> None:
    # GitHub compares environments regardless of case, AWS does not; a colon is encoded.
    if not name.strip() or any(character in name for character in "*?:"):
        raise OptionError(
            "environments",
            name,
            "give the environment's whole name as GitHub writes it, without *, ? and colon.",
        )


def _check_ref(option: str, name: str) -> None:
    if name.startswith("refs/"):
        raise OptionError(option, name, "give the name without refs/heads/ or refs/tags/.")
    if not _REF.fullmatch(name) or not name.strip("*/"):
        raise OptionError(
            option,
            name,
            "give a name, or a pattern that begins or ends with one: 'main', 'release/*'. Whoever "
            "may push to a branch or tag of that name may deploy.",
        )
