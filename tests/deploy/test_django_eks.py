"""DjangoEks: the cluster and who gets in, add-ons, roles of pods, what is applied, what stays.

There is no Kubernetes in the emulator (tests.emulator.kubernetes): the CDK's own functions run, and
what they are told to apply is kept. Checked here are the cluster and all around it, and that the
objects arrive with every value filled in. Not checked is whether Kubernetes takes and runs them,
and what the controllers make of them (load balancer, records): see tests/eks.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import pytest

from django_cdk import DjangoEks, Postgres
from tests.deploy.inventory import Inventory, inventory, kept
from tests.deploy.lives import Life, Outputs
from tests.emulator.deployer import DeploymentError
from tests.emulator.kubernetes import Cluster
from tests.emulator.server import Emulator
from tests.emulator.settings import ACCOUNT

if TYPE_CHECKING:
    import aws_cdk as cdk

FIRST, SECOND = "registry.example.com/blog:1", "registry.example.com/blog:2"
AFTERWARDS: Mapping[str, Any] = {
    "use_celery_beat": False,
    "database": Postgres(deletion_protection=False),
}
ADMIN = f"arn:aws:iam::{ACCOUNT}:role/Operations"


def kubernetes(stack: cdk.Stack, **options: Any) -> DjangoEks:
    application = {
        "image": FIRST,
        "user": "1000",
        "celery_app": "blog",
        "use_celery_beat": True,
        "cache": None,
        "environment": {"DATABASE_URL": "{database.url}", "BUCKET": "{bucket}"},
    }
    return DjangoEks(stack, "Blog", **{**application, **options})


@pytest.fixture(scope="module")
def life(emulator: Emulator) -> Life:
    return Life(emulator, "Kubernetes")


@pytest.fixture(scope="module")
def before(emulator: Emulator) -> Inventory:
    return inventory(emulator)


@pytest.fixture(scope="module")
def made(life: Life, before: Inventory) -> Outputs:
    """The first deployment."""
    return life.deploy(functools.partial(kubernetes, admin_arns=[ADMIN]))


@pytest.fixture(scope="module")
def eks(emulator: Emulator) -> Any:
    return emulator.client("eks")


def described(eks: Any, made: Outputs) -> dict[str, Any]:
    return dict(eks.describe_cluster(name=made["ClusterName"])["cluster"])


def objects(emulator: Emulator, made: Outputs) -> Cluster:
    return Cluster(emulator.folder.path / "kubernetes", made["ClusterName"])


def container(cluster: Cluster, deployment: str = "web") -> dict[str, Any]:
    found = cluster.find("Deployment", deployment, "app")
    assert found
    (one,) = found["spec"]["template"]["spec"]["containers"]
    return dict(one)


class TestCluster:
    def test_only_iam_lets_anybody_in_and_nobody_by_having_made_it(
        self, eks: Any, made: Outputs
    ) -> None:
        access = described(eks, made)["accessConfig"]

        assert access["authenticationMode"] == "API"
        assert access["bootstrapClusterCreatorAdminPermissions"] is False

    def test_the_administrators_and_the_deploying_function_alone_have_access(
        self, eks: Any, made: Outputs
    ) -> None:
        name = made["ClusterName"]
        entries = eks.list_access_entries(clusterName=name)["accessEntries"]
        policies = {
            principal: [
                (one["policyArn"].rsplit("/", 1)[-1], one["accessScope"]["type"])
                for one in eks.list_associated_access_policies(
                    clusterName=name, principalArn=principal
                )["associatedAccessPolicies"]
            ]
            for principal in entries
        }

        assert ADMIN in entries
        (function,) = [one for one in entries if one != ADMIN]
        assert "KubectlProvider" in function
        assert set(map(tuple, policies.values())) == {(("AmazonEKSClusterAdminPolicy", "cluster"),)}

    def test_the_control_plane_logs_everything(self, eks: Any, made: Outputs) -> None:
        (logging,) = [
            one for one in described(eks, made)["logging"]["clusterLogging"] if one["enabled"]
        ]

        assert len(logging["types"]) == 5

    def test_nodes_are_in_private_subnets_on_encrypted_disks_behind_a_token(
        self, emulator: Emulator, eks: Any, made: Outputs
    ) -> None:
        name, ec2 = made["ClusterName"], emulator.client("ec2")
        (group,) = eks.list_nodegroups(clusterName=name)["nodegroups"]
        nodes = eks.describe_nodegroup(clusterName=name, nodegroupName=group)["nodegroup"]
        subnets = ec2.describe_subnets(SubnetIds=nodes["subnets"])["Subnets"]
        (version,) = ec2.describe_launch_template_versions(
            LaunchTemplateId=nodes["launchTemplate"]["id"],
            Versions=[nodes["launchTemplate"]["version"]],
        )["LaunchTemplateVersions"]
        data = version["LaunchTemplateData"]

        assert nodes["scalingConfig"] == {"minSize": 2, "maxSize": 2, "desiredSize": 2}
        assert not [one for one in subnets if one["MapPublicIpOnLaunch"]]
        assert data["BlockDeviceMappings"][0]["Ebs"]["Encrypted"] is True
        assert data["MetadataOptions"]["HttpTokens"] == "required"

    def test_the_addons_are_there(self, eks: Any, made: Outputs) -> None:
        assert set(eks.list_addons(clusterName=made["ClusterName"])["addons"]) == {
            "vpc-cni",
            "kube-proxy",
            "eks-pod-identity-agent",
            "coredns",
            "metrics-server",
            "aws-secrets-store-csi-driver-provider",
        }

    def test_pods_reach_the_database_and_nobody_else_does(
        self, emulator: Emulator, eks: Any, made: Outputs
    ) -> None:
        pods = described(eks, made)["resourcesVpcConfig"]["clusterSecurityGroupId"]
        instances = emulator.client("rds").describe_db_instances()["DBInstances"]
        (database,) = [
            one for one in instances if one["DBInstanceIdentifier"].startswith("kubernetes-")
        ]
        groups = [one["VpcSecurityGroupId"] for one in database["VpcSecurityGroups"]]
        found = emulator.client("ec2").describe_security_groups(GroupIds=groups)
        rules = [rule for group in found["SecurityGroups"] for rule in group["IpPermissions"]]

        assert [(rule["FromPort"], rule["ToPort"]) for rule in rules] == [(5432, 5432)]
        assert [one["GroupId"] for rule in rules for one in rule["UserIdGroupPairs"]] == [pods]
        assert not [rule for rule in rules if rule["IpRanges"]]


class TestIdentity:
    def test_each_role_is_for_one_service_account_of_this_cluster(
        self, emulator: Emulator, eks: Any, made: Outputs
    ) -> None:
        arn = described(eks, made)["arn"]
        found = list(_associations(eks, made))

        assert {(one["namespace"], one["serviceAccount"]) for one in found} == {
            ("app", "application"),
            ("kube-system", "aws-load-balancer-controller"),
        }
        for one in found:
            trust = _trust(emulator, one["roleArn"])
            assert trust["Principal"] == {"Service": "pods.eks.amazonaws.com"}
            assert trust["Condition"]["StringEquals"] == {
                "aws:RequestTag/eks-cluster-arn": arn,
                "aws:RequestTag/kubernetes-namespace": one["namespace"],
                "aws:RequestTag/kubernetes-service-account": one["serviceAccount"],
            }

    def test_the_pods_may_use_their_bucket_and_read_their_secrets(
        self, emulator: Emulator, eks: Any, made: Outputs
    ) -> None:
        (pods,) = [one for one in _associations(eks, made) if one["namespace"] == "app"]
        name = pods["roleArn"].rsplit("/", 1)[-1]
        iam = emulator.client("iam")
        statements = [
            statement
            for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]
            for statement in iam.get_role_policy(RoleName=name, PolicyName=policy)[
                "PolicyDocument"
            ]["Statement"]
        ]
        allowed = {
            action: statement["Resource"]
            for statement in statements
            for action in _listed(statement["Action"])
        }

        assert allowed["s3:PutObject"] == f"arn:aws:s3:::{made['StaticFileBucketName']}/*"
        assert allowed["secretsmanager:GetSecretValue"] != "*"
        assert "*" not in [one for each in allowed.values() for one in _listed(each)]


def _associations(eks: Any, made: Outputs) -> Iterator[dict[str, Any]]:
    name = made["ClusterName"]
    for one in eks.list_pod_identity_associations(clusterName=name)["associations"]:
        yield eks.describe_pod_identity_association(
            clusterName=name, associationId=one["associationId"]
        )["association"]


def _trust(emulator: Emulator, role: str) -> dict[str, Any]:
    found = emulator.client("iam").get_role(RoleName=role.rsplit("/", 1)[-1])["Role"]
    (statement,) = found["AssumeRolePolicyDocument"]["Statement"]
    return dict(statement)


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


class TestObjects:
    def test_the_application_runs_with_its_values_filled_in(
        self, emulator: Emulator, made: Outputs
    ) -> None:
        cluster = objects(emulator, made)
        web = container(cluster)
        plain = {one["name"]: one.get("value") for one in web["env"]}

        assert web["image"] == FIRST
        assert plain["BUCKET"] == made["StaticFileBucketName"]
        assert {one["metadata"]["name"] for one in cluster.of_kind("Deployment")} >= {
            "web",
            "beat",
        }
        assert "Token[" not in json.dumps(cluster.objects)

    def test_the_secrets_are_named_and_not_told(self, emulator: Emulator, made: Outputs) -> None:
        cluster = objects(emulator, made)
        (named,) = cluster.of_kind("SecretProviderClass")
        manager = emulator.client("secretsmanager")
        wanted = json.loads(named["spec"]["parameters"]["objects"])
        values = [
            manager.get_secret_value(SecretId=one["objectName"])["SecretString"] for one in wanted
        ]
        (url,) = [json.loads(value)["DATABASE_URL"] for value in values]

        assert url.startswith("postgres")
        assert url not in json.dumps(cluster.objects)

    def test_the_release_commands_are_a_hook_that_comes_first(
        self, emulator: Emulator, made: Outputs
    ) -> None:
        (job,) = objects(emulator, made).of_kind("Job")

        assert job["metadata"]["annotations"]["helm.sh/hook"] == "pre-install,pre-upgrade"

    def test_the_url_is_the_load_balancers(self, emulator: Emulator, made: Outputs) -> None:
        controller = objects(emulator, made).releases["aws-load-balancer-controller"]

        assert made["Url"].startswith("http://k8s-app-web-")
        assert controller["repository"] == "https://aws.github.io/eks-charts"
        assert controller["values"]["clusterName"] == made["ClusterName"]
        assert controller["values"]["vpcId"].startswith("vpc-")


@pytest.fixture(scope="module")
def changed(life: Life, made: Outputs, emulator: Emulator) -> Outputs:
    """The second: another image, without beat, no administrator, and a database that may go."""
    assert container(objects(emulator, made))["image"] == FIRST
    return life.deploy(functools.partial(kubernetes, image=SECOND, **AFTERWARDS))


class TestChanged:
    def test_the_cluster_is_the_same_with_the_new_image(
        self, emulator: Emulator, made: Outputs, changed: Outputs
    ) -> None:
        assert changed["ClusterName"] == made["ClusterName"]
        assert container(objects(emulator, changed))["image"] == SECOND

    def test_what_left_the_description_left_the_cluster(
        self, emulator: Emulator, eks: Any, changed: Outputs
    ) -> None:
        entries = eks.list_access_entries(clusterName=changed["ClusterName"])["accessEntries"]

        assert objects(emulator, changed).find("Deployment", "beat", "app") is None
        assert ADMIN not in entries

    def test_a_release_that_fails_fails_the_deployment_and_the_version_before_stays(
        self, emulator: Emulator, life: Life, changed: Outputs
    ) -> None:
        cluster = objects(emulator, changed)
        cluster.next_failure = "Error: UPGRADE FAILED: pre-upgrade hooks failed: job failed"
        cluster.save()
        with pytest.raises(DeploymentError) as failed:
            life.deploy(
                functools.partial(kubernetes, image="registry.example.com/blog:3", **AFTERWARDS)
            )

        assert "pre-upgrade hooks failed" in failed.value.failures[0].reason
        assert failed.value.status == "UPDATE_ROLLBACK_COMPLETE"
        assert container(objects(emulator, changed))["image"] == SECOND


class TestDeleted:
    def test_data_and_secrets_stay_and_nothing_else(
        self, emulator: Emulator, life: Life, before: Inventory, changed: Outputs
    ) -> None:
        life.destroy()

        left = kept(emulator, before, life.name)
        kinds = [kind for kind, _name in left]
        assert {kind: kinds.count(kind) for kind in kinds} == {
            # Files, and the logs of the load balancer.
            "bucket": 2,
            "database snapshot": 1,
            # The database's password and SECRET_KEY; what was composed of them goes.
            "secret": 2,
        }
        cluster = objects(emulator, changed)
        assert (cluster.releases, cluster.objects) == ({}, [])
