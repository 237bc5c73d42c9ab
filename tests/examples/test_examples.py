"""Each app of examples/ runs elsewhere too, breaks no rule, and makes what its README says."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from tools.assembly import AssemblySummary, read_assembly

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
NAMES = sorted(path.parent.name for path in EXAMPLES.glob("*/app.py"))

# Of the files in this repository that the examples name; a small stand-in is enough.
PROJECT = Path("test") / "django-step-by-step"

Resources = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Example:
    """One example, synthesized as its user would."""

    assembly: Path

    @cached_property
    def summary(self) -> AssemblySummary:
        return read_assembly(self.assembly)

    @property
    def stacks(self) -> dict[str, str]:
        """Stack -> account and region."""
        return {stack.name: stack.environment for stack in self.summary.stacks}

    def of_type(self, type_name: str, stack: str = "Blog") -> list[dict[str, Any]]:
        """The properties of a stack's resources of a type."""
        template = json.loads((self.assembly / f"{stack}.template.json").read_text())
        resources: Resources = template["Resources"]
        return [one["Properties"] for one in resources.values() if one["Type"] == type_name]

    def one(self, type_name: str, stack: str = "Blog") -> dict[str, Any]:
        (found,) = self.of_type(type_name, stack)
        return found


def synthesize(folder: Path) -> str:
    """Do what `cdk synth` does with an app, and return its errors."""
    settings = json.loads((folder / "cdk.json").read_text())
    _, *script = settings["app"].split()
    environment = {name: value for name, value in os.environ.items() if name != "CDK_VALIDATION"}
    done = subprocess.run(
        [sys.executable, *script],
        cwd=folder,
        env={
            **environment,
            "PYTHONPATH": str(ROOT),
            "CDK_OUTDIR": str(folder / "cdk.out"),
            "CDK_CONTEXT_JSON": json.dumps(settings["context"]),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stderr if done.returncode else ""


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the examples, with a Django project and a built site where they name them."""
    copy = tmp_path_factory.mktemp("elsewhere")
    shutil.copytree(EXAMPLES, copy / "examples", ignore=shutil.ignore_patterns("cdk.out"))
    (copy / PROJECT / "backend").mkdir(parents=True)
    (copy / PROJECT / "backend" / "Dockerfile").write_text("FROM scratch\nUSER 999:999\n")
    (copy / PROJECT / "frontend" / "dist").mkdir(parents=True)
    (copy / PROJECT / "frontend" / "dist" / "index.html").write_text("<!doctype html>")
    return copy / "examples"


@pytest.fixture(scope="module")
def errors(elsewhere: Path) -> dict[str, str]:
    """What came of each example, two at a time."""
    with ThreadPoolExecutor(max_workers=2) as pool:
        told = pool.map(synthesize, [elsewhere / one for one in NAMES])
        return dict(zip(NAMES, told, strict=True))


@pytest.fixture(scope="module")
def examples(elsewhere: Path, errors: dict[str, str]) -> dict[str, Example]:
    return {name: Example(elsewhere / name / "cdk.out") for name in NAMES if not errors[name]}


def test_there_are_five() -> None:
    assert len(NAMES) == 5


@pytest.mark.parametrize("name", NAMES)
def test_it_synthesizes_without_an_error(name: str, errors: dict[str, str]) -> None:
    assert errors[name] == ""


# The command line looks the zones of a placeholder's account up, or fails at that. Instances of
# Aurora take the encryption of their cluster, which older releases of the CDK do not know.
ACCEPTED = re.compile(
    r"missing lookup of availability-zones|warning: \S+/Cluster/(Writer|Reader\d)/\S+ .* \[W9008]"
)


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_to_be_found_fault_with(name: str, examples: dict[str, Example]) -> None:
    assert [one for one in examples[name].summary.findings if not ACCEPTED.match(one)] == []


@pytest.mark.parametrize("name", NAMES)
def test_it_is_complete_and_short(name: str) -> None:
    folder = EXAMPLES / name

    assert (folder / "requirements.txt").read_text().startswith("django-cdk")
    assert len((folder / "README.md").read_text().splitlines()) <= 10
    assert len((folder / "app.py").read_text().splitlines()) <= 60


@pytest.mark.parametrize("name", NAMES)
def test_the_list_of_examples_names_it(name: str) -> None:
    assert f"[{name}]({name})" in (EXAMPLES / "README.md").read_text()


@pytest.mark.parametrize("name", NAMES)
def test_its_paths_lead_to_the_sample(name: str) -> None:
    paths = re.findall(r'"(\.\./[^"]+)"', (EXAMPLES / name / "app.py").read_text())
    sources = {(EXAMPLES / name / path).resolve() for path in paths}

    # A built site is not committed.
    assert {source for source in sources if source.name != "dist"} == {ROOT / PROJECT / "backend"}


def test_minimal_ecs_is_one_stack_for_any_environment(examples: dict[str, Example]) -> None:
    example = examples["minimal-ecs"]

    assert example.stacks == {"Blog": "unknown-account/unknown-region"}
    assert example.one("AWS::ECS::Service")["LaunchType"] == "FARGATE"
    assert example.one("AWS::ElasticLoadBalancingV2::LoadBalancer")["Scheme"] == "internet-facing"


def test_environments_are_two_accounts(examples: dict[str, Example]) -> None:
    assert examples["environments"].stacks == {
        "BlogStaging": "111122223333/eu-central-1",
        "BlogProduction": "444455556666/eu-central-1",
    }


def test_staging_is_small_and_production_redundant(examples: dict[str, Example]) -> None:
    staging, production = (
        examples["environments"].one("AWS::RDS::DBInstance", stack)
        for stack in ("BlogStaging", "BlogProduction")
    )

    assert (staging["MultiAZ"], production["MultiAZ"]) == (False, True)
    assert (staging["DeletionProtection"], production["DeletionProtection"]) == (False, True)
    assert len(examples["environments"].of_type("AWS::EC2::NatGateway", "BlogStaging")) == 0
    assert len(examples["environments"].of_type("AWS::EC2::NatGateway", "BlogProduction")) == 2


def test_vpc_and_aurora_lie_in_the_one_vpc(examples: dict[str, Example]) -> None:
    example = examples["vpc-and-aurora"]

    assert example.one("AWS::EC2::VPC")["CidrBlock"] == "10.20.0.0/16"
    assert example.one("AWS::RDS::DBCluster")["Engine"] == "aurora-postgresql"
    assert len(example.of_type("AWS::RDS::DBInstance")) == 2
    assert example.one("AWS::SNS::Subscription")["Endpoint"] == "ops@example.com"


def test_spa_and_api_has_its_certificate_for_cloudfront_in_us_east_1(
    examples: dict[str, Example],
) -> None:
    example = examples["spa-and-api"]

    assert example.stacks == {
        "Blog": "111122223333/eu-west-1",
        "Blog-edge-certificates": "111122223333/us-east-1",
    }
    certificate = example.one("AWS::CertificateManager::Certificate", "Blog-edge-certificates")
    assert certificate["DomainName"] == "blog.example.com"
    assert example.one("AWS::CloudFront::Distribution")["DistributionConfig"]["Aliases"] == [
        "blog.example.com"
    ]


def test_eks_has_a_cluster_and_no_service_of_ecs(examples: dict[str, Example]) -> None:
    example = examples["eks"]

    assert example.of_type("AWS::ECS::Service") == []
    assert "AWS::EKS::Cluster" in {
        kind for stack in example.summary.stacks for kind in stack.resources
    }
