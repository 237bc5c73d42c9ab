"""What S3 takes as a bucket's name, and browsers as an origin."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from aws_cdk import Token

from .errors import OptionError

if TYPE_CHECKING:
    from collections.abc import Sequence

_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_ADDRESS = re.compile(r"\d+\.\d+\.\d+\.\d+")
_RESERVED_STARTS = ("xn--", "sthree-", "amzn-s3-demo-")
_RESERVED_ENDS = ("-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3")

_ORIGIN = re.compile(r"(?P<scheme>https?)://(?:[a-z0-9.-]+|\[[0-9a-f:]+\])(?::(?P<port>\d{1,5}))?")
# Browsers leave these out of the Origin header, so that a rule with them never matches.
_DEFAULT_PORTS = {"http": "80", "https": "443"}


def check_bucket_name(name: str | None) -> None:
    """Refuses a name that S3 would refuse.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html

    :raises OptionError: with the rule.
    """
    if name is None or Token.is_unresolved(name):
        return
    remedy = ""
    if not _NAME.fullmatch(name):
        remedy = (
            "give 3 to 63 lower-case letters, digits, hyphens and dots, with a letter or digit at "
            "both ends, or leave it out: a unique name is generated."
        )
    elif any(two in name for two in ("..", ".-", "-.")):
        remedy = "dots stand between letters or digits: take another name, best without dots."
    elif _ADDRESS.fullmatch(name):
        remedy = "it looks like an IP address: take another name."
    elif name.startswith(_RESERVED_STARTS) or name.endswith(_RESERVED_ENDS):
        remedy = (
            f"S3 keeps names that start with {', '.join(_RESERVED_STARTS)} or end with "
            f"{', '.join(_RESERVED_ENDS)} to itself: take another."
        )
    if remedy:
        raise OptionError("bucket_name", name, remedy)


def check_origins(option: str, origins: Sequence[str]) -> None:
    """Refuses what a browser would never send as an Origin header, and wildcards.

    :raises OptionError: naming the first wrong origin.
    """
    if isinstance(origins, str):
        raise OptionError(option, origins, f"give a list: [{origins!r}].")
    for origin in origins:
        if Token.is_unresolved(origin):
            continue
        match = _ORIGIN.fullmatch(origin)
        if match is None:
            raise OptionError(
                option,
                origin,
                "give scheme and host, and the port where it is not the scheme's own, in lower "
                "case and without a path or *: https://www.example.com.",
            )
        if match["port"] == _DEFAULT_PORTS[match["scheme"]]:
            port = f":{match['port']}"
            raise OptionError(
                option,
                origin,
                f"browsers leave the scheme's own port out: give {origin.removesuffix(port)!r}.",
            )
