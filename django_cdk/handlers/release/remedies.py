"""What to do about the well-known ways in which a task fails."""

from __future__ import annotations

import re

# The first that matches wins, so the narrower ones come first.
_BY_REASON = {
    r"descriptor matching platform|exec format error": (
        "Build the image for the CPU architecture that the task definition names."
    ),
    r"CannotPullContainer|pull image": (
        "Check that the image exists, that the execution role may pull it and that the subnets"
        " reach the registry (NAT, public address or VPC endpoints)."
    ),
    r"OutOfMemory": "Give the release task more memory.",
    r"secret|ssm|parameter store|registry auth": (
        "Check that the secret and its field exist, that the execution role may read and decrypt"
        " it and that the subnets reach Secrets Manager."
    ),
    r"logging driver|log group|log stream|awslogs": (
        "Check that the log group exists, that the execution role may write to it and that the"
        " subnets reach CloudWatch Logs."
    ),
    r"CannotStartContainer|CannotCreateContainer|executable file not found": (
        "Check that the image has the command's first word as an executable file."
    ),
    r"ResourceInitializationError|network interface": (
        "Check that the subnets have free addresses and a route to AWS (NAT, public address or"
        " VPC endpoints) and that the VPC resolves DNS names."
    ),
    r"SpotInterruption|TerminationNotice|InfrastructureHealth": (
        "AWS took the machine away: see how far the command came, then deploy again."
    ),
    r"UserInitiated": "Somebody or something stopped the task: deploy again.",
    r"capacity": "Deploy again later, or give subnets in more zones.",
}

_BY_EXIT_CODE = {
    126: "The command's file is in the image but is not executable.",
    127: "The command was not found in the image: check its path and the image's PATH.",
    137: "137 means killed, most often for lack of memory: give the release task more memory.",
}


def remedy(*, exit_code: int | None, reasons: str) -> str:
    """What to do; empty where the command's own output has to tell (most non-zero exits)."""
    for pattern, text in _BY_REASON.items():
        if re.search(pattern, reasons, re.IGNORECASE):
            return text
    return _BY_EXIT_CODE.get(exit_code or 0, "")
