"""EKS: cluster, nodes, add-ons, access entries, pod identity; and no Kubernetes.

AWS: CloudFormation waits for the cluster, which brings a security group of its own in its VPC and
takes it away again. What names a role or an add-on's namespace is checked. ministack 1.5.33 has the
APIs and no types for most of it, invents the id of that security group, loses a node group's
capacity type, and a cluster's bootstrap options.

Without docker there is no Kubernetes API behind the cluster. The CDK's functions that call it with
kubectl and helm are left out; `tests.emulator.kubernetes` keeps what they are told to apply.
"""

from __future__ import annotations

import time
from typing import Any

import ministack.services.eks as service
from ministack.services.cloudformation import provisioners

from tests.emulator.api import client, parameters
from tests.emulator.ministack_parts import Made, Properties, register, run_off_the_event_loop, wrap

_SECONDS = 30


def _cluster_create(original: Any) -> Any:
    def create(logical_id: str, properties: Properties, stack: str) -> Made:
        _check_role(properties["RoleArn"], "eks.amazonaws.com")
        name, _attributes = original(logical_id, properties, stack)
        _wait(name)
        record = service._clusters[name]
        network = record["resourcesVpcConfig"]
        network["clusterSecurityGroupId"] = _make_security_group(name, network)
        access = properties.get("AccessConfig", {})
        creator = access.get("BootstrapClusterCreatorAdminPermissions", True)
        record["accessConfig"]["bootstrapClusterCreatorAdminPermissions"] = _is_true(creator)
        record["computeConfig"] = _compute(properties)
        record["certificateAuthority"] = {"data": "Y2VydGlmaWNhdGU="}
        return name, provisioners._eks_cluster_attrs(record)

    return create


def _compute(properties: Properties) -> dict[str, Any]:
    compute = properties.get("ComputeConfig", {})
    return {
        "enabled": _is_true(compute.get("Enabled", False)),
        "nodePools": compute.get("NodePools", []),
        "nodeRoleArn": compute.get("NodeRoleArn", ""),
    }


def _is_true(value: object) -> bool:
    return str(value).lower() == "true"


def _wait(name: str) -> None:
    deadline = time.monotonic() + _SECONDS
    while client("eks").describe_cluster(name=name)["cluster"]["status"] != "ACTIVE":
        if time.monotonic() > deadline:
            message = f"cluster {name} is not active after {_SECONDS} s"
            raise ValueError(message)
        time.sleep(0.05)


def _make_security_group(cluster: str, network: dict[str, Any]) -> str:
    ec2 = client("ec2")
    subnets = ec2.describe_subnets(SubnetIds=network["subnetIds"])["Subnets"]
    network["vpcId"] = subnets[0]["VpcId"]
    group = ec2.create_security_group(
        GroupName=f"eks-cluster-sg-{cluster}",
        Description="EKS created security group applied to ENI that is attached to EKS "
        "Control Plane master nodes, as well as any managed workloads.",
        VpcId=network["vpcId"],
    )["GroupId"]
    itself = [{"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": group}]}]
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=itself)
    return str(group)


def _cluster_delete(original: Any) -> Any:
    """AWS refuses while there are node groups; add-ons go with the cluster."""

    def delete(name: str, properties: Properties) -> None:
        if client("eks").list_nodegroups(clusterName=name)["nodegroups"]:
            message = f"Cluster {name} has nodegroups attached"
            raise ValueError(message)
        group = service._clusters[name]["resourcesVpcConfig"]["clusterSecurityGroupId"]
        original(name, properties)
        client("ec2").delete_security_group(GroupId=group)

    return delete


def _check_role(arn: str, principal: str) -> None:
    """A role that the service may take."""
    name = arn.rsplit("/", 1)[-1]
    trust = client("iam").get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"]
    services = [
        one
        for statement in trust["Statement"]
        for one in _listed(statement["Principal"].get("Service", []))
    ]
    if principal not in services:
        message = f"{arn} can't be assumed by {principal}"
        raise ValueError(message)


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def _nodegroup_create(original: Any) -> Any:
    def create(logical_id: str, properties: Properties, stack: str) -> Made:
        _check_role(properties["NodeRole"], "ec2.amazonaws.com")
        client("ec2").describe_subnets(SubnetIds=properties["Subnets"])
        name, attributes = original(logical_id, properties, stack)
        record = service._nodegroups[f"{properties['ClusterName']}/{name}"]
        record["capacityType"] = properties.get("CapacityType", "ON_DEMAND")
        return name, attributes | {"Id": f"{properties['ClusterName']}/{name}"}

    return create


def _create_addon(_logical_id: str, properties: Properties, _stack: str) -> Made:
    request = parameters("eks", "CreateAddon", properties, without=("Tags",))
    addon = client("eks").create_addon(**request)["addon"]
    physical_id = f"{properties['ClusterName']}|{properties['AddonName']}"
    return physical_id, {"Arn": addon["addonArn"]}


def _update_addon(
    physical_id: str, old: Properties, new: Properties, stack: str, logical_id: str
) -> Made:
    if (old["ClusterName"], old["AddonName"]) != (new["ClusterName"], new["AddonName"]):
        return _create_addon(logical_id, new, stack)
    request = parameters("eks", "UpdateAddon", new, without=("Tags",))
    client("eks").update_addon(**request)
    found = client("eks").describe_addon(clusterName=new["ClusterName"], addonName=new["AddonName"])
    return physical_id, {"Arn": found["addon"]["addonArn"]}


def _delete_addon(physical_id: str, _properties: Properties) -> None:
    cluster, name = physical_id.split("|")
    client("eks").delete_addon(clusterName=cluster, addonName=name)


def _create_entry(_logical_id: str, properties: Properties, _stack: str) -> Made:
    eks = client("eks")
    request = parameters("eks", "CreateAccessEntry", properties, without=("AccessPolicies", "Tags"))
    entry = eks.create_access_entry(**request)["accessEntry"]
    for policy in properties.get("AccessPolicies", []):
        association = {**policy, "ClusterName": entry["clusterName"]}
        association["PrincipalArn"] = entry["principalArn"]
        eks.associate_access_policy(**parameters("eks", "AssociateAccessPolicy", association))
    return f"{entry['principalArn']}|{entry['clusterName']}", {
        "AccessEntryArn": entry["accessEntryArn"]
    }


def _delete_entry(physical_id: str, _properties: Properties) -> None:
    principal, cluster = physical_id.split("|")
    client("eks").delete_access_entry(clusterName=cluster, principalArn=principal)


def _create_pod_identity(_logical_id: str, properties: Properties, _stack: str) -> Made:
    _check_role(properties["RoleArn"], "pods.eks.amazonaws.com")
    request = parameters("eks", "CreatePodIdentityAssociation", properties, without=("Tags",))
    made = client("eks").create_pod_identity_association(**request)["association"]
    return made["associationArn"], {
        "AssociationArn": made["associationArn"],
        "AssociationId": made["associationId"],
    }


def _delete_pod_identity(arn: str, properties: Properties) -> None:
    client("eks").delete_pod_identity_association(
        clusterName=properties["ClusterName"], associationId=arn.rsplit("/", 1)[-1]
    )


def install() -> None:
    """Gives the types to ministack."""
    wrap(provisioners, "_eks_cluster_create", _cluster_create)
    wrap(provisioners, "_eks_cluster_delete", _cluster_delete)
    wrap(provisioners, "_eks_nodegroup_create", _nodegroup_create)
    for name in ("AWS::EKS::Cluster", "AWS::EKS::Nodegroup"):
        run_off_the_event_loop(name)
    register("AWS::EKS::Addon", create=_create_addon, update=_update_addon, delete=_delete_addon)
    register("AWS::EKS::AccessEntry", create=_create_entry, delete=_delete_entry)
    register(
        "AWS::EKS::PodIdentityAssociation",
        create=_create_pod_identity,
        delete=_delete_pod_identity,
    )
