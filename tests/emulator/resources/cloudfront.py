"""CloudFront: VPC origins, keys, and a distribution that leans only on what there is.

AWS refuses a distribution that names an origin, policy, function, key group, origin access control
or certificate that does not exist, a certificate outside us-east-1 or for other names, and a domain
that another distribution has; and it refuses a second policy or origin access control of one name.
ministack 1.5.33 stores whatever the template says, hands out the older policy of that name, and
lacks the types of VPC origins and keys. No data moves through a distribution.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Iterator
from typing import Any

import ministack.services.cloudfront as service
from botocore.exceptions import ClientError
from ministack.core.responses import get_account_id, request_scope
from ministack.services.cloudformation import provisioners

from tests.emulator.api import client, parameters
from tests.emulator.ministack_parts import (
    Made,
    Properties,
    register,
    run_off_the_event_loop,
    wrap,
)


def _create_vpc_origin(_logical_id: str, properties: Properties, _stack: str) -> Made:
    _check_endpoint(properties["VpcOriginEndpointConfig"]["Arn"])
    made = client("cloudfront").create_vpc_origin(**_vpc_origin(properties))["VpcOrigin"]
    return made["Id"], {name: made[name] for name in ("Arn", "Id", "Status")}


def _update_vpc_origin(
    origin: str, _old: Properties, new: Properties, _stack: str, _logical_id: str
) -> Made:
    etag = client("cloudfront").get_vpc_origin(Id=origin)["ETag"]
    made = client("cloudfront").update_vpc_origin(Id=origin, IfMatch=etag, **_vpc_origin(new))
    return origin, {name: made["VpcOrigin"][name] for name in ("Arn", "Id", "Status")}


def _delete_vpc_origin(origin: str, _properties: Properties) -> None:
    etag = client("cloudfront").get_vpc_origin(Id=origin)["ETag"]
    client("cloudfront").delete_vpc_origin(Id=origin, IfMatch=etag)


def _vpc_origin(properties: Properties) -> dict[str, Any]:
    given = {"HTTPPort": 80, "HTTPSPort": 443, **properties["VpcOriginEndpointConfig"]}
    protocols = given.pop("OriginSSLProtocols", ["TLSv1.2"])
    given["OriginSslProtocols"] = {"Quantity": len(protocols), "Items": protocols}
    return parameters("cloudfront", "CreateVpcOrigin", {"VpcOriginEndpointConfig": given})


def _check_endpoint(arn: str) -> None:
    """AWS: a load balancer in a VPC that has an internet gateway.

    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-vpc-origins.html
    """
    balancers = client("elbv2").describe_load_balancers(LoadBalancerArns=[arn])["LoadBalancers"]
    in_the_vpc = {"Name": "attachment.vpc-id", "Values": [balancers[0]["VpcId"]]}
    if not client("ec2").describe_internet_gateways(Filters=[in_the_vpc])["InternetGateways"]:
        message = f"the VPC of {arn} has no internet gateway"
        raise ValueError(message)


def _create_key(_logical_id: str, properties: Properties, _stack: str) -> Made:
    made = client("cloudfront").create_public_key(**properties)["PublicKey"]
    return made["Id"], {"Id": made["Id"], "CreatedTime": str(made["CreatedTime"])}


def _delete_key(key: str, _properties: Properties) -> None:
    etag = client("cloudfront").get_public_key(Id=key)["ETag"]
    client("cloudfront").delete_public_key(Id=key, IfMatch=etag)


def _create_key_group(_logical_id: str, properties: Properties, _stack: str) -> Made:
    made = client("cloudfront").create_key_group(**properties)["KeyGroup"]
    return made["Id"], {"Id": made["Id"], "LastModifiedTime": str(made["LastModifiedTime"])}


def _update_key_group(
    group: str, _old: Properties, new: Properties, _stack: str, _logical_id: str
) -> Made:
    etag = client("cloudfront").get_key_group(Id=group)["ETag"]
    made = client("cloudfront").update_key_group(Id=group, IfMatch=etag, **new)["KeyGroup"]
    return group, {"Id": group, "LastModifiedTime": str(made["LastModifiedTime"])}


def _delete_key_group(group: str, _properties: Properties) -> None:
    etag = client("cloudfront").get_key_group(Id=group)["ETag"]
    client("cloudfront").delete_key_group(Id=group, IfMatch=etag)


def _checked_create(original: Any) -> Any:
    def create(logical_id: str, properties: Properties, stack: str) -> Made:
        _check(properties["DistributionConfig"], own=None)
        return original(logical_id, properties, stack)

    return create


def _checked_update(original: Any) -> Any:
    def update(
        distribution: str,
        old: Properties,
        new: Properties,
        stack: str,
        logical_id: str | None = None,
    ) -> Made:
        _check(new["DistributionConfig"], own=distribution)
        return original(distribution, old, new, stack, logical_id)

    return update


def _check(config: Properties, *, own: str | None) -> None:
    """Refuses what AWS refuses.

    :param own: the distribution itself, when it is there already.
    """
    origins = {origin["Id"] for origin in config["Origins"]}
    behaviors = [config["DefaultCacheBehavior"], *config.get("CacheBehaviors", [])]
    for behavior in behaviors:
        if behavior["TargetOriginId"] not in origins:
            message = f"NoSuchOrigin: {behavior['TargetOriginId']}"
            raise ValueError(message)
    for operation, wanted in _mentioned(config["Origins"], behaviors):
        try:
            getattr(client("cloudfront"), operation)(**wanted)
        except ClientError as error:
            raise ValueError(str(error)) from None
    aliases = config.get("Aliases", [])
    _check_certificate(config.get("ViewerCertificate", {}), aliases)
    _check_aliases(aliases, own)


def _mentioned(
    origins: Iterable[Properties], behaviors: Iterable[Properties]
) -> Iterator[tuple[str, dict[str, str]]]:
    """All that must exist, as calls that fail when it does not."""
    for origin in origins:
        if origin.get("OriginAccessControlId"):
            yield "get_origin_access_control", {"Id": origin["OriginAccessControlId"]}
        if "VpcOriginConfig" in origin:
            yield "get_vpc_origin", {"Id": origin["VpcOriginConfig"]["VpcOriginId"]}
    policies = {
        "CachePolicyId": "get_cache_policy",
        "OriginRequestPolicyId": "get_origin_request_policy",
        "ResponseHeadersPolicyId": "get_response_headers_policy",
    }
    for behavior in behaviors:
        for name, operation in policies.items():
            if behavior.get(name):
                yield operation, {"Id": behavior[name]}
        for group in behavior.get("TrustedKeyGroups", []):
            yield "get_key_group", {"Id": group}
        for one in behavior.get("FunctionAssociations", []):
            name = one["FunctionARN"].rsplit("/", 1)[-1]
            # A function that is not published can't be associated.
            yield "describe_function", {"Name": name, "Stage": "LIVE"}


def _check_certificate(viewer: Properties, aliases: Iterable[str]) -> None:
    arn = viewer.get("AcmCertificateArn")
    if not arn:
        if aliases:
            message = f"Aliases {aliases} need a certificate"
            raise ValueError(message)
        return
    if arn.split(":")[3] != "us-east-1":
        message = f"The specified SSL certificate {arn} must be in us-east-1"
        raise ValueError(message)
    with request_scope(get_account_id(), "us-east-1"):
        found = client("acm").describe_certificate(CertificateArn=arn)["Certificate"]
    names = [found["DomainName"], *found.get("SubjectAlternativeNames", [])]
    for alias in aliases:
        if not any(fnmatch.fnmatchcase(alias, name) for name in names):
            message = f"The certificate {arn} does not cover {alias}"
            raise ValueError(message)


def _check_aliases(aliases: Iterable[str], own: str | None) -> None:
    pages = client("cloudfront").get_paginator("list_distributions").paginate()
    for other in (one for page in pages for one in page["DistributionList"].get("Items", [])):
        taken = set(aliases) & set(other["Aliases"].get("Items", []))
        if other["Id"] != own and taken:
            message = f"CNAMEAlreadyExists: {taken} of {other['Id']}"
            raise ValueError(message)


def _refuse_taken_policy(original: Any) -> Any:
    def create(
        store: Any, parse: Any, label: str, properties: Properties, key: str, *place: str
    ) -> Made:
        name = properties[key].get("Name")
        if any(one["Config"]["Name"] == name for one in store.values()):
            message = f"{label} {name} already exists"
            raise ValueError(message)
        return original(store, parse, label, properties, key, *place)

    return create


def _refuse_taken_access_control(original: Any) -> Any:
    def create(logical_id: str, properties: Properties, stack: str) -> Made:
        name = properties["OriginAccessControlConfig"].get("Name")
        if any(one["Name"] == name for one in service._oacs.values()):
            message = f"OriginAccessControlAlreadyExists: {name}"
            raise ValueError(message)
        return original(logical_id, properties, stack)

    return create


def install() -> None:
    """Gives the types to ministack, and the refusals."""
    register(
        "AWS::CloudFront::VpcOrigin",
        create=_create_vpc_origin,
        update=_update_vpc_origin,
        delete=_delete_vpc_origin,
    )
    register("AWS::CloudFront::PublicKey", create=_create_key, delete=_delete_key)
    register(
        "AWS::CloudFront::KeyGroup",
        create=_create_key_group,
        update=_update_key_group,
        delete=_delete_key_group,
    )
    wrap(provisioners, "_cf_distribution_create", _checked_create)
    wrap(provisioners, "_cf_distribution_update", _checked_update)
    run_off_the_event_loop("AWS::CloudFront::Distribution")
    wrap(provisioners, "_cf_policy_create", _refuse_taken_policy)
    wrap(provisioners, "_cf_oac_create", _refuse_taken_access_control)
