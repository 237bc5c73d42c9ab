"""The machine: its system, its disks, its address, and who gets in."""

from __future__ import annotations

import json

import pytest

from tests.ec2.conftest import Synthesized, flat, make


def test_only_ports_80_and_443_are_open(plain: Synthesized) -> None:
    template = plain.template
    rules = template.ingress(template.of(plain.construct.door.security_group))

    assert [(rule["FromPort"], rule["ToPort"]) for rule in rules] == [(80, 80), (443, 443)]


def test_ssh_is_open_to_the_given_range_only() -> None:
    made = make(use_ssh=True, key_name="ops", ssh_range="192.0.2.0/24")
    rules = made.template.ingress(made.template.of(made.construct.door.security_group))

    assert [rule["CidrIp"] for rule in rules if rule["FromPort"] == 22] == ["192.0.2.0/24"]
    assert made.instance["KeyName"] == "ops"


def test_credentials_are_given_by_imdsv2_only(plain: Synthesized) -> None:
    assert plain.instance["MetadataOptions"]["HttpTokens"] == "required"


def test_containers_reach_the_roles_credentials(plain: Synthesized) -> None:
    assert plain.instance["MetadataOptions"]["HttpPutResponseHopLimit"] == 2


def test_every_disk_is_encrypted(plain: Synthesized) -> None:
    (root,) = plain.instance["BlockDeviceMappings"]

    assert root["Ebs"]["Encrypted"] is True
    assert plain.template.one("AWS::EC2::Volume")["Encrypted"] is True


@pytest.mark.parametrize(("architecture", "name"), [("X86_64", "x86_64"), ("ARM64", "arm64")])
def test_the_system_is_amazon_linux_2023_as_of_the_start_of_the_instance(
    architecture: str, name: str
) -> None:
    made = make(cpu_architecture=architecture)
    template = made.template.one("AWS::EC2::LaunchTemplate")

    parameter = f"/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-{name}"
    assert template["LaunchTemplateData"] == {"ImageId": f"resolve:ssm:{parameter}"}
    # As a property or parameter of the stack a new image would replace the machine.
    assert made.instance.get("ImageId") is None
    assert parameter not in json.dumps(made.template.body.get("Parameters", {}))


def test_the_address_is_there_before_the_instance_starts(plain: Synthesized) -> None:
    template = plain.template
    association = template.one("AWS::EC2::EIPAssociation")
    interface = template.one("AWS::EC2::NetworkInterface")

    assert association["NetworkInterfaceId"] == interface.attribute("Id")
    assert association.id in template.leans_on(plain.instance)
    (attached,) = plain.instance["NetworkInterfaces"]
    assert attached["NetworkInterfaceId"] == interface.attribute("Id")


def test_the_stack_waits_for_the_signal_that_follows_the_answer(plain: Synthesized) -> None:
    ready = plain.template.one("AWS::CloudFormation::WaitCondition")
    user_data = flat(plain.instance["UserData"]["Fn::Base64"])
    *_, last = plain.init["start"]["commands"].values()

    assert ready.definition["CreationPolicy"]["ResourceSignal"] == {"Count": 1, "Timeout": "PT30M"}
    assert "cfn-init" in user_data
    assert (
        f"cfn-signal -e $? --region <AWS::Region> --stack <AWS::StackName> --resource {ready.id}"
        in (user_data)
    )
    assert last["command"] == "bash /opt/django-cdk/boot.sh wait"


def test_the_disk_is_attached_while_the_instance_waits_for_it(plain: Synthesized) -> None:
    template = plain.template
    attachment = template.one("AWS::EC2::VolumeAttachment")

    assert attachment["InstanceId"] == plain.instance.ref
    assert attachment.id not in template.leans_on(plain.instance)
    ready = template.one("AWS::CloudFormation::WaitCondition")
    assert attachment.id in template.leans_on(ready)


def test_boot_prepares_then_deploys_then_waits(plain: Synthesized) -> None:
    assert plain.init["configSets"]["boot"] == ["packages", "files", "start"]
    commands = [one["command"] for one in plain.init["start"]["commands"].values()]
    assert [command.split("/")[-1] for command in commands] == [
        *("boot.sh prepare", "deploy.sh", "boot.sh wait"),
    ]


def test_another_image_is_no_other_machine() -> None:
    one, other = make(image="blog:1"), make(image="blog:2")

    assert one.instance.properties == other.instance.properties
    assert one.trigger != other.trigger


def test_the_machine_gets_shells_and_commands_from_systems_manager(plain: Synthesized) -> None:
    actions = {action for one in plain.role_statements for action in _list(one["Action"])}

    assert {"ssm:UpdateInstanceInformation", "ssmmessages:OpenDataChannel"} <= actions
    assert not plain.template.of(plain.construct.role).get("ManagedPolicyArns")


def test_the_role_may_do_nothing_to_everything(plain: Synthesized) -> None:
    wide = {
        action
        for one in plain.role_statements
        if one["Resource"] == "*"
        for action in _list(one["Action"])
    }

    assert all(
        action.startswith(("ssmmessages:", "ec2messages:"))
        for action in wide - {"ecr:GetAuthorizationToken"}
    )
    assert not any(
        "*" in action for one in plain.role_statements for action in _list(one["Action"])
    )


def _list(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value
