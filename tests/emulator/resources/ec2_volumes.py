"""EBS volumes and where they are attached.

AWS: a volume is attached once and in its own zone, an attached one can't be deleted, and none
shrinks. ministack 1.5.33 has the API and not the types.
"""

from __future__ import annotations

from typing import Any

from ministack.services import ec2 as service
from ministack.services.cloudformation import _stacks as stacks
from ministack.services.cloudformation import provisioners

from tests.emulator.api import client
from tests.emulator.ministack_parts import Made, Properties, register


def _create_volume(_logical_id: str, properties: Properties, _stack: str) -> Made:
    names = ("AvailabilityZone", "VolumeType", "SnapshotId", "KmsKeyId")
    given: dict[str, Any] = {name: properties[name] for name in names if name in properties}
    given["Encrypted"] = str(properties.get("Encrypted", False)).lower() == "true"
    volume = client("ec2").create_volume(Size=int(properties["Size"]), **given)["VolumeId"]
    tag(volume, properties)
    return volume, {"VolumeId": volume}


def _update_volume(
    volume: str, old: Properties, new: Properties, stack: str, logical_id: str
) -> Made:
    in_place = ("Size", "VolumeType", "Tags")
    if any(old.get(name) != new.get(name) for name in {*old, *new} - {*in_place}):
        return _create_volume(logical_id, new, stack)
    if int(new["Size"]) < int(old["Size"]):
        # CloudFormation does not try to shrink a disk when it goes back.
        if "ROLLBACK" in stacks[stack]["StackStatus"]:
            return volume, {"VolumeId": volume}
        message = f"New size cannot be smaller than existing size of {volume}"
        raise ValueError(message)
    kind = {"VolumeType": new["VolumeType"]} if "VolumeType" in new else {}
    client("ec2").modify_volume(VolumeId=volume, Size=int(new["Size"]), **kind)
    return volume, {"VolumeId": volume}


def _delete_volume(volume: str, _properties: Properties) -> None:
    client("ec2").delete_volume(VolumeId=volume)


def _snapshot_volume(volume: str, _properties: Properties) -> None:
    """What DeletionPolicy Snapshot leaves; ministack answers no HTTP just then."""
    service._create_snapshot({"VolumeId": [volume]})


def _create_attachment(_logical_id: str, properties: Properties, _stack: str) -> Made:
    volume, instance = properties["VolumeId"], properties["InstanceId"]
    record = service._volumes[volume]
    zone = service._instances[instance]["Placement"]["AvailabilityZone"]
    if record["AvailabilityZone"] != zone:
        message = f"The volume '{volume}' is not in the same availability zone as '{instance}'"
        raise ValueError(message)
    if record["Attachments"]:
        message = f"{volume} is already attached to an instance"
        raise ValueError(message)
    device = properties["Device"]
    client("ec2").attach_volume(VolumeId=volume, InstanceId=instance, Device=device)
    return f"{volume}|{instance}", {}


def _delete_attachment(_physical_id: str, properties: Properties) -> None:
    client("ec2").detach_volume(VolumeId=properties["VolumeId"])


def tag(resource: str, properties: Properties) -> None:
    """Gives a resource of EC2 the tags of its template."""
    if properties.get("Tags"):
        client("ec2").create_tags(Resources=[resource], Tags=properties["Tags"])


def install() -> None:
    """Gives the types to ministack."""
    register(
        "AWS::EC2::Volume", create=_create_volume, update=_update_volume, delete=_delete_volume
    )
    provisioners._RESOURCE_HANDLERS["AWS::EC2::Volume"]["snapshot"] = _snapshot_volume
    register("AWS::EC2::VolumeAttachment", create=_create_attachment, delete=_delete_attachment)
