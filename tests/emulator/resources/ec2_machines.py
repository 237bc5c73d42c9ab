"""EC2 instances, their network interfaces and fixed addresses.

AWS: an instance takes from its launch template what it does not say itself, resolves
`resolve:ssm:`, sits on the network interface it is given, and has that one's addresses and security
groups; its system disk comes from its block devices. ministack 1.5.33 has no such types; its API
forgets the launch template, the interface, block devices and metadata options.
`tests.emulator.machines` plays what the instance does.
"""

from __future__ import annotations

import base64
import functools
from typing import Any

import ministack.services.ec2 as service
from botocore.exceptions import ClientError
from ministack.core.responses import get_account_id, get_region, request_scope

from tests.emulator.api import client
from tests.emulator.machines import Machines, Player, in_background
from tests.emulator.ministack_parts import Made, Properties, register, wrap
from tests.emulator.resources.ec2_volumes import tag
from tests.emulator.sessions import session_of

#: Kept beside ministack's own record of an instance, which has no room for it.
_options: dict[str, Properties] = {}


def _create_interface(_logical_id: str, properties: Properties, _stack: str) -> Made:
    ec2 = client("ec2")
    interface = ec2.create_network_interface(
        SubnetId=properties["SubnetId"],
        Groups=properties.get("GroupSet", []),
        Description=properties.get("Description", ""),
    )["NetworkInterface"]
    name = interface["NetworkInterfaceId"]
    tag(name, properties)
    return name, {"Id": name, "PrimaryPrivateIpAddress": interface["PrivateIpAddress"]}


def _update_interface(
    interface: str, old: Properties, new: Properties, stack: str, logical_id: str
) -> Made:
    if old["SubnetId"] != new["SubnetId"]:
        return _create_interface(logical_id, new, stack)
    record = service._network_interfaces[interface]
    groups = service._security_groups
    record["Description"] = new.get("Description", "")
    record["Groups"] = [
        {"GroupId": group, "GroupName": groups[group]["GroupName"]}
        for group in new.get("GroupSet", [])
    ]
    return interface, {"Id": interface, "PrimaryPrivateIpAddress": record["PrivateIpAddress"]}


def _delete_interface(interface: str, _properties: Properties) -> None:
    if service._network_interfaces[interface].get("Attachment"):
        message = f"Network interface '{interface}' is currently in use."
        raise ValueError(message)
    client("ec2").delete_network_interface(NetworkInterfaceId=interface)


def _create_association(_logical_id: str, properties: Properties, _stack: str) -> Made:
    """An address on an interface shows on the instance that sits there."""
    interface = properties.get("NetworkInterfaceId")
    target = {} if interface else {"InstanceId": properties["InstanceId"]}
    made = client("ec2").associate_address(AllocationId=properties["AllocationId"], **target)
    if interface:
        address = service._addresses[properties["AllocationId"]]
        service._network_interfaces[interface]["PublicIp"] = address["PublicIp"]
    return made["AssociationId"], {"Id": made["AssociationId"]}


def _delete_association(association: str, properties: Properties) -> None:
    client("ec2").disassociate_address(AssociationId=association)
    interface = service._network_interfaces.get(properties.get("NetworkInterfaceId", ""), {})
    interface.pop("PublicIp", None)


def _create_instance(machines: Machines, logical_id: str, given: Properties, _stack: str) -> Made:
    properties = {**_from_template(given), **given}
    (first,) = properties["NetworkInterfaces"]
    interface = service._network_interfaces[first["NetworkInterfaceId"]]
    profile = properties["IamInstanceProfile"]
    role = client("iam").get_instance_profile(InstanceProfileName=profile)
    user_data = base64.b64decode(properties.get("UserData", "")).decode()
    made = client("ec2").run_instances(
        MinCount=1,
        MaxCount=1,
        ImageId=_image(properties["ImageId"]),
        InstanceType=properties["InstanceType"],
        SubnetId=interface["SubnetId"],
        SecurityGroupIds=[one["GroupId"] for one in interface["Groups"]],
        IamInstanceProfile={"Name": profile},
        UserData=user_data,
        **({"KeyName": properties["KeyName"]} if "KeyName" in properties else {}),
    )
    instance = made["Instances"][0]["InstanceId"]
    tag(instance, properties)
    _sit_down(instance, interface, properties)
    _boot(machines, instance, role["InstanceProfile"]["Roles"][0]["Arn"], user_data)
    return instance, _attributes(instance)


def _from_template(given: Properties) -> Properties:
    wanted = given.get("LaunchTemplate")
    if not wanted:
        return {}
    versions = service._launch_templates[wanted["LaunchTemplateId"]]["Versions"]
    (version,) = (one for one in versions if str(one["VersionNumber"]) == str(wanted["Version"]))
    data: Properties = version["LaunchTemplateData"]
    return data


def _image(image: str) -> str:
    """`resolve:ssm:NAME` as an id. AWS keeps the public parameters of Amazon Linux itself."""
    name = image.removeprefix("resolve:ssm:")
    if name == image:
        return image
    ssm = client("ssm")
    try:
        return str(ssm.get_parameter(Name=name)["Parameter"]["Value"])
    except ClientError:
        if name.startswith("/aws/service/ami-amazon-linux-latest/"):
            return "ami-0a0a0a0a0a0a0a0a0"
        raise


def _sit_down(instance: str, interface: Properties, properties: Properties) -> None:
    """What ministack's API does not take."""
    record = service._instances[instance]
    record["PrivateIpAddress"] = interface["PrivateIpAddress"]
    record["PublicIpAddress"] = interface.get("PublicIp", "")
    record["Placement"]["AvailabilityZone"] = interface["AvailabilityZone"]
    record["_ssm_managed"] = True
    interface["Attachment"] = {
        "AttachmentId": f"eni-attach-{instance[2:]}",
        "InstanceId": instance,
        "DeviceIndex": 0,
        "Status": "attached",
        "AttachTime": record["LaunchTime"],
    }
    root = service._volumes[record["BlockDeviceMappings"][0]["Ebs"]["VolumeId"]]
    root["AvailabilityZone"] = interface["AvailabilityZone"]
    for device in properties.get("BlockDeviceMappings", []):
        if device["DeviceName"] == record["RootDeviceName"]:
            disk = device["Ebs"]
            root["Size"] = int(disk["VolumeSize"])
            root["VolumeType"] = disk["VolumeType"]
            root["Encrypted"] = str(disk["Encrypted"]).lower() == "true"
    _options[instance] = properties.get("MetadataOptions", {})


def _boot(machines: Machines, instance: str, role: str, user_data: str) -> None:
    player = player_of(machines, instance, role)
    account, region = get_account_id(), get_region()

    def boot() -> None:
        with request_scope(account, region):
            player.boot(user_data)

    in_background(boot)


def player_of(machines: Machines, instance: str, role: str) -> Player:
    """Who plays an instance, with the role that its credentials are of."""
    session = session_of(role, instance, service="ec2.amazonaws.com")
    return Player(machines, instance, client=client, as_role=session)


def _attributes(instance: str) -> dict[str, Any]:
    record = service._instances[instance]
    return {
        "InstanceId": instance,
        "AvailabilityZone": record["Placement"]["AvailabilityZone"],
        "PrivateIp": record["PrivateIpAddress"],
        "PublicIp": record["PublicIpAddress"],
        "PrivateDnsName": record["PrivateDnsName"],
        "PublicDnsName": record["PublicDnsName"],
        "VpcId": record["VpcId"],
    }


# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-instance.html
_IN_PLACE = ("Tags", "IamInstanceProfile", "MetadataOptions")
# With a stop and a start.
_WITH_RESTART = ("InstanceType", "UserData")


def _update_instance(
    machines: Machines,
    instance: str,
    old: Properties,
    new: Properties,
    stack: str,
    logical_id: str,
) -> Made:
    changed = {name for name in {*old, *new} if old.get(name) != new.get(name)}
    if changed - {*_IN_PLACE, *_WITH_RESTART}:
        return _create_instance(machines, logical_id, new, stack)
    record = service._instances[instance]
    record["InstanceType"] = new["InstanceType"]
    _options[instance] = new.get("MetadataOptions", {})
    tag(instance, new)
    return instance, _attributes(instance)


def _terminate(instance: str, _properties: Properties) -> None:
    record = service._instances[instance]
    roots = [one["Ebs"]["VolumeId"] for one in record["BlockDeviceMappings"]]
    client("ec2").terminate_instances(InstanceIds=[instance])
    for volume in roots:
        service._volumes.pop(volume, None)
    for interface in service._network_interfaces.values():
        if (interface.get("Attachment") or {}).get("InstanceId") == instance:
            interface["Attachment"] = None
    _options.pop(instance, None)


def _with_options(original: Any) -> Any:
    """DescribeInstances tells the metadata options."""

    def xml(instance: dict[str, Any]) -> str:
        text: str = original(instance)
        options = _options.get(instance["InstanceId"])
        if not options:
            return text
        told = (
            "<metadataOptions><state>applied</state>"
            f"<httpTokens>{options.get('HttpTokens', 'optional')}</httpTokens>"
            "<httpPutResponseHopLimit>"
            f"{options.get('HttpPutResponseHopLimit', 1)}</httpPutResponseHopLimit>"
            "</metadataOptions>"
        )
        return text.removesuffix("</item>") + told + "</item>"

    return xml


def install(machines: Machines) -> None:
    """Gives the types to ministack."""
    register(
        "AWS::EC2::NetworkInterface",
        create=_create_interface,
        update=_update_interface,
        delete=_delete_interface,
    )
    register("AWS::EC2::EIPAssociation", create=_create_association, delete=_delete_association)
    register(
        "AWS::EC2::Instance",
        create=functools.partial(_create_instance, machines),
        update=functools.partial(_update_instance, machines),
        delete=_terminate,
    )
    wrap(service, "_instance_xml", _with_options)
