"""Which secret becomes which variable."""

from __future__ import annotations

import json

from django_cdk.eks.secret_class import SecretVariable, provider_class
from tests.eks.objects import Manifest

DATABASE = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-a1b2c3"
KEY = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:key-a1b2c3"


def made(*variables: tuple[str, str, str], pod_identity: bool = True) -> Manifest:
    return provider_class(
        [SecretVariable(name=name, arn=arn, field=field) for name, arn, field in variables],
        name="application-1",
        namespace="app",
        region="eu-west-1",
        labels={},
        pod_identity=pod_identity,
    )


def files(one: Manifest) -> list[Manifest]:
    found: list[Manifest] = json.loads(one["spec"]["parameters"]["objects"])
    return found


def data(one: Manifest) -> dict[str, str]:
    """Variable -> file."""
    (secret,) = one["spec"]["secretObjects"]
    assert secret["secretName"] == one["metadata"]["name"]
    return {entry["key"]: entry["objectName"] for entry in secret["data"]}


def test_a_secret_as_a_whole_is_one_file() -> None:
    one = made(("SECRET_KEY", KEY, ""))

    assert files(one) == [
        {"objectName": KEY, "objectType": "secretsmanager", "objectAlias": "SECRET_KEY"}
    ]
    assert data(one) == {"SECRET_KEY": "SECRET_KEY"}


def test_fields_of_one_secret_are_asked_for_once() -> None:
    one = made(("PASSWORD", DATABASE, "password"), ("USER", DATABASE, "username"))

    (entry,) = files(one)
    assert entry["jmesPath"] == [
        {"path": "password", "objectAlias": "PASSWORD"},
        {"path": "username", "objectAlias": "USER"},
    ]
    assert data(one) == {"PASSWORD": "PASSWORD", "USER": "USER"}


def test_two_variables_may_share_a_value() -> None:
    one = made(("A", KEY, ""), ("B", KEY, ""), ("C", DATABASE, "x"), ("D", DATABASE, "x"))

    assert data(one) == {"A": "A", "B": "A", "C": "C", "D": "C"}


def test_no_two_files_have_one_name() -> None:
    one = made(("A", KEY, "x"), ("B", DATABASE, "x"), ("C", KEY, ""))

    names = [entry["objectAlias"] for entry in files(one)]
    names += [path["objectAlias"] for entry in files(one) for path in entry.get("jmesPath", [])]
    assert len(names) == len(set(names))


def test_a_field_that_is_no_identifier_is_quoted() -> None:
    (entry,) = files(made(("A", KEY, "api-key")))

    assert entry["jmesPath"][0]["path"] == '"api-key"'


def test_the_provider_is_told_how_it_becomes_the_role() -> None:
    with_agent = made(("A", KEY, ""))["spec"]["parameters"]
    with_token = made(("A", KEY, ""), pod_identity=False)["spec"]["parameters"]

    assert with_agent["usePodIdentity"] == "true"
    assert "usePodIdentity" not in with_token
    assert with_token["region"] == "eu-west-1"
