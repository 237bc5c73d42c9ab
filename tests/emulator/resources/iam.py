"""IAM groups, access keys and instance profiles.

AWS shows an access key's secret to CloudFormation once, as an attribute; another Serial is another
key. The Ref of an instance profile is its name. ministack 1.5.33 has no types for the first two,
and gives the profile's ARN.
"""

from __future__ import annotations

from tests.emulator.api import client
from tests.emulator.ministack_parts import Made, Properties, physical_name, register


def _create_group(logical_id: str, properties: Properties, stack: str) -> Made:
    name = properties.get("GroupName") or physical_name(stack, logical_id, longest=128)
    group = client("iam").create_group(GroupName=name, Path=properties.get("Path", "/"))["Group"]
    for arn in properties.get("ManagedPolicyArns", []):
        client("iam").attach_group_policy(GroupName=name, PolicyArn=arn)
    return name, {"Arn": group["Arn"]}


def _delete_group(name: str, properties: Properties) -> None:
    for arn in properties.get("ManagedPolicyArns", []):
        client("iam").detach_group_policy(GroupName=name, PolicyArn=arn)
    client("iam").delete_group(GroupName=name)


def _create_key(_logical_id: str, properties: Properties, _stack: str) -> Made:
    iam, user = client("iam"), properties["UserName"]
    key = iam.create_access_key(UserName=user)["AccessKey"]
    if properties.get("Status", "Active") != "Active":
        iam.update_access_key(UserName=user, AccessKeyId=key["AccessKeyId"], Status="Inactive")
    return key["AccessKeyId"], {"SecretAccessKey": key["SecretAccessKey"]}


def _delete_key(key: str, properties: Properties) -> None:
    client("iam").delete_access_key(UserName=properties["UserName"], AccessKeyId=key)


def _create_profile(logical_id: str, properties: Properties, stack: str) -> Made:
    iam = client("iam")
    name = properties.get("InstanceProfileName") or physical_name(stack, logical_id, longest=128)
    profile = iam.create_instance_profile(
        InstanceProfileName=name, Path=properties.get("Path", "/")
    )["InstanceProfile"]
    (role,) = properties["Roles"]
    iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=role)
    return name, {"Arn": profile["Arn"]}


def _delete_profile(name: str, properties: Properties) -> None:
    (role,) = properties["Roles"]
    client("iam").remove_role_from_instance_profile(InstanceProfileName=name, RoleName=role)
    client("iam").delete_instance_profile(InstanceProfileName=name)


def install() -> None:
    """Gives the types to ministack."""
    register("AWS::IAM::Group", create=_create_group, delete=_delete_group)
    register("AWS::IAM::AccessKey", create=_create_key, delete=_delete_key)
    register("AWS::IAM::InstanceProfile", create=_create_profile, delete=_delete_profile)
