"""Every option of DjangoEks changes the template: none is accepted and then ignored.

The table names each keyword. One that is added and not named here fails the test of the table.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import aws_cdk as cdk
import aws_cdk.aws_certificatemanager as acm
import aws_cdk.aws_ecr_assets as ecr_assets
import aws_cdk.aws_lambda as lambda_
import aws_cdk.aws_route53 as route53
import aws_cdk.aws_s3 as s3
import pytest

from django_cdk import DjangoApp, DjangoEks, Worker
from tests.ecs.test_bring_your_own import ARN, own_vpc
from tests.ecs.test_options import APPLICATION, BUILD, Change, directory
from tests.eks.objects import pod_specs
from tests.eks.synthesized import IN_DOMAIN, Synthesized, django_eks, synthesize
from tests.stacks import ENVIRONMENT, Template, new_stack

#: Keyword of DjangoEks -> what it changes.
DOOR: Mapping[str, Change] = {
    "vpc": Change(made=lambda stack: {"vpc": own_vpc(stack)}),
    "nat": Change({"nat": "instance"}),
    "kubernetes_version": Change(
        {"kubernetes_version": "1.34"},
        made=lambda stack: {
            "kubectl_layer": lambda_.LayerVersion.from_layer_version_arn(stack, "Layer", LAYER)
        },
    ),
    "kubectl_layer": Change(
        made=lambda stack: {
            "kubectl_layer": lambda_.LayerVersion.from_layer_version_arn(stack, "Layer", LAYER)
        }
    ),
    "public_endpoint_cidrs": Change({"public_endpoint_cidrs": ["192.0.2.0/24"]}),
    "admin_arns": Change({"admin_arns": ["arn:aws:iam::111122223333:role/Admin"]}),
    "auto_mode": Change({"auto_mode": True}),
    "node_count": Change({"node_count": 3}),
    "node_instance_types": Change({"node_instance_types": ["m7i.large"]}),
    "spot_nodes": Change({"spot_nodes": True}),
    "identity": Change({"identity": "irsa"}),
    "namespace": Change({"namespace": "shop"}),
    "resource_quota": Change({"resource_quota": {"pods": "50"}}),
    "writable_root_filesystem": Change({"writable_root_filesystem": True}),
    "public_load_balancer": Change({"public_load_balancer": False}),
    "database": Change({"database": None}),
    "cache": Change({"cache": None}),
    "bucket_name": Change({"bucket_name": "our-files"}),
    "bucket": Change(made=lambda stack: {"bucket": s3.Bucket(stack, "Own")}),
    "upload_origins": Change({"upload_origins": ["https://www.example.com"]}),
    "domain_name": Change(IN_DOMAIN),
    "zone_name": Change(
        {"zone_name": "sub.example.com"},
        beside={"domain_name": "api.sub.example.com", "hosted_zone_id": "Z1"},
        instead={"zone_name": "example.com"},
    ),
    "hosted_zone_id": Change({"hosted_zone_id": "Z2"}, beside=IN_DOMAIN),
    "hosted_zone": Change(
        made=lambda stack: {
            "hosted_zone": route53.PublicHostedZone(stack, "Zone", zone_name="example.com")
        },
        beside={"domain_name": "api.example.com"},
        instead={"zone_name": "example.com", "hosted_zone_id": "Z1"},
    ),
    "certificate_arn": Change({"certificate_arn": ARN}, beside=IN_DOMAIN),
    "certificate": Change(
        made=lambda stack: {
            "certificate": acm.Certificate(stack, "Certificate", domain_name="*.example.com")
        },
        beside=IN_DOMAIN,
    ),
    "alias_records": Change({"alias_records": False}, beside=IN_DOMAIN),
    "cdn_domain": Change({"cdn_domain": "cdn.example.com"}),
    "frontend_url": Change({"frontend_url": "https://www.example.com"}),
    "container_insights": Change({"container_insights": True}),
    "release_timeout": Change({"release_timeout": 60}),
    "release_id": Change({"release_id": "build-42"}),
    "removal_policy": Change({"removal_policy": cdk.RemovalPolicy.DESTROY}),
}
LAYER = "arn:aws:lambda:eu-central-1:111122223333:layer:kubectl:1"

# Here the root file system is read-only unless writable_root_filesystem says otherwise.
DEFAULT_HERE = {"read_only_root_filesystem"}
HERE_ONLY = {"stop_signal": Change({"stop_signal": "SIGINT"})}
OPTIONS: Mapping[str, Change] = {
    **DOOR,
    **{name: change for name, change in APPLICATION.items() if name not in DEFAULT_HERE},
    **HERE_ONLY,
}


def synthesized(change: Change, option: str, *, with_it: bool) -> Template:
    stack = new_stack(env=ENVIRONMENT if "certificate_arn" in change.given else None)
    made = dict(change.made(stack)) if change.made else {}
    given: Mapping[str, Any] = change.given if with_it else {}
    if not with_it:
        made.pop(option, None)
        given = change.instead
    django_eks(stack, **{**change.beside, **made, **given})
    return Template.of_stack(stack)


def test_the_table_names_every_keyword_of_the_construct() -> None:
    parameters = inspect.signature(inspect.unwrap(DjangoEks.__init__)).parameters.values()

    assert set(DOOR) == {one.name for one in parameters if one.kind is one.KEYWORD_ONLY}


def test_the_table_names_every_option_of_the_application() -> None:
    named = {*APPLICATION, *BUILD, "image_directory", *HERE_ONLY}

    assert named == {one.name for one in fields(DjangoApp)}


@pytest.mark.parametrize("option", OPTIONS)
def test_changes_the_template(blog: Synthesized, option: str) -> None:
    change = OPTIONS[option]
    bare = not (change.beside or change.instead or change.made)
    without = blog.template if bare else synthesized(change, option, with_it=False)

    assert synthesized(change, option, with_it=True).body != without.body


@pytest.mark.parametrize("option", BUILD)
def test_changes_the_image(tmp_path: Any, option: str) -> None:
    beside = {"image_directory": directory(tmp_path), "user": "999"}
    images = [image_of(synthesize(**beside, **given)) for given in ({}, {option: BUILD[option]})]

    assert images[0] != images[1]


def image_of(made: Synthesized) -> str:
    image: str = pod_specs(made.manifests)["Deployment/web"]["containers"][0]["image"]
    return image


def test_a_built_image_is_told_by_its_content(tmp_path: Any) -> None:
    made = synthesize(image_directory=directory(tmp_path), user="999")
    asset = made.construct.image.asset

    assert isinstance(asset, ecr_assets.DockerImageAsset)
    assert image_of(made).endswith(f":{asset.asset_hash}")


def test_a_read_only_root_is_what_is_there_already(blog: Synthesized) -> None:
    assert synthesize(read_only_root_filesystem=True).template.body == blog.template.body


def test_workers_on_spare_capacity_run_on_nodes_of_it() -> None:
    worker = Worker(command=["mail"], spot=True)
    made = synthesize(spot_nodes=True, workers={"mail": worker})

    nodes = made.template.one("AWS::EKS::Nodegroup")
    assert nodes["CapacityType"] == "SPOT"
    assert len(nodes["InstanceTypes"]) > 1


@pytest.mark.parametrize(
    ("architecture", "ami", "instance"),
    [
        ("X86_64", "AL2023_x86_64_STANDARD", "t3.large"),
        ("ARM64", "AL2023_ARM_64_STANDARD", "t4g.large"),
    ],
)
def test_nodes_have_the_cpu_of_the_image(architecture: str, ami: str, instance: str) -> None:
    nodes = synthesize(cpu_architecture=architecture).template.one("AWS::EKS::Nodegroup")

    assert (nodes["AmiType"], nodes["InstanceTypes"]) == (ami, [instance])


@pytest.mark.parametrize(
    ("cidrs", "public", "ranges"),
    [(None, True, None), (["192.0.2.0/24"], True, ["192.0.2.0/24"]), ([], False, None)],
)
def test_who_reaches_the_api_server(
    cidrs: list[str] | None, public: bool, ranges: list[str] | None
) -> None:
    cluster = synthesize(public_endpoint_cidrs=cidrs).template.one("AWS::EKS::Cluster")
    config = cluster["ResourcesVpcConfig"]

    assert config["EndpointPrivateAccess"] is True
    assert config["EndpointPublicAccess"] is public
    assert config.get("PublicAccessCidrs") == ranges


def test_admins_may_do_everything_in_the_cluster() -> None:
    arn = "arn:aws:iam::111122223333:role/Admin"
    entries = synthesize(admin_arns=[arn]).template.of_type("AWS::EKS::AccessEntry")

    (entry,) = [one for one in entries if one["PrincipalArn"] == arn]
    (policy,) = entry["AccessPolicies"]
    assert policy["AccessScope"] == {"Type": "cluster"}


@pytest.mark.parametrize("identity", ["pod_identity", "irsa"])
def test_the_cloudwatch_agent_has_its_role(identity: str) -> None:
    made = synthesize(container_insights=True, identity=identity)
    role = made.template.of(made.construct.platform.node.find_child("ContainerInsights").role)
    (addon,) = [
        one
        for one in made.template.of_type("AWS::EKS::Addon")
        if one["AddonName"] == "amazon-cloudwatch-observability"
    ]
    associated = [
        one["RoleArn"] for one in made.template.of_type("AWS::EKS::PodIdentityAssociation")
    ]

    assert (addon.get("ServiceAccountRoleArn") == role.attribute("Arn")) == (identity == "irsa")
    assert (role.attribute("Arn") in associated) == (identity == "pod_identity")
