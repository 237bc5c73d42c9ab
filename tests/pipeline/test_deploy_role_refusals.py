"""Options of GitHubDeployRole that would let too many in, or nobody."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import pytest

from django_cdk import GitHubDeployRole, OptionError
from tests.pipeline.conftest import REPOSITORY, deploy_role
from tests.stacks import new_app, new_stack

REPOSITORIES = [
    "blog",
    "octo-org/",
    "octo-org/*",
    "*/blog",
    "octo-org/blog/more",
    "octo-org/blog.git",
    "https://github.com/octo-org/blog",
    "octo-org/blog:ref:refs/heads/main",
    "octo-org@123456/blog",
    "octo-org/blog@456789",
    "octo-org@x/blog@y",
    "octo org/blog",
    "",
]

WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"environments": []}, "environments", "those of pull requests too"),
    ({"environments": "production"}, "environments", r"give a list: \['production'\]"),
    ({"environments": ["prod*"]}, "environments", "whole name"),
    ({"environments": [""]}, "environments", "whole name"),
    ({"environments": ["a:b"]}, "environments", "whole name"),
    ({"branches": ["*"]}, "branches", "give a name, or a pattern"),
    ({"branches": ["**/*"]}, "branches", "give a name, or a pattern"),
    ({"branches": ["refs/heads/main"]}, "branches", "without refs/heads/"),
    ({"branches": ["refs/pull/1/merge"]}, "branches", "without refs/heads/"),
    ({"branches": ["my branch"]}, "branches", "give a name, or a pattern"),
    ({"branches": ["mai?"]}, "branches", "give a name, or a pattern"),
    ({"branches": "main"}, "branches", r"give a list: \['main'\]"),
    ({"tags": ["*"]}, "tags", "give a name, or a pattern"),
    ({"tags": ["refs/tags/v1"]}, "tags", "without refs/heads/ or refs/tags/"),
    ({"session_duration": 3599}, "session_duration", "3600 to 43200 seconds"),
    ({"session_duration": 43201}, "session_duration", "3600 to 43200 seconds"),
    ({"qualifier": "too-long-for-it"}, "qualifier", "up to 10"),
    ({"qualifier": "*"}, "qualifier", "up to 10"),
    ({"accounts": ["*"]}, "accounts", "12 digits"),
    ({"accounts": "111122223333"}, "accounts", r"give a list: \['111122223333'\]"),
    ({"regions": ["*"]}, "regions", "'eu-central-1'"),
    ({"regions": ["Frankfurt"]}, "regions", "'eu-central-1'"),
]


@pytest.mark.parametrize("repository", REPOSITORIES)
def test_what_is_no_repository_is_refused(repository: str) -> None:
    with pytest.raises(OptionError, match=r"^Stack/Deploy: repository=.*give owner/name") as caught:
        deploy_role(repository=repository)

    assert caught.value.value == repository


@pytest.mark.parametrize("repository", ["octo-org/blog", "Octo/blog.site_2", "a/b", "o_corp/b"])
def test_a_repository_is_taken(repository: str) -> None:
    assert repository in deploy_role(repository=repository).construct.subjects[0]


@pytest.mark.parametrize(("given", "option", "remedy"), WRONG)
def test_an_option_that_can_not_work_is_refused(
    given: dict[str, Any], option: str, remedy: str
) -> None:
    with pytest.raises(OptionError, match=remedy) as caught:
        deploy_role(**given)

    assert (caught.value.path, caught.value.option) == ("Stack/Deploy", option)


def test_nothing_that_limits_the_jobs_is_refused() -> None:
    with pytest.raises(OptionError, match="give environments, branches or tags"):
        GitHubDeployRole(new_stack(), "Deploy", repository=REPOSITORY)


def test_a_provider_both_given_and_existing_is_refused() -> None:
    first = GitHubDeployRole(new_stack(), "Deploy", repository=REPOSITORY, branches=["main"])

    with pytest.raises(OptionError, match="give one of the two"):
        deploy_role(oidc_provider=first.oidc_provider, existing_oidc_provider=True)


def test_a_second_provider_in_a_stack_is_refused_with_the_first_ones_path() -> None:
    stack = new_stack()
    GitHubDeployRole(stack, "Blog", repository=REPOSITORY, branches=["main"])

    with pytest.raises(OptionError, match=r"Stack/Shop: oidc_provider=.*Stack/Blog/Provider"):
        GitHubDeployRole(stack, "Shop", repository="octo-org/shop", branches=["main"])


def test_a_synthesizer_that_hides_its_qualifier_asks_for_it() -> None:
    synthesizer = cdk.DefaultStackSynthesizer(qualifier="blog")
    stack = cdk.Stack(new_app(), "Stack", synthesizer=synthesizer)

    with pytest.raises(OptionError, match="the qualifier that the environments were bootstrapped"):
        GitHubDeployRole(stack, "Deploy", repository=REPOSITORY, branches=["main"])
