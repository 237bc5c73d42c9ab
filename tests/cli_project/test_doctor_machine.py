"""`django-cdk doctor` looks at the machine and the account that would deploy."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from moto import mock_aws

from django_cdk.cli.doctor_machine import Machine, check_account, check_machine
from tests.cli_project.conftest import Run

VERSION = "/cdk-bootstrap/hnb659fds/version"


class Tools:
    """A folder of programs, the only one on PATH."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "bin"
        self.path.mkdir()
        self.folder = folder
        self.says("node", "echo v24.19.0")
        self.says("docker", "echo 28.1.0")
        self.says("cdk", "echo '2.1147.0 (build abc)'")

    def says(self, program: str, script: str) -> None:
        file = self.path / program
        file.write_text(f"#!/bin/sh\n{script}\n")
        file.chmod(0o755)

    def remove(self, program: str) -> None:
        (self.path / program).unlink()

    def machine(self, **environ: str) -> Machine:
        return Machine(self.folder, {"PATH": str(self.path), **environ})

    def findings(self, **environ: str) -> list[tuple[str, str]]:
        return [(one.level, one.check) for one in check_machine(self.machine(**environ))]


@pytest.fixture
def tools(tmp_path: Path) -> Tools:
    return Tools(tmp_path)


def assembly(folder: Path, **manifest: object) -> None:
    (folder / "infra" / "cdk.out").mkdir(parents=True)
    (folder / "infra" / "cdk.out" / "manifest.json").write_text(json.dumps(manifest))


def test_a_complete_machine_is_clean(tools: Tools) -> None:
    assert tools.findings() == []


def test_no_node_is_an_error(tools: Tools) -> None:
    tools.remove("node")

    assert tools.findings() == [("error", "node")]


def test_the_node_of_jsii_counts_first(tools: Tools) -> None:
    tools.says("old-node", "echo v18.0.0")

    assert tools.findings(JSII_NODE=str(tools.path / "old-node")) == [("error", "node")]


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("v18.20.0", [("error", "node")]),
        ("v22.1.0", []),
        ("v23.0.0", [("warning", "node")]),
        ("nonsense", [("error", "node")]),
    ],
)
def test_the_version_of_node_counts(
    tools: Tools, version: str, expected: list[tuple[str, str]]
) -> None:
    tools.says("node", f"echo {version}")

    assert tools.findings() == expected


def test_no_docker_is_an_error(tools: Tools) -> None:
    tools.remove("docker")

    assert tools.findings() == [("error", "docker")]


def test_a_docker_that_does_not_answer_tells_why(tools: Tools) -> None:
    tools.says("docker", "echo 'Cannot connect to the Docker daemon' >&2; exit 1")

    (finding,) = check_machine(tools.machine())

    assert finding.message == "docker does not answer (Cannot connect to the Docker daemon)."


def test_another_builder_takes_the_place_of_docker(tools: Tools) -> None:
    tools.remove("docker")
    tools.says("finch", "echo 1.8.0")

    assert tools.findings(CDK_DOCKER="finch") == []


def test_npx_is_enough_for_the_cdk(tools: Tools) -> None:
    tools.remove("cdk")
    assert tools.findings() == [("error", "cdk")]

    tools.says("npx", "true")
    assert tools.findings() == []


def test_a_cdk_older_than_the_assembly_asks_for_is_an_error(tools: Tools) -> None:
    assembly(tools.folder, minimumCliVersion="2.1200.0")

    (finding,) = check_machine(tools.machine())

    assert finding.message == (
        "cdk 2.1147.0 is too old for the installed aws-cdk-lib, which needs 2.1200.0."
    )


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> Iterator[boto3.Session]:
    """An account in which nothing was bootstrapped yet."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        yield boto3.Session(region_name="eu-west-1")


def bootstrap(session: boto3.Session, version: int, name: str = VERSION) -> None:
    session.client("ssm").put_parameter(Name=name, Value=str(version), Type="String")


def test_a_bootstrapped_account_is_clean(tools: Tools, session: boto3.Session) -> None:
    bootstrap(session, 28)

    assert list(check_account(tools.machine(), session)) == []


def test_an_account_without_bootstrap_gets_the_command(
    tools: Tools, session: boto3.Session
) -> None:
    (finding,) = check_account(tools.machine(), session)

    assert (finding.level, finding.check) == ("error", "bootstrap")
    assert finding.remedy == "npx aws-cdk@2 bootstrap aws://123456789012/eu-west-1"


def test_an_old_bootstrap_is_an_error(tools: Tools, session: boto3.Session) -> None:
    bootstrap(session, 5)

    (finding,) = check_account(tools.machine(), session)

    assert "has version 5, 6 is needed" in finding.message


def test_the_assembly_tells_which_bootstrap_it_needs(tools: Tools, session: boto3.Session) -> None:
    bootstrap(session, 28)
    assembly(
        tools.folder,
        artifacts={"Shop": {"properties": {"requiresBootstrapStackVersion": 30}}},
    )

    (finding,) = check_account(tools.machine(), session)

    assert "has version 28, 30 is needed" in finding.message


def test_the_qualifier_of_the_cdk_app_is_looked_for(tools: Tools, session: boto3.Session) -> None:
    bootstrap(session, 28, "/cdk-bootstrap/mine/version")
    (tools.folder / "cdk.json").write_text(
        json.dumps({"context": {"@aws-cdk/core:bootstrapQualifier": "mine"}})
    )

    assert list(check_account(tools.machine(), session)) == []


def test_no_credentials_are_an_error(
    tools: Tools, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))

    (finding,) = check_account(tools.machine(), boto3.Session(region_name="eu-west-1"))

    assert (finding.level, finding.check) == ("error", "credentials")
    assert "Unable to locate credentials" in finding.message


def test_the_verb_looks_at_machine_and_account_together(
    run: Run, tools: Tools, session: boto3.Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tools.path))
    monkeypatch.delenv("JSII_NODE", raising=False)
    tools.remove("docker")

    code, out, _ = run(tools.folder, "doctor", "--machine-only", "--json", "--region", "eu-west-1")

    assert code == 1
    checks = [one["check"] for one in json.loads(out)["findings"]]
    assert checks == ["docker", "bootstrap"]
