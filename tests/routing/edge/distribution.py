"""A distribution as its template describes it: behaviours in order, origins, policies, keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.routing.edge.patterns import matches
from tests.routing.edge.policies import (
    CachePolicy,
    OriginRequestPolicy,
    cache_policy,
    origin_request_policy,
)
from tests.routing.edge.response_headers import ResponseHeadersPolicy
from tests.routing.template import Deployed

# What changes an answer and is not played here: a template that has it needs more of this stand-in.
_UNKNOWN = ("LambdaFunctionAssociations", "ForwardedValues", "FieldLevelEncryptionId", "GrpcConfig")


@dataclass(frozen=True, kw_only=True)
class Behavior:
    """What happens to the requests of one path pattern."""

    pattern: str
    origin: str
    methods: frozenset[str]
    protocol: str
    cache: CachePolicy
    origin_request: OriginRequestPolicy
    response_headers: ResponseHeadersPolicy | None
    function: str | None
    keys: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where requests go. Either a bucket or a load balancer."""

    id: str
    domain_name: str
    path: str
    headers: Mapping[str, str]
    is_bucket: bool
    signs: bool


@dataclass(frozen=True, kw_only=True)
class ErrorPage:
    """What the distribution answers, wherever an error came from."""

    status: int
    path: str
    new_status: int


@dataclass(frozen=True, kw_only=True)
class Distribution:
    """One distribution; behaviours stand in the order in which CloudFront tries them."""

    id: str
    arn: str
    names: tuple[str, ...]
    root_object: str
    behaviors: tuple[Behavior, ...]
    origins: Mapping[str, Origin]
    error_pages: Mapping[int, ErrorPage]

    def behavior(self, path: str) -> Behavior:
        """The first behaviour whose pattern fits; the default one fits every path."""
        return next(one for one in self.behaviors if matches(one.pattern, path))


def read_distribution(deployed: Deployed) -> Distribution:
    """The only distribution of a stack."""
    logical_id, resource = deployed.one("AWS::CloudFront::Distribution")
    config = resource["Properties"]["DistributionConfig"]
    behaviors = [*config.get("CacheBehaviors", []), config["DefaultCacheBehavior"]]
    errors = (_error_page(one) for one in config.get("CustomErrorResponses", []))
    return Distribution(
        id=deployed.ref(logical_id),
        arn=f"arn:aws:cloudfront::{deployed.account}:distribution/{deployed.ref(logical_id)}",
        names=tuple(deployed.text(one) for one in config.get("Aliases", [])),
        root_object=config.get("DefaultRootObject", ""),
        behaviors=tuple(_behavior(deployed, one) for one in behaviors),
        origins={one.id: one for one in (_origin(deployed, each) for each in config["Origins"])},
        error_pages={one.status: one for one in errors},
    )


def _behavior(deployed: Deployed, config: Mapping[str, Any]) -> Behavior:
    if unknown := [name for name in _UNKNOWN if config.get(name)]:
        message = f"behaviour {config.get('PathPattern', '*')} has {unknown}: teach the stand-in"
        raise LookupError(message)
    headers = config.get("ResponseHeadersPolicyId")
    return Behavior(
        pattern=config.get("PathPattern", "*"),
        origin=config["TargetOriginId"],
        # https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_AllowedMethods.html
        methods=frozenset(config.get("AllowedMethods", ["GET", "HEAD"])),
        protocol=config["ViewerProtocolPolicy"],
        cache=cache_policy(config),
        origin_request=origin_request_policy(config),
        response_headers=_response_headers(deployed, headers) if headers else None,
        function=_function(deployed, config.get("FunctionAssociations", [])),
        keys=_keys(deployed, config.get("TrustedKeyGroups", [])),
    )


def _response_headers(deployed: Deployed, reference: Any) -> ResponseHeadersPolicy:
    policy = deployed.referred(reference)
    return ResponseHeadersPolicy(
        deployed.value(policy["Properties"]["ResponseHeadersPolicyConfig"])
    )


def _function(deployed: Deployed, associations: list[Mapping[str, Any]]) -> str | None:
    """The code of the viewer-request function, the only kind of association played here."""
    if not associations:
        return None
    (association,) = associations
    if association["EventType"] != "viewer-request":
        message = f"a function at {association['EventType']} is unknown here"
        raise LookupError(message)
    function = deployed.referred(association["FunctionARN"])["Properties"]
    if function["FunctionConfig"]["Runtime"] != "cloudfront-js-2.0":
        message = f"runtime {function['FunctionConfig']['Runtime']} is unknown here"
        raise LookupError(message)
    return deployed.text(function["FunctionCode"])


def _keys(deployed: Deployed, groups: list[Any]) -> dict[str, str]:
    """Id -> PEM text of every public key in these key groups."""
    keys = {}
    for group in groups:
        config = deployed.referred(group)["Properties"]["KeyGroupConfig"]
        for item in config["Items"]:
            key = deployed.referred(item)["Properties"]["PublicKeyConfig"]
            keys[deployed.text(item)] = deployed.text(key["EncodedKey"])
    return keys


def _origin(deployed: Deployed, config: Mapping[str, Any]) -> Origin:
    custom = config.get("VpcOriginConfig") or config.get("CustomOriginConfig")
    signed = config.get("OriginAccessControlId")
    control = deployed.referred(signed)["Properties"]["OriginAccessControlConfig"] if signed else {}
    return Origin(
        id=config["Id"],
        domain_name=deployed.text(config["DomainName"]),
        path=config.get("OriginPath", ""),
        headers={
            one["HeaderName"]: deployed.text(one["HeaderValue"])
            for one in config.get("OriginCustomHeaders", [])
        },
        is_bucket=custom is None,
        signs=control.get("SigningBehavior") == "always",
    )


def _error_page(config: Mapping[str, Any]) -> ErrorPage:
    return ErrorPage(
        status=config["ErrorCode"],
        path=config["ResponsePagePath"],
        new_status=config.get("ResponseCode", config["ErrorCode"]),
    )
