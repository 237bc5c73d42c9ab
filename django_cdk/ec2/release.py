"""The files on the machine that say what runs there; no value of a secret is among them."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING

import aws_cdk.aws_ec2 as ec2
from aws_cdk import Stack

if TYPE_CHECKING:
    from collections.abc import Mapping

    import aws_cdk.aws_s3_assets as s3_assets
    from constructs import Construct

    from django_cdk.environment import SecretField

#: Where the files lie on the machine.
DIRECTORY = "/opt/django-cdk"
SCRIPTS = Path(__file__).parent.parent / "swarm" / "scripts"


class MachineFiles:
    """What cfn-init writes at boot, and again before each update.

    :param files: name -> text, which may hold values that CloudFormation fills in.
    :param settings: variables of ``settings.env``.
    :param secrets: name of each swarm secret -> where its value lies.
    :param assets: name -> file that comes from S3.
    """

    def __init__(
        self,
        *,
        files: Mapping[str, str],
        settings: Mapping[str, str],
        secrets: Mapping[str, SecretField],
        assets: Mapping[str, s3_assets.Asset],
    ) -> None:
        self._files = {
            # As text in the template: from S3 they would ask for a role that reads the bucket of
            # all the account's CDK assets.
            **{
                path.name: path.read_text(encoding="utf-8") for path in sorted(SCRIPTS.glob("*.sh"))
            },
            **files,
            "settings.env": "".join(f"{name}='{value}'\n" for name, value in settings.items()),
            # With a heading: cfn-init writes no empty file, and one of before would stay.
            "secrets.tsv": "# name\tARN\tfield\n"
            + "".join(
                f"{name}\t{one.secret.secret_arn}\t{one.field}\n" for name, one in secrets.items()
            ),
        }
        self._assets = assets

    def elements(self) -> list[ec2.InitElement]:
        """As elements of a cfn-init configuration."""
        return [
            *(
                ec2.InitFile.from_string(f"{DIRECTORY}/{name}", text, mode="000644")
                for name, text in self._files.items()
            ),
            *(
                ec2.InitFile.from_existing_asset(f"{DIRECTORY}/{name}", asset, mode="000644")
                for name, asset in self._assets.items()
            ),
        ]

    def digest(self, scope: Construct) -> str:
        """Changes whenever one of the files does."""
        described = {
            "files": Stack.of(scope).resolve(self._files),
            "assets": {name: asset.asset_hash for name, asset in self._assets.items()},
        }
        text = json.dumps(described, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()
