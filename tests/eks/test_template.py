"""The template: cluster, identities, charts, order, outputs."""

from __future__ import annotations

import json
from typing import Any

import aws_cdk.aws_ec2 as ec2
import aws_cdk.aws_sqs as sqs
import pytest

from django_cdk.eks.versions import EXTERNAL_DNS, KUBERNETES_VERSION, LOAD_BALANCER_CONTROLLER
from tests.eks.objects import of_kind, pod_specs
from tests.eks.synthesized import CHART, OBJECTS, Synthesized, django_eks, synthesize, text
from tests.stacks import Resource, Template, new_stack

CLUSTER = "AWS::EKS::Cluster"
ADDON = "AWS::EKS::Addon"


def addons(synthesized: Synthesized) -> dict[str, Resource]:
    return {one["AddonName"]: one for one in synthesized.template.of_type(ADDON)}


def actions(synthesized: Synthesized, role: Any) -> dict[str, set[str]]:
    """Action -> the resources for which a role may do it."""
    found: dict[str, set[str]] = {}
    for statement in synthesized.template.statements(synthesized.template.of(role)):
        resources = statement["Resource"]
        for action in _listed(statement["Action"]):
            found.setdefault(action, set()).update(map(json.dumps, _listed(resources)))
    return found


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


# --- the cluster


def test_the_cluster_is_of_the_default_version(blog: Synthesized) -> None:
    assert blog.template.one(CLUSTER)["Version"] == KUBERNETES_VERSION


def test_people_enter_by_access_entries_and_not_as_the_creator(blog: Synthesized) -> None:
    access = blog.template.one(CLUSTER)["AccessConfig"]

    assert access == {
        "AuthenticationMode": "API",
        "BootstrapClusterCreatorAdminPermissions": False,
    }


def test_the_control_plane_logs_everything(blog: Synthesized) -> None:
    types = blog.template.one(CLUSTER)["Logging"]["ClusterLogging"]["EnabledTypes"]

    assert {one["Type"] for one in types} == {
        "api",
        "audit",
        "authenticator",
        "controllerManager",
        "scheduler",
    }


def test_nothing_is_in_a_nested_stack(blog: Synthesized) -> None:
    assert "AWS::CloudFormation::Stack" not in blog.template.types


def test_a_default_stack_stays_small(blog: Synthesized) -> None:
    network = {
        "AWS::EC2::Route",
        "AWS::EC2::RouteTable",
        "AWS::EC2::Subnet",
        "AWS::EC2::SubnetRouteTableAssociation",
    }
    others = [one for one in blog.template.resources.values() if one.type not in network]

    # The original: 79 and two nested stacks, without cache, workers, add-ons and node template.
    assert len(others) < 70


def test_nodes_and_control_plane_stand_in_private_subnets(blog: Synthesized) -> None:
    private = [one.ref for one in blog.template.subnets("Private")]

    assert blog.template.one(CLUSTER)["ResourcesVpcConfig"]["SubnetIds"] == private
    assert blog.template.one("AWS::EKS::Nodegroup")["Subnets"] == private


def test_a_pod_can_t_take_the_role_of_its_node(blog: Synthesized) -> None:
    data = blog.template.one("AWS::EC2::LaunchTemplate")["LaunchTemplateData"]

    assert data["MetadataOptions"] == {"HttpTokens": "required", "HttpPutResponseHopLimit": 1}


def test_the_disks_of_nodes_are_encrypted(blog: Synthesized) -> None:
    data = blog.template.one("AWS::EC2::LaunchTemplate")["LaunchTemplateData"]

    assert all(one["Ebs"]["Encrypted"] is True for one in data["BlockDeviceMappings"])


def test_add_ons_that_nodes_need_come_before_them_and_the_others_after(
    blog: Synthesized,
) -> None:
    nodes = blog.template.one("AWS::EKS::Nodegroup")
    before = {"vpc-cni", "kube-proxy", "eks-pod-identity-agent"}

    assert set(addons(blog)) == before | {
        "coredns",
        "metrics-server",
        "aws-secrets-store-csi-driver-provider",
    }
    for name, addon in addons(blog).items():
        first, second = (nodes, addon) if name in before else (addon, nodes)
        assert second.id in blog.template.leans_on(first)


def test_network_policies_are_enforced(blog: Synthesized, auto_mode: Synthesized) -> None:
    values = json.loads(addons(blog)["vpc-cni"]["ConfigurationValues"])
    config = of_kind(auto_mode.outside, "ConfigMap")["amazon-vpc-cni"]

    assert values["enableNetworkPolicy"] == "true"
    assert config["metadata"]["namespace"] == "kube-system"
    assert config["data"] == {"enable-network-policy-controller": "true"}


def test_in_auto_mode_eks_brings_nodes_network_and_load_balancer(auto_mode: Synthesized) -> None:
    cluster = auto_mode.template.one(CLUSTER)

    assert cluster["ComputeConfig"]["Enabled"] is True
    assert cluster["StorageConfig"]["BlockStorage"]["Enabled"] is True
    assert cluster["KubernetesNetworkConfig"]["ElasticLoadBalancing"]["Enabled"] is True
    assert set(addons(auto_mode)) == {"metrics-server", "aws-secrets-store-csi-driver-provider"}
    assert "AWS::EKS::Nodegroup" not in auto_mode.template.types
    releases = {one["Release"] for one in auto_mode.template.of_type(CHART)}
    assert releases == {"application", "external-dns"}


# --- identities


def test_each_service_account_has_its_own_role(everything: Synthesized) -> None:
    found = {
        (one["Namespace"], one["ServiceAccount"]): one["RoleArn"]["Fn::GetAtt"][0]
        for one in everything.template.of_type("AWS::EKS::PodIdentityAssociation")
    }

    assert set(found) == {
        ("kube-system", "aws-load-balancer-controller"),
        ("external-dns", "external-dns"),
        ("app", "application"),
    }
    assert len(set(found.values())) == 3


def test_a_role_is_for_one_service_account_of_one_cluster(everything: Synthesized) -> None:
    cluster = everything.template.one(CLUSTER)
    role = everything.template.of(everything.construct.workload.role)
    (statement,) = role["AssumeRolePolicyDocument"]["Statement"]

    assert statement["Principal"] == {"Service": "pods.eks.amazonaws.com"}
    assert set(statement["Action"]) == {"sts:AssumeRole", "sts:TagSession"}
    assert statement["Condition"] == {
        "StringEquals": {
            "aws:RequestTag/eks-cluster-arn": cluster.attribute("Arn"),
            "aws:RequestTag/kubernetes-namespace": "app",
            "aws:RequestTag/kubernetes-service-account": "application",
        }
    }


def test_irsa_names_the_service_account_in_the_condition(irsa: Synthesized) -> None:
    role = irsa.template.of(irsa.construct.workload.role)
    (statement,) = role["AssumeRolePolicyDocument"]["Statement"]
    conditions = [text(one["Value"]) for one in irsa.template.of_type("Custom::AWSCDKCfnJson")]

    assert statement["Action"] == "sts:AssumeRoleWithWebIdentity"
    assert any('"system:serviceaccount:app:application"' in one for one in conditions)
    assert all('"sts.amazonaws.com"' in one for one in conditions)
    account = of_kind(irsa.outside, "ServiceAccount")["application"]
    arn = account["metadata"]["annotations"]["eks.amazonaws.com/role-arn"]
    assert arn == f"<{role.id}.Arn>"


def test_irsa_needs_no_function_for_its_provider(irsa: Synthesized) -> None:
    assert irsa.template.of_type("AWS::IAM::OIDCProvider")
    assert synthesize(identity="irsa", flags={}).template.of_type("AWS::IAM::OIDCProvider")


def test_the_pods_may_use_the_bucket_and_read_their_secrets_and_nothing_else(
    blog: Synthesized,
) -> None:
    template = blog.template
    bucket = template.of(blog.construct.static_file_bucket)
    may = actions(blog, blog.construct.workload.role)
    secrets = set().union(*(may[one] for one in may if one.startswith("secretsmanager:")))

    assert {one.split(":")[0] for one in may} == {"s3", "secretsmanager"}
    assert all(bucket.id in one for name in may if name[:2] == "s3" for one in may[name])
    assert {one for one in may if one.startswith("secretsmanager:")} == {
        "secretsmanager:GetSecretValue",
        "secretsmanager:DescribeSecret",
    }
    assert secrets == {
        json.dumps(one)
        for one in (
            {"Ref": "BlogBackingDatabaseInstanceSecretAttachment12E13BBA"},
            template.of(blog.construct.backing.secret_key).ref,
            template.of(blog.construct.environment.derived_secret).ref,  # type: ignore[arg-type]
        )
    }


def test_external_dns_changes_one_zone_only(everything: Synthesized) -> None:
    may = actions(everything, everything.construct.external_dns.role)  # type: ignore[union-attr]

    assert set(may) == {
        "route53:ChangeResourceRecordSets",
        "route53:ListResourceRecordSets",
        "route53:ListHostedZones",
    }
    (zone,) = may["route53:ChangeResourceRecordSets"]
    assert "hostedzone/Z0123456789" in zone


@pytest.mark.parametrize("name", ["database", "cache"])
def test_only_the_pods_reach_the_data(blog: Synthesized, name: str) -> None:
    cluster = blog.template.one(CLUSTER)
    rules = [
        one
        for one in blog.template.of_type("AWS::EC2::SecurityGroupIngress")
        if one["Description"].startswith(name)
    ]

    (rule,) = rules
    assert rule["SourceSecurityGroupId"] == cluster.attribute("ClusterSecurityGroupId")


# --- charts


def test_the_controller_is_pinned_and_told_what_it_can_t_look_up(blog: Synthesized) -> None:
    chart = blog.chart("aws-load-balancer-controller")
    values = blog.values("aws-load-balancer-controller")

    assert chart["Repository"] == "https://aws.github.io/eks-charts"
    assert chart["Version"] == LOAD_BALANCER_CONTROLLER.version
    assert chart["Wait"] is True
    assert values["enableServiceMutatorWebhook"] is False
    assert values["region"] == "<AWS::Region>"
    assert values["vpcId"] == f"<{blog.template.one('AWS::EC2::VPC').id}>"


def test_external_dns_keeps_to_its_zone_and_its_own_records(everything: Synthesized) -> None:
    chart, values = everything.chart("external-dns"), everything.values("external-dns")

    assert chart["Repository"] == "https://kubernetes-sigs.github.io/external-dns/"
    assert chart["Version"] == EXTERNAL_DNS.version
    assert values["policy"] == "sync"
    assert values["domainFilters"] == ["example.com"]
    assert values["txtOwnerId"] == f"<{everything.template.one(CLUSTER).id}>"
    assert values["extraArgs"] == {"zone-id-filter": "Z0123456789"}


def test_without_a_domain_there_is_no_external_dns(blog: Synthesized) -> None:
    assert blog.construct.external_dns is None
    assert {one["Release"] for one in blog.template.of_type(CHART)} == {
        "application",
        "aws-load-balancer-controller",
    }


def test_the_release_is_waited_for_and_rolled_back(blog: Synthesized) -> None:
    chart = blog.chart("application")

    assert (chart["Wait"], chart["Atomic"], chart["Timeout"]) == (True, True, "280s")
    assert chart["Namespace"] == "app"
    assert "CreateNamespace" not in chart.properties


def test_the_release_comes_after_all_it_leans_on(everything: Synthesized) -> None:
    template = everything.template
    before = template.leans_on(everything.chart("application"))
    types = {template.resources[one].type for one in before}

    assert everything.chart("aws-load-balancer-controller").id in before
    assert everything.chart("external-dns").id in before
    assert {one.id for one in template.of_type(OBJECTS)} <= before
    assert {one.id for one in template.of_type(ADDON)} <= before
    assert {
        "AWS::RDS::DBInstance",
        "AWS::ElastiCache::ReplicationGroup",
        "AWS::EC2::SecurityGroupIngress",
        "AWS::EC2::NatGateway",
        "AWS::EKS::Nodegroup",
        "AWS::EKS::PodIdentityAssociation",
        "AWS::IAM::Policy",
        "AWS::S3::BucketPolicy",
    } <= types


# --- what pods get


def test_no_secret_is_in_the_template(everything: Synthesized) -> None:
    for manifests in (everything.manifests, everything.outside):
        assert "Secret" not in {one["kind"] for one in manifests}
        assert "{{resolve:" not in json.dumps(manifests)


def test_every_secret_variable_is_in_the_class_that_fills_it(everything: Synthesized) -> None:
    (one,) = of_kind(everything.outside, "SecretProviderClass").values()
    (kept,) = one["spec"]["secretObjects"]
    asked = {
        variable["name"]
        for variable in pod_specs(everything.manifests)["Deployment/web"]["containers"][0]["env"]
        if "valueFrom" in variable
    }

    assert asked == {entry["key"] for entry in kept["data"]}
    assert {"DATABASE_URL", "SECRET_KEY", "POSTGRES_PASSWORD", "CELERY_BROKER_URL"} <= asked


def test_the_driver_keeps_kubernetes_secrets(blog: Synthesized) -> None:
    values = json.loads(
        addons(blog)["aws-secrets-store-csi-driver-provider"]["ConfigurationValues"]
    )

    assert values == {"secrets-store-csi-driver": {"syncSecret": {"enabled": True}}}


def plain(synthesized: Synthesized) -> dict[str, str]:
    (container,) = pod_specs(synthesized.manifests)["Deployment/web"]["containers"]
    return {one["name"]: one["value"] for one in container["env"] if "value" in one}


def test_django_accepts_the_domain(everything: Synthesized) -> None:
    variables = plain(everything)

    assert variables["ALLOWED_HOSTS"] == "api.example.com"
    assert variables["CSRF_TRUSTED_ORIGINS"] == "https://api.example.com,https://www.example.com"


def test_without_a_domain_django_accepts_the_load_balancers_of_the_region(
    blog: Synthesized,
) -> None:
    variables = plain(blog)
    (container,) = pod_specs(blog.manifests)["Deployment/web"]["containers"]
    (host,) = container["readinessProbe"]["httpGet"]["httpHeaders"]

    assert variables["ALLOWED_HOSTS"] == ".<AWS::Region>.elb.<AWS::URLSuffix>"
    assert "CSRF_TRUSTED_ORIGINS" not in variables
    assert host["value"] == f"probe{variables['ALLOWED_HOSTS']}"


def test_without_a_domain_another_front_end_is_trusted_all_the_same() -> None:
    variables = plain(synthesize(frontend_url="https://www.example.com/app"))

    assert variables["CSRF_TRUSTED_ORIGINS"] == "https://www.example.com"


def test_the_namespace_refuses_pods_that_could_leave_their_container(
    blog: Synthesized, auto_mode: Synthesized
) -> None:
    labels = of_kind(blog.outside, "Namespace")["app"]["metadata"]["labels"]
    in_auto_mode = of_kind(auto_mode.outside, "Namespace")["app"]["metadata"]["labels"]

    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"
    assert labels["elbv2.k8s.aws/pod-readiness-gate-inject"] == "enabled"
    assert in_auto_mode["eks.amazonaws.com/pod-readiness-gate-inject"] == "enabled"


def test_an_image_by_digest_stays_one() -> None:
    digest = f"registry.example.com/blog@sha256:{'0' * 64}"

    spec = pod_specs(synthesize(image=digest).manifests)["Deployment/web"]
    assert spec["containers"][0]["image"] == digest


def test_outputs_say_how_to_get_in(everything: Synthesized) -> None:
    outputs = {name: text(value) for name, value in everything.template.outputs.items()}
    by_end = {name.removeprefix("Blog")[:-8]: value for name, value in outputs.items()}
    cluster = everything.template.one(CLUSTER).id

    assert by_end["Url"] == "https://api.example.com"
    assert by_end["KubeconfigCommand"] == (
        f"aws eks update-kubeconfig --name <{cluster}> --region <AWS::Region>"
    )
    assert by_end["ExecCommand"] == (
        "kubectl --namespace app exec --stdin --tty deployment/web -- python manage.py shell"
    )
    assert set(by_end) == {
        "Url",
        "StaticFileBucketName",
        "ClusterName",
        "KubeconfigCommand",
        "ExecCommand",
    }


def test_without_a_domain_the_url_is_asked_of_kubernetes(blog: Synthesized) -> None:
    value = blog.template.one("Custom::AWSCDK-EKS-KubernetesObjectValue")
    (url,) = [text(one) for name, one in blog.template.outputs.items() if "Url" in name]

    assert (value["ObjectType"], value["ObjectName"]) == ("ingress", "web")
    assert url == f"http://<{value.id}.Value>"
    assert blog.chart("application").id in blog.template.leans_on(value)


def test_the_application_is_a_peer_and_a_grantee() -> None:
    stack = new_stack()
    django = django_eks(stack, database=None, cache=None)
    queue = sqs.Queue(stack, "Queue")
    group = ec2.SecurityGroup(stack, "Group", vpc=django.vpc)

    queue.grant_send_messages(django)
    group.connections.allow_from(django, ec2.Port.tcp(9200), "search from the application")

    template = Template.of_stack(stack)
    made = Synthesized(construct=django, template=template)
    assert "sqs:SendMessage" in actions(made, django.workload.role)
    (rule,) = template.of_type("AWS::EC2::SecurityGroupIngress")
    cluster = template.one(CLUSTER)
    assert rule["SourceSecurityGroupId"] == cluster.attribute("ClusterSecurityGroupId")


def test_there_is_no_feature_flag_to_set(blog: Synthesized) -> None:
    without = synthesize(flags={})

    assert [one["kind"] for one in without.manifests] == [one["kind"] for one in blog.manifests]


def test_two_applications_in_one_stack_share_nothing() -> None:
    stack = new_stack()
    for name in ("Blog", "Shop"):
        django_eks(stack, name)
    template = Template.of_stack(stack)

    assert len(template.of_type(CLUSTER)) == 2
    assert len(template.of_type("AWS::RDS::DBInstance")) == 2
    for cluster in template.of_type(CLUSTER):
        (release,) = [
            one
            for one in template.of_type(CHART)
            if one["Release"] == "application" and one["ClusterName"] == cluster.ref
        ]
        leans_on = [template.resources[one] for one in template.leans_on(release)]
        for kind in (CLUSTER, "AWS::RDS::DBInstance", "AWS::S3::Bucket", OBJECTS):
            owners = {one.id[:4] for one in leans_on if one.type == kind}
            assert owners == {cluster.id[:4]}
