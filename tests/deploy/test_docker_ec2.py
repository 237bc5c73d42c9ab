"""DockerEc2: the machine, what it is told at boot and at each update, and what stays.

The instance is played (tests.emulator.machines): it gets the real files and takes the real role;
the shell commands themselves run in tests/docker.
"""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest

from django_cdk import DockerEc2
from tests.deploy.inventory import inventory, kept
from tests.deploy.lives import Life, Outputs
from tests.emulator.deployer import DeploymentError
from tests.emulator.machines import Ending, Machines
from tests.emulator.server import Emulator

FIRST, SECOND = "registry.example.com/blog:1", "registry.example.com/blog:2"
SETTINGS = "/opt/django-cdk/settings.env"


def docker(stack: cdk.Stack, **options: Any) -> DockerEc2:
    application = {"image": FIRST, "celery_app": "blog", "use_celery_beat": True}
    return DockerEc2(stack, "Blog", **{**application, **options})


@pytest.fixture(scope="module")
def machines(emulator: Emulator) -> Machines:
    return Machines(emulator.folder)


@pytest.fixture(scope="module")
def life(emulator: Emulator) -> Life:
    return Life(emulator, "Docker")


@pytest.fixture(scope="module")
def made(life: Life) -> Outputs:
    """The first deployment."""
    return life.deploy(docker)


def settings(machines: Machines, made: Outputs) -> dict[str, str]:
    """What the scripts on the machine are told."""
    lines = machines.files(made["InstanceId"])[SETTINGS].splitlines()
    pairs = (line.split("=", 1) for line in lines)
    return {name: value.strip("'") for name, value in pairs}


def instance(emulator: Emulator, made: Outputs) -> dict[str, Any]:
    found = emulator.client("ec2").describe_instances(InstanceIds=[made["InstanceId"]])
    (one,) = found["Reservations"][0]["Instances"]
    return dict(one)


def data_volume(emulator: Emulator, made: Outputs) -> dict[str, Any]:
    attached = {"Name": "attachment.instance-id", "Values": [made["InstanceId"]]}
    volumes = emulator.client("ec2").describe_volumes(Filters=[attached])["Volumes"]
    (data,) = [one for one in volumes if one["Attachments"][0]["Device"] == "/dev/sdf"]
    return dict(data)


class TestMade:
    def test_the_machine_is_at_the_address_that_the_outputs_tell(
        self, emulator: Emulator, made: Outputs
    ) -> None:
        found = instance(emulator, made)

        assert found["State"]["Name"] == "running"
        assert found["PublicIpAddress"] == made["PublicIp"] == made["HostName"]
        assert made["Url"] == f"http://{made['PublicIp']}"
        assert found["InstanceType"] == "t3.small"

    def test_only_http_and_https_get_in(self, emulator: Emulator, made: Outputs) -> None:
        ids = [one["GroupId"] for one in instance(emulator, made)["SecurityGroups"]]
        (group,) = emulator.client("ec2").describe_security_groups(GroupIds=ids)["SecurityGroups"]

        opened = {
            (rule["IpProtocol"], rule["FromPort"], rule["IpRanges"][0]["CidrIp"])
            for rule in group["IpPermissions"]
        }
        assert opened == {("tcp", 80, "0.0.0.0/0"), ("tcp", 443, "0.0.0.0/0")}

    def test_credentials_of_the_machine_are_asked_for_with_a_token(
        self, emulator: Emulator, made: Outputs
    ) -> None:
        options = instance(emulator, made)["MetadataOptions"]

        assert options["HttpTokens"] == "required"
        # Containers are one hop further.
        assert options["HttpPutResponseHopLimit"] == 2

    def test_the_data_are_on_an_encrypted_disk_that_is_backed_up(
        self, emulator: Emulator, made: Outputs
    ) -> None:
        volume = data_volume(emulator, made)
        backup = emulator.client("backup")
        (plan,) = [one["BackupPlanId"] for one in backup.list_backup_plans()["BackupPlansList"]]
        (rule,) = backup.get_backup_plan(BackupPlanId=plan)["BackupPlan"]["Rules"]
        (selected,) = backup.list_backup_selections(BackupPlanId=plan)["BackupSelectionsList"]
        selection = backup.get_backup_selection(
            BackupPlanId=plan, SelectionId=selected["SelectionId"]
        )["BackupSelection"]

        assert volume["Encrypted"] is True
        assert volume["Size"] == 20
        assert rule["Lifecycle"]["DeleteAfterDays"] == 14
        assert [arn.rsplit("/", 1)[-1] for arn in selection["Resources"]] == [volume["VolumeId"]]

    def test_the_machine_gets_its_files_with_all_values_filled_in(
        self, emulator: Emulator, machines: Machines, made: Outputs
    ) -> None:
        files = machines.files(made["InstanceId"])
        told = settings(machines, made)

        assert {Path(path).name for path in files} == {
            "boot.sh",
            "deploy.sh",
            "with_secrets.sh",
            "routes.yml",
            "stack.yml",
            "release.yml",
            "settings.env",
            "secrets.tsv",
        }
        assert told["IMAGE"] == FIRST
        assert told["DATA_SOURCE"] == data_volume(emulator, made)["VolumeId"]
        assert told["URL"].startswith(made["Url"])
        assert not [path for path, text in files.items() if "Fn::" in text or "Token[" in text]

    def test_no_file_holds_a_secret(
        self, emulator: Emulator, machines: Machines, made: Outputs
    ) -> None:
        files = machines.files(made["InstanceId"])
        rows = [
            line.split("\t")
            for line in files["/opt/django-cdk/secrets.tsv"].splitlines()
            if not line.startswith("#")
        ]
        manager = emulator.client("secretsmanager")
        values = [manager.get_secret_value(SecretId=arn)["SecretString"] for _, arn, _ in rows]
        fields = [
            json.loads(value)[field] if field else value
            for value, (_, _, field) in zip(values, rows, strict=True)
        ]

        assert {name for name, _, _ in rows} >= {"SECRET_KEY", "POSTGRES_PASSWORD", "DATABASE_URL"}
        assert all(fields)
        assert not [text for text in files.values() if any(value in text for value in fields)]

    def test_nothing_is_run_over_systems_manager_at_first(
        self, machines: Machines, made: Outputs
    ) -> None:
        assert machines.commands(made["InstanceId"]) == []

    def test_the_repositories_keep_the_last_images(self, emulator: Emulator, made: Outputs) -> None:
        name = made["BackendRepository"].partition("/")[2]
        policy = emulator.client("ecr").get_lifecycle_policy(repositoryName=name)
        rules = json.loads(policy["lifecyclePolicyText"])["rules"]

        assert rules[-1]["selection"]["countNumber"] == 20


@pytest.fixture(scope="module")
def allowed(emulator: Emulator, made: Outputs) -> dict[str, list[str]]:
    """Action -> resources, as the policies of the machine's role say."""
    iam = emulator.client("iam")
    profile = instance(emulator, made)["IamInstanceProfile"]["Arn"].rsplit("/", 1)[-1]
    found = iam.get_instance_profile(InstanceProfileName=profile)["InstanceProfile"]
    (role,) = [one["RoleName"] for one in found["Roles"]]
    assert iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"] == []
    policies = [
        iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
        for name in iam.list_role_policies(RoleName=role)["PolicyNames"]
    ]
    return {
        action: _listed(statement["Resource"])
        for policy in policies
        for statement in policy["Statement"]
        for action in _listed(statement["Action"])
    }


class TestRole:
    """What the machine, and each container on it, may do."""

    def test_it_uses_its_bucket_and_no_other(
        self, allowed: dict[str, list[str]], made: Outputs
    ) -> None:
        bucket = f"arn:aws:s3:::{made['StaticFileBucketName']}"

        assert allowed["s3:PutObject"] == [f"{bucket}/*"]
        assert allowed["s3:ListBucket"] == [bucket]

    def test_no_action_is_a_wildcard(self, allowed: dict[str, list[str]]) -> None:
        assert not [action for action in allowed if "*" in action]

    def test_everywhere_it_does_only_what_knows_no_resource(
        self, allowed: dict[str, list[str]]
    ) -> None:
        everywhere = {action for action, resources in allowed.items() if "*" in resources}

        assert {action.split(":")[0] for action in everywhere} <= {
            "ssmmessages",
            "ec2messages",
            "ecr",
        }
        assert {action for action in everywhere if action.startswith("ecr")} <= {
            "ecr:GetAuthorizationToken"
        }


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


@pytest.fixture(scope="module")
def changed(life: Life, made: Outputs, machines: Machines) -> Outputs:
    """The second: another image and a larger disk."""
    assert machines.commands(made["InstanceId"]) == []
    return life.deploy(functools.partial(docker, image=SECOND, data_volume_gib=40))


class TestChanged:
    def test_the_machine_and_its_disk_are_the_same(
        self, emulator: Emulator, made: Outputs, changed: Outputs
    ) -> None:
        assert changed["InstanceId"] == made["InstanceId"]
        assert changed["PublicIp"] == made["PublicIp"]
        assert data_volume(emulator, changed)["Size"] == 40

    def test_the_machine_has_written_the_new_files(
        self, machines: Machines, changed: Outputs
    ) -> None:
        assert settings(machines, changed)["IMAGE"] == SECOND

    def test_one_update_ran_with_the_release_commands(
        self, machines: Machines, changed: Outputs
    ) -> None:
        (command,) = machines.commands(changed["InstanceId"])

        assert "deploy.sh --image '' --frontend-image '' " in command
        assert "--skip-release" not in command

    def test_a_ci_job_updates_with_the_command_of_the_output(
        self, emulator: Emulator, machines: Machines, changed: Outputs
    ) -> None:
        words = changed["UpdateCommand"].split()
        document = words[words.index("--document-name") + 1]
        ssm = emulator.client("ssm")
        sent = ssm.send_command(
            DocumentName=document,
            InstanceIds=[changed["InstanceId"]],
            Parameters={"Image": ["registry.example.com/blog:ci"]},
        )
        ssm.get_waiter("command_executed").wait(
            CommandId=sent["Command"]["CommandId"],
            InstanceId=changed["InstanceId"],
            WaiterConfig={"Delay": 1, "MaxAttempts": 30},
        )

        command = machines.commands(changed["InstanceId"])[-1]
        assert "--image 'registry.example.com/blog:ci'" in command
        with pytest.raises(ssm.exceptions.InvalidParameters):
            ssm.send_command(
                DocumentName=document,
                InstanceIds=[changed["InstanceId"]],
                Parameters={"Image": ["x'; rm -rf / #"]},
            )

    def test_an_update_that_fails_fails_the_deployment_and_is_taken_back(
        self, emulator: Emulator, life: Life, machines: Machines, changed: Outputs
    ) -> None:
        machines.will(update=Ending(code=1, output="django.db.utils.ProgrammingError: no such"))
        bad = {"image": "registry.example.com/blog:3", "data_volume_gib": 60}
        with pytest.raises(DeploymentError) as failed:
            life.deploy(functools.partial(docker, **bad))
        reasons = [one.reason for one in failed.value.failures]
        last, taken_back = machines.commands(changed["InstanceId"])[-2:]

        assert any("ProgrammingError: no such" in reason for reason in reasons)
        assert any("ended as Failed" in reason for reason in reasons)
        assert "--skip-release" not in last
        # The version before must not run its migrations against the newer schema.
        assert "--skip-release" in taken_back
        assert failed.value.status == "UPDATE_ROLLBACK_COMPLETE"
        assert settings(machines, changed)["IMAGE"] == SECOND
        # A disk can't shrink.
        assert data_volume(emulator, changed)["Size"] == 60

    def test_the_next_good_deployment_succeeds(
        self, life: Life, machines: Machines, changed: Outputs
    ) -> None:
        image = "registry.example.com/blog:4"
        now = life.deploy(functools.partial(docker, image=image, data_volume_gib=60))

        assert now["InstanceId"] == changed["InstanceId"]
        assert settings(machines, now)["IMAGE"] == image


class TestDeleted:
    def test_data_files_and_secrets_stay_and_nothing_else(self, emulator: Emulator) -> None:
        before = inventory(emulator)
        life = Life(emulator, "KeptDocker")
        life.deploy(docker)
        life.destroy()

        kinds = [kind for kind, _name in kept(emulator, before, life.name)]
        assert {kind: kinds.count(kind) for kind in kinds} == {
            "backup vault": 1,
            # Files, and who asked for them.
            "bucket": 2,
            "repository": 2,
            "secret": 3,
            # Of the data disk.
            "snapshot": 1,
        }

    def test_with_destroy_nothing_stays(self, emulator: Emulator) -> None:
        before = inventory(emulator)
        life = Life(emulator, "GoneDocker")
        made = life.deploy(
            functools.partial(
                docker,
                removal_policy=cdk.RemovalPolicy.DESTROY,
                data_storage="efs",
            )
        )
        emulator.client("s3").put_object(
            Bucket=made["StaticFileBucketName"], Key="media/cat.png", Body=b"cat"
        )
        life.destroy()

        assert kept(emulator, before, life.name) == set()

    def test_a_machine_that_does_not_come_up_fails_the_stack_and_leaves_nothing_running(
        self, emulator: Emulator, machines: Machines
    ) -> None:
        before = inventory(emulator)
        life = Life(emulator, "BrokenDocker")
        machines.will(boot=Ending(code=1))
        with pytest.raises(DeploymentError) as failed:
            life.deploy(functools.partial(docker, removal_policy=cdk.RemovalPolicy.DESTROY))
        life.destroy()

        assert failed.value.status == "ROLLBACK_COMPLETE"
        assert "received failed message" in failed.value.failures[0].reason.lower()
        assert kept(emulator, before, life.name) == set()
