"""Who may read media files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

import aws_cdk.aws_cloudfront as cloudfront

from django_cdk.errors import OptionError, check_choice, refuse_together

if TYPE_CHECKING:
    from constructs import Construct

MediaAccess = Literal["public", "private"]

_PEM_HEAD = "-----BEGIN PUBLIC KEY-----"


def trusted_keys(
    scope: Construct,
    *,
    access: MediaAccess,
    public_key: str | None,
    key_group: cloudfront.IKeyGroup | None,
) -> cloudfront.IKeyGroup | None:
    """The key group that signs for private media; None for public media.

    :raises OptionError: private without a key, public with one, or no PEM public key.
    """
    check_choice("media_access", access, get_args(MediaAccess))
    refuse_together("gives the keys too", media_public_key=public_key, media_key_group=key_group)
    given = public_key or key_group
    if access == "public":
        if given:
            raise OptionError(
                "media_access", access, "with a key, media files are private: say 'private'."
            )
        return None
    if not given:
        raise OptionError(
            "media_access",
            access,
            "give media_public_key (PEM; Django signs with the private one) or media_key_group.",
        )
    if key_group is not None:
        return key_group
    if not str(public_key).startswith(_PEM_HEAD):
        raise OptionError(
            "media_public_key",
            str(public_key)[:40],
            "give the PEM text of a public key: openssl rsa -pubout -in private.pem.",
        )
    key = cloudfront.PublicKey(scope, "MediaKey", encoded_key=str(public_key))
    return cloudfront.KeyGroup(scope, "MediaKeys", items=[key])
