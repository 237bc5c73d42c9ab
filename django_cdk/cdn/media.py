"""Who may read media files."""

from __future__ import annotations

import hashlib
from typing import Literal, get_args

import aws_cdk.aws_cloudfront as cloudfront
from aws_cdk import CfnOutput
from constructs import Construct

from django_cdk.errors import OptionError, check_choice, refuse_together

from .names import edge_name

MediaAccess = Literal["public", "private"]

_PEM_HEAD = "-----BEGIN PUBLIC KEY-----"


class MediaKeys(Construct):
    """The public key that signatures are checked with, in a group as CloudFront wants it.

    :param public_key: its PEM text.
    :raises OptionError: it is none.
    """

    def __init__(self, scope: Construct, id: str, *, public_key: str) -> None:
        super().__init__(scope, id)
        first_line = public_key.strip().partition("\n")[0]
        if first_line != _PEM_HEAD:
            raise OptionError(
                "media_public_key",
                # No more of it: it may be the private key.
                first_line[:40],
                "give the PEM text of a public key: openssl rsa -pubout -in private.pem.",
            )
        # CloudFront can't change a key, so another one is another resource.
        key_id = f"Key{hashlib.sha256(public_key.encode()).hexdigest()[:8]}"
        self.key = cloudfront.PublicKey(
            self, key_id, encoded_key=public_key, public_key_name=edge_name(self, key_id)
        )
        self.group = cloudfront.KeyGroup(
            self, "Group", items=[self.key], key_group_name=edge_name(self, "Group")
        )
        # Whoever signs must name the key.
        CfnOutput(self, "KeyId", value=self.key.public_key_id)


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
    return key_group or MediaKeys(scope, "MediaKeys", public_key=str(public_key)).group
