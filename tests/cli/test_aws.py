"""AWS's errors in the user's words."""

from __future__ import annotations

from pathlib import Path

import pytest
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    EndpointConnectionError,
    NoCredentialsError,
    NoRegionError,
    UnauthorizedSSOTokenError,
)

from django_cdk.cli.aws import make_session, sentence
from django_cdk.cli.errors import CliError
from tests.cli.conftest import Cli
from tests.cli.test_stack import arguments


def answered(code: str, message: str = "Because.") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "DescribeStacks")


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (NoCredentialsError(), "There are no AWS credentials: give --profile NAME, log in"),
        (NoRegionError(), "Which region? Give --region, or set AWS_REGION."),
        (UnauthorizedSSOTokenError(), "log in again (aws sso login)"),
        (EndpointConnectionError(endpoint_url="https://x"), "Check the network and the region's"),
        (answered("ExpiredToken"), "The AWS credentials have expired: give --profile NAME"),
        (answered("InvalidClientTokenId"), "AWS does not accept the credentials (Because)"),
        (
            answered("AccessDenied", "User ann is not authorized to perform: x:Y"),
            "AWS refused DescribeStacks: User ann is not authorized to perform: x:Y. Ask for",
        ),
        (answered("Throttling"), "AWS answered DescribeStacks with Throttling: Because."),
    ],
)
def test_an_error_of_aws_is_one_sentence_with_its_remedy(
    error: BotoCoreError | ClientError, expected: str
) -> None:
    assert expected in sentence(error)


def test_an_unknown_profile_names_the_known(
    account: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "config").write_text("[profile staging]\nregion = eu-west-1\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))

    with pytest.raises(CliError, match="no AWS profile 'stagign'; profiles: staging"):
        make_session(arguments(profile="stagign"))


def test_without_a_region_it_asks_for_one(account: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_DEFAULT_REGION")

    with pytest.raises(CliError, match="Which region"):
        make_session(arguments())


def test_aws_region_counts_as_for_the_aws_command_line(
    account: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-north-1")

    assert make_session(arguments()).region_name == "eu-north-1"


def test_the_option_wins_over_every_other_region(
    account: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-north-1")

    session = make_session(arguments(region="eu-south-1"), region="eu-west-3")

    assert session.region_name == "eu-south-1"


def test_without_credentials_there_is_no_traceback(
    account: None, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")

    outcome = cli("status", "--stack", "Shop")

    assert outcome.code == 1
    assert outcome.err.startswith("Error: There are no AWS credentials: ")
