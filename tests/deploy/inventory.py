"""Everything that an account holds, as far as our stacks make it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jmespath

from tests.emulator.server import Emulator
from tests.emulator.settings import REGION

# Kind -> service, operation, and where the names are in its answer.
_LISTS: Mapping[str, tuple[str, str, str]] = {
    "access control": ("cloudfront", "list_origin_access_controls", "*.Items[].Id"),
    "address": ("ec2", "describe_addresses", "Addresses[].AllocationId"),
    "alarm": ("cloudwatch", "describe_alarms", "MetricAlarms[].AlarmName"),
    "backup plan": ("backup", "list_backup_plans", "BackupPlansList[].BackupPlanId"),
    "backup vault": ("backup", "list_backup_vaults", "BackupVaultList[].BackupVaultName"),
    "bucket": ("s3", "list_buckets", "Buckets[].Name"),
    "cache": ("elasticache", "describe_replication_groups", "*[].ReplicationGroupId"),
    "cache snapshot": ("elasticache", "describe_snapshots", "*[].SnapshotName"),
    "certificate": ("acm", "list_certificates", "*[].CertificateArn"),
    "cluster": ("ecs", "list_clusters", "clusterArns"),
    "database": ("rds", "describe_db_instances", "DBInstances[].DBInstanceIdentifier"),
    "database snapshot": ("rds", "describe_db_snapshots", "*[].DBSnapshotIdentifier"),
    "database subnets": ("rds", "describe_db_subnet_groups", "*[].DBSubnetGroupName"),
    "distribution": ("cloudfront", "list_distributions", "DistributionList.Items[].Id"),
    "edge function": ("cloudfront", "list_functions", "FunctionList.Items[].Name"),
    "endpoint": ("ec2", "describe_vpc_endpoints", "VpcEndpoints[].VpcEndpointId"),
    "file system": ("efs", "describe_file_systems", "FileSystems[].FileSystemId"),
    "function": ("lambda", "list_functions", "Functions[].FunctionName"),
    "group": ("iam", "list_groups", "Groups[].GroupName"),
    "headers policy": (
        "cloudfront",
        "list_response_headers_policies",
        "*.Items[?Type=='custom'][].ResponseHeadersPolicy.Id",
    ),
    "instance": (
        "ec2",
        "describe_instances",
        "Reservations[].Instances[?State.Name!='terminated'][].InstanceId",
    ),
    "instance profile": ("iam", "list_instance_profiles", "*[].InstanceProfileName"),
    "internet gateway": ("ec2", "describe_internet_gateways", "*[].InternetGatewayId"),
    "key group": ("cloudfront", "list_key_groups", "KeyGroupList.Items[].KeyGroup.Id"),
    "Kubernetes cluster": ("eks", "list_clusters", "clusters"),
    "launch template": ("ec2", "describe_launch_templates", "*[].LaunchTemplateId"),
    "load balancer": ("elbv2", "describe_load_balancers", "LoadBalancers[].LoadBalancerArn"),
    "log group": ("logs", "describe_log_groups", "logGroups[].logGroupName"),
    "NAT gateway": (
        "ec2",
        "describe_nat_gateways",
        "NatGateways[?State!='deleted'].NatGatewayId",
    ),
    "network": ("ec2", "describe_vpcs", "Vpcs[].VpcId"),
    "network interface": ("ec2", "describe_network_interfaces", "*[].NetworkInterfaceId"),
    "policy": ("iam", "list_policies", "Policies[?starts_with(Arn, 'arn:aws:iam::1')].PolicyName"),
    "public key": ("cloudfront", "list_public_keys", "PublicKeyList.Items[].Id"),
    "repository": ("ecr", "describe_repositories", "repositories[].repositoryName"),
    "role": ("iam", "list_roles", "Roles[].RoleName"),
    "secret": ("secretsmanager", "list_secrets", "SecretList[].ARN"),
    "security group": ("ec2", "describe_security_groups", "SecurityGroups[].GroupId"),
    "snapshot": ("ec2", "describe_snapshots", "Snapshots[].SnapshotId"),
    "state machine": ("stepfunctions", "list_state_machines", "stateMachines[].name"),
    "subnet": ("ec2", "describe_subnets", "Subnets[].SubnetId"),
    "target group": ("elbv2", "describe_target_groups", "TargetGroups[].TargetGroupArn"),
    "user": ("iam", "list_users", "Users[].UserName"),
    "volume": ("ec2", "describe_volumes", "Volumes[].VolumeId"),
    "VPC origin": ("cloudfront", "list_vpc_origins", "VpcOriginList.Items[].Id"),
}
# What publishing a stack's assets leaves: it is no part of the stack.
_OF_THE_BOOTSTRAP = "cdk-hnb659fds-"

Inventory = frozenset[tuple[str, str]]


def inventory(emulator: Emulator, region: str = REGION) -> Inventory:
    """All that is there, as (kind, name)."""
    return frozenset(
        (kind, name)
        for kind in _LISTS
        for name in _names(emulator, region, kind)
        if not name.startswith(_OF_THE_BOOTSTRAP)
    )


def _names(emulator: Emulator, region: str, kind: str) -> list[str]:
    service, operation, path = _LISTS[kind]
    client = emulator.client(service, region)
    pages: list[dict[str, Any]]
    if client.can_paginate(operation):
        pages = list(client.get_paginator(operation).paginate())
    else:
        pages = [getattr(client, operation)()]
    return [name for page in pages for name in _search(path, page)]


def _search(path: str, page: dict[str, Any]) -> list[str]:
    # "*" stands for whatever the list is called.
    page = {key: value for key, value in page.items() if key != "ResponseMetadata"}
    if path.startswith("*[]"):
        (path,) = [f"{key}{path[1:]}" for key, value in page.items() if isinstance(value, list)]
    return [str(name) for name in _flat(jmespath.search(path, page))]


def _flat(value: Any) -> list[Any]:
    if not isinstance(value, list):
        return [] if value is None else [value]
    return [inner for one in value for inner in _flat(one)]


def kept(
    emulator: Emulator, before: Inventory, stack: str, region: str = REGION
) -> set[tuple[str, str]]:
    """What is there now and was not before a stack was deployed.

    Without the log groups that Lambda itself makes for the CDK's own functions, which are told
    none: on AWS nobody deletes them either.
    """
    of_lambda = f"/aws/lambda/{stack}-"
    return {
        (kind, name)
        for kind, name in inventory(emulator, region) - before
        if not name.startswith(of_lambda)
    }
