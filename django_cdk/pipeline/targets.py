"""Where the CDK deploys to: the roles that ``cdk bootstrap`` made in accounts and regions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from aws_cdk import Arn, ArnComponents, ArnFormat, Stack

from ..errors import OptionError
from .checks import check_form, check_list

if TYPE_CHECKING:
    from collections.abc import Sequence

# What `cdk deploy` assumes: beside these it needs no permission of its own.
# https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-env.html
BOOTSTRAP_ROLES = ("deploy", "file-publishing", "image-publishing", "lookup")

_QUALIFIER = re.compile(r"[A-Za-z0-9_-]{1,10}")
_ACCOUNT = re.compile(r"\d{12}")
_REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-\d+")


def bootstrap_role_arns(
    stack: Stack,
    *,
    qualifier: str | None = None,
    accounts: Sequence[str] = (),
    regions: Sequence[str] = (),
) -> list[str]:
    """The ARNs of the roles that deploy, publish assets and look things up.

    :param stack: whose qualifier, account and region count where none are given.
    :raises OptionError: for a name of the wrong form, and without any qualifier.
    """
    check_form(
        "qualifier",
        qualifier,
        _QUALIFIER,
        "give the one of `cdk bootstrap --qualifier`: up to 10 letters, digits, - and _.",
    )
    for option, names, form, example in (
        ("accounts", accounts, _ACCOUNT, "12 digits: '111122223333'"),
        ("regions", regions, _REGION, "as in 'eu-central-1'"),
    ):
        check_list(option, names)
        for name in names:
            check_form(option, name, form, f"give each one's name, {example}.")
    name = qualifier or _qualifier_of(stack)
    return [
        Arn.format(
            ArnComponents(
                service="iam",
                region="",
                account=account,
                resource="role",
                resource_name=f"cdk-{name}-{kind}-role-{account}-{region}",
                arn_format=ArnFormat.SLASH_RESOURCE_NAME,
            ),
            stack,
        )
        for account in accounts or (stack.account,)
        for region in regions or (stack.region,)
        for kind in BOOTSTRAP_ROLES
    ]


def _qualifier_of(stack: Stack) -> str:
    # A synthesizer that the user made does not tell its qualifier to Python.
    qualifier = stack.synthesizer.bootstrap_qualifier
    if qualifier is None:
        raise OptionError(
            "qualifier",
            None,
            "the stack has a synthesizer of its own: give the qualifier that the environments "
            "were bootstrapped with.",
        )
    return qualifier
