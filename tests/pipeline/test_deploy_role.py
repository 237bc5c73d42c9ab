"""The role of GitHub Actions: which jobs it lets in, and what they may do."""

from __future__ import annotations

import json
from typing import Any

import aws_cdk as cdk
import aws_cdk.aws_iam as iam
import pytest

from django_cdk import GitHubDeployRole
from tests.pipeline.conftest import REPOSITORY, MadeRole, deploy_role
from tests.stacks import ACCOUNT, ENVIRONMENT, REGION, Template, new_app, new_stack

ISSUER = "token.actions.githubusercontent.com"
KINDS = ["deploy", "file-publishing", "image-publishing", "lookup"]


@pytest.fixture(scope="module")
def made() -> MadeRole:
    return deploy_role()


def role_names(made: MadeRole) -> list[str]:
    return [json.dumps(arn).rsplit(":role/", 1)[1].rstrip('"]}') for arn in made.assumed]


def test_it_trusts_githubs_tokens_for_aws_alone(made: MadeRole) -> None:
    (statement,) = made.role["AssumeRolePolicyDocument"]["Statement"]

    assert statement["Action"] == "sts:AssumeRoleWithWebIdentity"
    assert statement["Principal"] == {
        "Federated": made.template.of(made.construct.oidc_provider).ref
    }
    assert made.condition["StringEquals"][f"{ISSUER}:aud"] == "sts.amazonaws.com"


def test_the_provider_is_githubs_and_needs_no_thumbprint(made: MadeRole) -> None:
    assert made.template.one("AWS::IAM::OIDCProvider").properties == {
        "ClientIdList": ["sts.amazonaws.com"],
        "Url": f"https://{ISSUER}",
    }


def test_exactly_the_named_jobs_are_let_in() -> None:
    made = deploy_role(environments=["production"], branches=["main", "hotfix/1"], tags=["v1.0"])

    assert made.condition["StringEquals"][f"{ISSUER}:sub"] == [
        "repo:octo-org/blog:environment:production",
        "repo:octo-org/blog:ref:refs/heads/main",
        "repo:octo-org/blog:ref:refs/heads/hotfix/1",
        "repo:octo-org/blog:ref:refs/tags/v1.0",
    ]
    assert list(made.condition) == ["StringEquals"]


def test_the_subjects_are_an_attribute(made: MadeRole) -> None:
    assert made.construct.subjects == ("repo:octo-org/blog:environment:production",)


def test_a_pattern_is_compared_as_one() -> None:
    made = deploy_role(branches=["main"], tags=["v*"])

    assert made.condition == {
        "StringEquals": {f"{ISSUER}:aud": "sts.amazonaws.com"},
        "StringLike": {
            f"{ISSUER}:sub": [
                "repo:octo-org/blog:ref:refs/heads/main",
                "repo:octo-org/blog:ref:refs/tags/v*",
            ]
        },
    }


def test_a_repository_with_ids_in_its_tokens_is_named_with_them() -> None:
    made = deploy_role(repository="octo-org@123456/blog@456789")

    assert made.construct.subjects == ("repo:octo-org@123456/blog@456789:environment:production",)


def test_it_may_assume_the_roles_of_the_bootstrap_and_do_nothing_else(made: MadeRole) -> None:
    assert role_names(made) == [f"cdk-hnb659fds-{kind}-role-{ACCOUNT}-{REGION}" for kind in KINDS]
    assert "ManagedPolicyArns" not in made.role.properties
    assert "Policies" not in made.role.properties


def test_no_permission_holds_a_wildcard(made: MadeRole) -> None:
    assert not any("*" in json.dumps(arn) for arn in made.assumed)


def test_it_deploys_to_each_of_the_given_accounts_and_regions() -> None:
    made = deploy_role(
        accounts=["444455556666", "777788889999"],
        regions=["eu-west-1", "us-east-1"],
        qualifier="blog",
    )

    assert set(role_names(made)) == {
        f"cdk-blog-{kind}-role-{account}-{region}"
        for account in ("444455556666", "777788889999")
        for region in ("eu-west-1", "us-east-1")
        for kind in KINDS
    }


def test_a_stack_for_any_environment_deploys_to_its_own() -> None:
    (first, *_) = deploy_role(env=None).assumed

    assert first == {
        "Fn::Join": [
            "",
            [
                "arn:",
                {"Ref": "AWS::Partition"},
                ":iam::",
                {"Ref": "AWS::AccountId"},
                ":role/cdk-hnb659fds-deploy-role-",
                {"Ref": "AWS::AccountId"},
                "-",
                {"Ref": "AWS::Region"},
            ],
        ]
    }


def test_the_qualifier_of_the_app_is_taken_over() -> None:
    stack = new_stack(
        app=new_app(flags={"@aws-cdk/core:bootstrapQualifier": "shop"}), env=ENVIRONMENT
    )
    role = GitHubDeployRole(stack, "Deploy", repository=REPOSITORY, branches=["main"])

    made = MadeRole(role, Template.of_stack(stack))
    assert role_names(made)[0].startswith("cdk-shop-deploy-role-")


def test_a_session_lasts_an_hour_unless_told_otherwise(made: MadeRole) -> None:
    assert made.role["MaxSessionDuration"] == 3600
    assert deploy_role(session_duration=7200).role["MaxSessionDuration"] == 7200


def test_it_takes_a_name(made: MadeRole) -> None:
    assert "RoleName" not in made.role.properties
    assert deploy_role(role_name="deploy-blog").role["RoleName"] == "deploy-blog"


def test_the_output_is_the_roles_arn(made: MadeRole) -> None:
    assert list(made.template.outputs.values()) == [made.role.attribute("Arn")]


def test_an_existing_provider_is_found_by_its_name() -> None:
    made = deploy_role(existing_oidc_provider=True)
    (statement,) = made.role["AssumeRolePolicyDocument"]["Statement"]

    assert made.template.of_type("AWS::IAM::OIDCProvider") == []
    assert f":iam::{ACCOUNT}:oidc-provider/{ISSUER}" in json.dumps(statement["Principal"])


def test_two_roles_of_one_stack_share_a_provider() -> None:
    stack = new_stack()
    first = GitHubDeployRole(stack, "Blog", repository=REPOSITORY, branches=["main"])
    GitHubDeployRole(
        stack,
        "Shop",
        repository="octo-org/shop",
        branches=["main"],
        oidc_provider=first.oidc_provider,
    )
    template = Template.of_stack(stack)

    assert len(template.of_type("AWS::IAM::OIDCProvider")) == 1
    assert len(template.of_type("AWS::IAM::Role")) == 2


def test_a_provider_of_your_own_is_taken() -> None:
    def own(stack: cdk.Stack) -> dict[str, Any]:
        arn = f"arn:aws:iam::{ACCOUNT}:oidc-provider/{ISSUER}"
        return {"oidc_provider": iam.OidcProviderNative.from_oidc_provider_arn(stack, "Own", arn)}

    made = deploy_role(own)

    assert made.template.of_type("AWS::IAM::OIDCProvider") == []
    assert f"{ACCOUNT}:oidc-provider/{ISSUER}" in made.template.text
