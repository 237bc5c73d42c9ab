"""Every option changes what is made."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import aws_cdk.aws_ec2 as ec2
import aws_cdk.aws_route53 as route53
import aws_cdk.aws_s3 as s3
import aws_cdk.aws_s3_assets as s3_assets
import aws_cdk.aws_secretsmanager as secretsmanager
import pytest

from django_cdk import DockerEc2, OptionError
from tests.ec2.conftest import IN_DOMAIN, Synthesized, flat, make
from tests.stacks import IMAGE, Template, image_directory, new_stack

OWN_STACK = "services:\n  web:\n    image: ${IMAGE}\n"


def frontend(tmp: Path) -> str:
    return image_directory(tmp / "frontend")


#: Option -> options with it, and the same without it.
SIMPLE: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "domain_name": (dict(IN_DOMAIN), {}),
    "zone_name": ({**IN_DOMAIN, "zone_name": "api.example.com"}, dict(IN_DOMAIN)),
    "hosted_zone_id": ({**IN_DOMAIN, "hosted_zone_id": "Z9"}, dict(IN_DOMAIN)),
    "use_acme_staging": ({**IN_DOMAIN, "use_acme_staging": True}, dict(IN_DOMAIN)),
    "use_portainer": ({**IN_DOMAIN, "use_portainer": True}, dict(IN_DOMAIN)),
    "instance_type": ({"instance_type": "m7i.large"}, {}),
    "root_volume_gib": ({"root_volume_gib": 40}, {}),
    "data_storage": ({"data_storage": "efs"}, {}),
    "data_volume_gib": ({"data_volume_gib": 50}, {}),
    "backup_days": ({"backup_days": 3}, {}),
    "use_postgres": ({"use_postgres": False}, {}),
    "use_valkey": ({"use_valkey": False}, {}),
    "use_ssh": ({"use_ssh": True, "key_name": "a", "ssh_range": "192.0.2.0/24"}, {"key_name": "a"}),
    "key_name": ({"key_name": "ops"}, {}),
    "ssh_range": (
        {"use_ssh": True, "key_name": "a", "ssh_range": "2001:db8::/32"},
        {"use_ssh": True, "key_name": "a", "ssh_range": "192.0.2.0/24"},
    ),
    "images_kept": ({"images_kept": 5}, {}),
    "bucket_name": ({"bucket_name": "blog-files"}, {}),
    "upload_origins": ({"upload_origins": ["https://www.example.com"]}, {}),
    "cdn_domain": ({"cdn_domain": "cdn.example.com"}, {}),
    "frontend_url": ({"frontend_url": "https://www.example.com"}, {}),
    "boot_timeout": ({"boot_timeout": 600}, {}),
    "removal_policy": ({"removal_policy": cdk.RemovalPolicy.DESTROY}, {}),
}


@pytest.mark.parametrize("option", SIMPLE)
def test_the_option_changes_the_template(option: str) -> None:
    given, without = SIMPLE[option]

    assert make(**given).template.body != make(**without).template.body


#: Options with a test of their own below.
BELOW = {
    *("frontend_image_directory", "frontend_image_dockerfile", "backend_paths", "hosted_zone"),
    *("certificate_secret", "stack_file_uri", "vpc", "bucket"),
}


def test_no_option_is_without_a_test() -> None:
    parameters = inspect.signature(DockerEc2.__init__).parameters.values()

    assert {one.name for one in parameters if one.kind is one.KEYWORD_ONLY} == {*SIMPLE, *BELOW}


def test_a_front_end_stands_beside_the_application(tmp_path: Path) -> None:
    (tmp_path / "frontend").mkdir()
    (tmp_path / "frontend" / "Dockerfile.spa").write_text("FROM nginx\n")
    made = make(
        frontend_image_directory=str(tmp_path / "frontend"),
        frontend_image_dockerfile="Dockerfile.spa",
        backend_paths=["/api"],
    )

    assert made.stack["services"]["frontend"]["image"] == "${FRONTEND_IMAGE}"
    assert "FRONTEND_IMAGE=" in made.file("settings.env")
    assert "PathPrefix(`/api`)" in made.file("routes.yml")


def test_the_users_vpc_is_used() -> None:
    made = make(lambda stack: {"vpc": ec2.Vpc(stack, "Own", max_azs=1)})

    assert len(made.template.of_type("AWS::EC2::VPC")) == 1
    assert made.construct.vpc.node.path == "Stack/Own"


def test_the_users_bucket_is_used() -> None:
    made = make(lambda stack: {"bucket": s3.Bucket(stack, "Own")})

    bucket = made.template.of(made.construct.static_file_bucket)
    assert bucket.id.startswith("Own")
    assert f'S3_BUCKET_NAME: "<{bucket.id}>"' in made.file("stack.yml")


def test_the_users_zone_gets_the_record() -> None:
    made = make(
        lambda stack: {"hosted_zone": route53.HostedZone(stack, "Zone", zone_name="example.com")},
        domain_name="blog.example.com",
    )

    assert made.template.one("AWS::Route53::RecordSet")["HostedZoneId"] == (
        made.template.one("AWS::Route53::HostedZone").ref
    )


def test_the_users_certificate_is_fetched_like_the_other_secrets() -> None:
    made = make(
        lambda stack: {"certificate_secret": secretsmanager.Secret(stack, "Certificate")},
        **IN_DOMAIN,
    )

    rows = [line.split("\t") for line in made.file("secrets.tsv").splitlines()]
    fields = {name: field for name, _, field in rows}
    assert fields["service-tls-certificate"] == "certificate"
    assert fields["service-tls-key"] == "private_key"


def test_the_users_stack_file_is_on_the_machine_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "stack.yml").write_text(OWN_STACK)
    made = make(stack_file_uri=str(tmp_path / "stack.yml"), release_commands={})

    assert made.file("stack.yml") == OWN_STACK
    assert "release-" not in made.file("release.yml")


def test_the_users_stack_file_may_come_from_s3(tmp_path: Path) -> None:
    (tmp_path / "stack.yml").write_text(OWN_STACK)
    made = make(
        lambda stack: {
            "stack_file_uri": s3_assets.Asset(stack, "File", path=str(tmp_path / "stack.yml"))
        },
        release_commands={},
    )

    assert "source" in made.init["files"]["files"]["/opt/django-cdk/stack.yml"]


def test_a_domain_points_at_the_fixed_address(domain: Synthesized) -> None:
    record = domain.template.one("AWS::Route53::RecordSet")
    address = domain.template.one("AWS::EC2::EIP")

    assert record["Name"] == "api.example.com."
    assert record["ResourceRecords"] == [address.attribute("PublicIp")]


def test_without_a_domain_the_application_is_at_the_address_over_http(plain: Synthesized) -> None:
    address = plain.template.one("AWS::EC2::EIP").id

    assert flat(plain.template.outputs[_output(plain, "Url")]) == f"http://<{address}.PublicIp>"
    assert f"URL='http://<{address}.PublicIp>/api/health-check/'" in plain.file("settings.env")


def _output(made: Synthesized, name: str) -> str:
    (found,) = [one for one in made.template.outputs if one.startswith(f"Blog{name}")]
    return found


@pytest.mark.parametrize(
    "name",
    [
        *("Url", "PublicIp", "HostName", "InstanceId", "StaticFileBucketName"),
        *("BackendRepository", "FrontendRepository", "ShellCommand", "UpdateCommand"),
    ],
)
def test_an_output_has_no_fixed_export_name(plain: Synthesized, name: str) -> None:
    output = plain.template.body["Outputs"][_output(plain, name)]

    assert "Export" not in output


def test_a_ci_job_can_start_the_update(plain: Synthesized) -> None:
    command = flat(plain.template.outputs[_output(plain, "UpdateCommand")])

    document = plain.template.one("AWS::SSM::Document")
    assert f"--document-name <{document.id}> --instance-ids <{plain.instance.id}>" in command
    assert "--parameters Image=IMAGE" in command


def test_an_image_name_can_not_hold_a_command(plain: Synthesized) -> None:
    parameters = plain.template.one("AWS::SSM::Document")["Content"]["parameters"]

    assert parameters["Image"]["allowedPattern"] == "^[A-Za-z0-9./:@_-]*$"
    assert parameters["Options"]["allowedPattern"] == "^(--skip-release)?$"


def test_two_in_one_stack_do_not_collide() -> None:
    stack = new_stack()
    for name in ("One", "Two"):
        DockerEc2(stack, name, image=IMAGE)

    assert len(Template.of_stack(stack).of_type("AWS::EC2::Instance")) == 2


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "missing stack file": (
        {"stack_file_uri": "nowhere.yml", "release_commands": {}},
        "no such file",
    ),
    "stack file and release commands": ({"stack_file_uri": __file__}, "release_commands={}"),
    "domain without zone": ({"domain_name": "blog.example.com"}, "give zone_name"),
    "domain outside the zone": (
        {**IN_DOMAIN, "domain_name": "blog.example.org"},
        "outside the zone",
    ),
    "zone without domain": ({"zone_name": "example.com"}, "does nothing without domain_name"),
    "portainer without domain": ({"use_portainer": True}, "does nothing without domain_name"),
    "graviton for x86": ({"instance_type": "t4g.small"}, "has ARM64 CPUs"),
    "x86 for graviton": ({"instance_type": "t3.small", "cpu_architecture": "ARM64"}, "X86_64 CPUs"),
    "no instance type": ({"instance_type": "large"}, "give a type"),
    "ssh without key": ({"use_ssh": True, "ssh_range": "192.0.2.0/24"}, "key_name"),
    "ssh without range": ({"use_ssh": True, "key_name": "ops"}, "ssh_range"),
    "ssh from everywhere": (
        {"use_ssh": True, "key_name": "ops", "ssh_range": "0.0.0.0/0"},
        "whole world",
    ),
    "ssh from nonsense": ({"use_ssh": True, "key_name": "a", "ssh_range": "home"}, "give a range"),
    "range without ssh": ({"ssh_range": "192.0.2.0/24"}, "does nothing without use_ssh=True"),
    "small disk": ({"data_volume_gib": 1}, "4 to 16384"),
    "size of a file system": ({"data_storage": "efs", "data_volume_gib": 50}, "does nothing"),
    "unknown storage": ({"data_storage": "nfs"}, "'ebs', 'efs'"),
    "negative backups": ({"backup_days": -1}, "0 to 36500"),
    "no front end": ({"frontend_image_directory": "nowhere"}, "there is no 'Dockerfile'"),
    "paths without front end": ({"backend_paths": ["/x"]}, "without frontend_image_directory"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_can_not_work_is_refused_with_the_way_out(case: str) -> None:
    options, remedy = REFUSED[case]

    with pytest.raises(OptionError, match="Stack/Blog") as refused:
        make(**options)
    assert remedy in str(refused.value)


@pytest.mark.parametrize(
    "kind", ["m7g.large", "c6gd.4xlarge", "a1.medium", "x2gd.metal", "im4gn.large"]
)
def test_graviton_types_are_known(kind: str) -> None:
    assert make(instance_type=kind, cpu_architecture="ARM64").instance["InstanceType"] == kind


@pytest.mark.parametrize("kind", ["g5.xlarge", "m7i-flex.large", "c7a.large", "u-6tb1.56xlarge"])
def test_other_types_with_a_g_are_not_taken_for_graviton(kind: str) -> None:
    assert make(instance_type=kind).instance["InstanceType"] == kind


def test_a_zone_without_a_name_is_refused_with_the_way_out() -> None:
    stack = new_stack()
    zone = route53.HostedZone.from_hosted_zone_id(stack, "Zone", "Z0123456789")

    with pytest.raises(OptionError, match=r"use from_hosted_zone_attributes\(\)"):
        DockerEc2(stack, "Blog", image=IMAGE, domain_name="blog.example.com", hosted_zone=zone)
