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

    from constructs import Construct

    from django_cdk.environment import SecretField

    from .stack_files import StackFiles

#: Where the files lie on the machine.
DIRECTORY = "/opt/django-cdk"
SCRIPTS = Path(__file__).parent.parent / "swarm" / "scripts"


class MachineFiles:
    """What cfn-init writes at boot, and again before each update.

    :param stack: what runs; its texts may hold values that CloudFormation fills in.
    :param settings: variables of ``settings.env``.
    :param secrets: name of each swarm secret -> where its value lies.
    """

    def __init__(
        self,
        *,
        stack: StackFiles,
        settings: Mapping[str, str],
        secrets: Mapping[str, SecretField],
    ) -> None:
        self._files = {
            # As text in the template: from S3 they would ask for a role that reads the bucket of
            # all the account's CDK assets.
            **{
                path.name: path.read_text(encoding="utf-8") for path in sorted(SCRIPTS.glob("*.sh"))
            },
            **stack.texts,
            "settings.env": "".join(f"{name}='{value}'\n" for name, value in settings.items()),
            # With a heading: cfn-init writes no empty file, and one of before would stay.
            "secrets.tsv": "# name\tARN\tfield\n"
            + "".join(
                f"{name}\t{one.secret.secret_arn}\t{one.field}\n" for name, one in secrets.items()
            ),
        }
        self._assets = stack.assets

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
