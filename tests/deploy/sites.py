"""Builds of a site, a zone for its domain, and what S3 and CloudFront tell of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.emulator.server import Emulator

ZONE = "example.com"
DOMAIN = f"www.{ZONE}"


def build(folder: Path, letter: str, **more: str) -> str:
    """A build whose index.html names one hashed file; returns its directory."""
    files = {
        "index.html": f'<script src="/assets/app-{letter * 8}.js"></script>',
        f"assets/app-{letter * 8}.js": f"console.log('{letter}')",
        "assets/logo-00000000.svg": "<svg/>",
        **more,
    }
    root = folder / letter
    for name, text in files.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return str(root)


def make_zone(emulator: Emulator, name: str = ZONE) -> str:
    """A hosted zone, which is there before the stack; returns its id."""
    made = emulator.client("route53").create_hosted_zone(Name=name, CallerReference=name)
    return str(made["HostedZone"]["Id"].rsplit("/", 1)[-1])


def records(emulator: Emulator, zone: str) -> Mapping[tuple[str, str], dict[str, Any]]:
    """The records of a zone by name and type, without those of the zone itself."""
    found = emulator.client("route53").list_resource_record_sets(HostedZoneId=zone)
    return {
        (one["Name"].rstrip("."), one["Type"]): one
        for one in found["ResourceRecordSets"]
        if one["Type"] not in ("NS", "SOA")
    }


def distribution(emulator: Emulator, id: str) -> dict[str, Any]:
    """The configuration of a distribution."""
    found = emulator.client("cloudfront").get_distribution_config(Id=id)
    config: dict[str, Any] = found["DistributionConfig"]
    return config


def behaviors(config: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """What a distribution does with a path, by its pattern; `*` is the rest."""
    listed = {one["PathPattern"]: one for one in config.get("CacheBehaviors", {}).get("Items", [])}
    return {**listed, "*": config["DefaultCacheBehavior"]}


def origins(config: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The origins of a distribution by their id."""
    return {one["Id"]: one for one in config["Origins"]["Items"]}


def headers(emulator: Emulator, behavior: dict[str, Any]) -> dict[str, Any]:
    """What a behavior adds to its answers."""
    policy = behavior["ResponseHeadersPolicyId"]
    found = emulator.client("cloudfront").get_response_headers_policy(Id=policy)
    config: dict[str, Any] = found["ResponseHeadersPolicy"]["ResponseHeadersPolicyConfig"]
    return config


def allowed(emulator: Emulator, bucket: str) -> list[dict[str, Any]]:
    """What a bucket's policy allows to anybody but the stack's own functions."""
    policy = json.loads(emulator.client("s3").get_bucket_policy(Bucket=bucket)["Policy"])
    return [
        one
        for one in policy["Statement"]
        if one["Effect"] == "Allow" and "AutoDelete" not in json.dumps(one["Principal"])
    ]


def tags(emulator: Emulator, bucket: str, key: str) -> dict[str, str]:
    """The tags of an object."""
    found = emulator.client("s3").get_object_tagging(Bucket=bucket, Key=key)
    return {one["Key"]: one["Value"] for one in found["TagSet"]}


def published(emulator: Emulator, behavior: dict[str, Any]) -> dict[str, str]:
    """The code that runs for each event of a behavior."""
    client = emulator.client("cloudfront")
    names = {
        one["EventType"]: one["FunctionARN"].rsplit("/", 1)[-1]
        for one in behavior.get("FunctionAssociations", {}).get("Items", [])
    }
    return {
        event: client.get_function(Name=name, Stage="LIVE")["FunctionCode"].read().decode()
        for event, name in names.items()
    }
