"""What other public projects ask for, each met by options alone."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import aws_cdk.aws_ecr as ecr
import aws_cdk.aws_secretsmanager as secretsmanager
import pytest

from django_cdk import Scaling, SecretField, Worker
from tests.acceptance.projects import Readable, deploy


def own(stack: cdk.Stack) -> dict[str, Any]:
    """A repository and a secret that stand already."""
    keys = secretsmanager.Secret.from_secret_name_v2(stack, "Keys", "jwt-keys")
    return {
        "image": ecr.Repository.from_repository_name(stack, "Repository", "team/site"),
        "secrets": {"JWT_PRIVATE_KEY": SecretField(keys, "private.pem")},
    }


@pytest.fixture(scope="module")
def site() -> Readable:
    return deploy(
        "site.example.com",
        own,
        image_tag="2026-07-01",
        web_command=["gunicorn", "site.wsgi", "--bind", "0.0.0.0:8080"],
        port=8080,
        user="999:999",
        workers={
            "rq": ["python", "manage.py", "rqworker", "default"],
            "mail": Worker(command=["/app/bin/worker", "mail"], stop_timeout=10),
            "reports": Worker(command=["/app/bin/worker", "reports"], scaling=Scaling(max_count=3)),
        },
        environment={
            "ALLOWED_HOSTS": "{host} localhost",
            "SECRET_KEY": "{secret_key}",
            "BROKER": "redis://{cache.host}:{cache.port}",
        },
    )


def test_any_port(site: Readable) -> None:
    assert site.container("web")["PortMappings"][0]["ContainerPort"] == 8080


def test_hosts_separated_by_spaces(site: Readable) -> None:
    assert site.environment()["ALLOWED_HOSTS"] == "site.example.com localhost"


def test_a_web_command_for_an_image_without_one(site: Readable) -> None:
    assert site.container("web")["Command"][0] == "gunicorn"


def test_an_existing_image_instead_of_a_build(site: Readable) -> None:
    image = site.template.container("web")["Image"]

    assert image["Fn::Join"][1][-1] == "/team/site:2026-07-01"
    assert site.construct.image.asset is None


def test_a_worker_that_is_not_celery(site: Readable) -> None:
    assert site.container("rq")["Command"] == ["python", "manage.py", "rqworker", "default"]


def test_a_worker_for_each_queue_with_a_script_of_the_projects_own(site: Readable) -> None:
    commands = {name: site.container(name)["Command"] for name in ("mail", "reports")}

    assert commands == {
        "mail": ["/app/bin/worker", "mail"],
        "reports": ["/app/bin/worker", "reports"],
    }
    assert site.container("mail")["StopTimeout"] == 10
    assert site.construct.workers["reports"].scaling is not None


def test_a_secret_key_of_at_least_50_characters(site: Readable) -> None:
    secret = site.template.of(site.construct.backing.secret_key)

    assert secret["GenerateSecretString"]["PasswordLength"] >= 50
    assert site.secrets()["SECRET_KEY"] == "<secret key>"


def test_a_pem_key_from_a_secret_of_the_teams_own(site: Readable) -> None:
    keys = "arn:<partition>:secretsmanager:<region>:<account>:secret:jwt-keys"

    assert site.secrets()["JWT_PRIVATE_KEY"] == f"{keys}:private.pem"


def test_the_user_of_every_container(site: Readable) -> None:
    every = ("web", "rq", "mail", "reports", "release")

    assert {site.container(name)["User"] for name in every} == {"999:999"}
