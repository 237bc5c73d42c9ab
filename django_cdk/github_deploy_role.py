"""A role with which GitHub Actions deploy a CDK app, without any stored key."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk.aws_iam as iam
from aws_cdk import CfnOutput, Duration, Stack
from constructs import Construct

from .errors import OptionError, names_path, refuse_together
from .pipeline.github import subjects_of
from .pipeline.targets import bootstrap_role_arns

if TYPE_CHECKING:
    from collections.abc import Sequence

# https://docs.github.com/en/actions/reference/security/oidc
ISSUER = "token.actions.githubusercontent.com"
# What aws-actions/configure-aws-credentials asks GitHub for.
AUDIENCE = "sts.amazonaws.com"

_HOUR = 3600


class GitHubDeployRole(Construct):
    """A role that workflows of one GitHub repository may assume, to run ``cdk deploy`` and no more.

    GitHub signs a token for each job that says where it runs (OpenID Connect), and AWS gives
    credentials for an hour in return: no access key is stored at GitHub. The role can only assume
    the roles that ``cdk bootstrap`` made, in the given accounts and regions.

    At least one of ``environments``, ``branches`` and ``tags`` says which jobs are let in. GitHub
    names the environment alone in the token of a job that has one, so such a job needs
    ``environments`` whatever its branch; the environment's own protection rules at GitHub limit its
    branches. Jobs of pull requests are never let in.

    :param repository: ``owner/name``, written as GitHub writes it. Repositories made, renamed or
        moved after 15 July 2026, and those that opted in, have their ids in the token: give
        ``owner@123456/name@456789``, which is the ``sub_claim_prefix`` without ``repo:`` that
        ``gh api repos/OWNER/NAME/actions/oidc/customization/sub`` prints.
    :param environments: GitHub environments whose jobs may assume the role.
    :param branches: branches whose jobs may; ``release/*`` is a pattern.
    :param tags: tags whose jobs may; ``v*`` is a pattern.
    :param oidc_provider: the account's provider for GitHub, of which there can be one only.
        Default: a new one, which goes with the stack; the account's other roles take it.
    :param existing_oidc_provider: the account has the provider already: it is found by its name.
    :param qualifier: the qualifier that the environments were bootstrapped with. Default:
        the stack's own.
    :param accounts: accounts that may be deployed to; others than the role's own must trust it
        (``cdk bootstrap --trust``). Default: the stack's.
    :param regions: regions that may be deployed to; ``us-east-1`` belongs to them when a
        certificate for CloudFront is made there. Default: the stack's.
    :param session_duration: seconds that one session may last, 3600 (default) to 43200; the
        workflow asks for as many (``role-duration-seconds``).
    :param role_name: its name. Default: a generated one.
    :raises ValueError: for each option that can't work, naming path, option, value and remedy.
    """

    @names_path
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        repository: str,
        environments: Sequence[str] = (),
        branches: Sequence[str] = (),
        tags: Sequence[str] = (),
        oidc_provider: iam.IOidcProvider | None = None,
        existing_oidc_provider: bool = False,
        qualifier: str | None = None,
        accounts: Sequence[str] = (),
        regions: Sequence[str] = (),
        session_duration: int = _HOUR,
        role_name: str | None = None,
    ) -> None:
        super().__init__(scope, id)
        #: The subjects of the tokens that are let in.
        self.subjects = subjects_of(
            repository, environments=environments, branches=branches, tags=tags
        )
        _check_session(session_duration)
        refuse_together(
            "is the account's one provider too",
            oidc_provider=oidc_provider,
            existing_oidc_provider=existing_oidc_provider or None,
        )
        #: The account's provider for GitHub: made, found or given.
        self.oidc_provider: iam.IOidcProvider = oidc_provider or (
            self._found_provider() if existing_oidc_provider else self._new_provider()
        )
        #: The role that jobs assume.
        self.role = iam.Role(
            self,
            "Role",
            role_name=role_name,
            description=f"Deploys with the CDK from {repository} at GitHub",
            assumed_by=self._principal(),
            max_session_duration=Duration.seconds(session_duration),
        )
        self.role.add_to_policy(
            iam.PolicyStatement(
                actions=["sts:AssumeRole"],
                resources=bootstrap_role_arns(
                    Stack.of(self), qualifier=qualifier, accounts=accounts, regions=regions
                ),
            )
        )
        CfnOutput(self, "RoleArn", value=self.role.role_arn)

    def _new_provider(self) -> iam.OidcProviderNative:
        """Without thumbprints: AWS trusts GitHub's certificate by its authority."""
        for child in Stack.of(self).node.find_all():
            if isinstance(child, iam.CfnOIDCProvider) and child.url == f"https://{ISSUER}":
                raise OptionError(
                    "oidc_provider",
                    None,
                    "an account has one provider for GitHub, and this stack makes it in "
                    f"{child.node.path} already: give that one.",
                )
        return iam.OidcProviderNative(
            self, "Provider", url=f"https://{ISSUER}", client_ids=[AUDIENCE]
        )

    def _found_provider(self) -> iam.IOidcProvider:
        arn = Stack.of(self).format_arn(
            service="iam", region="", resource="oidc-provider", resource_name=ISSUER
        )
        return iam.OidcProviderNative.from_oidc_provider_arn(self, "Provider", arn)

    def _principal(self) -> iam.OpenIdConnectPrincipal:
        # A name with * is a pattern; all others are compared as they stand.
        operator = "StringLike" if any("*" in one for one in self.subjects) else "StringEquals"
        subject = {f"{ISSUER}:sub": list(self.subjects)}
        audience = {f"{ISSUER}:aud": AUDIENCE}
        conditions = (
            {"StringEquals": {**audience, **subject}}
            if operator == "StringEquals"
            else {"StringEquals": audience, operator: subject}
        )
        return iam.OpenIdConnectPrincipal(self.oidc_provider, conditions)


def _check_session(seconds: int) -> None:
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_update-role-settings.html
    if not _HOUR <= seconds <= 12 * _HOUR:
        raise OptionError("session_duration", seconds, "give 3600 to 43200 seconds.")
