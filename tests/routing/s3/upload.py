"""The uploads of a deployment: CDK's bucket deployments of the template, into the emulator.

Each `Custom::CDKBucketDeployment` is an `aws s3 sync` of a staged asset, with the metadata that it
names; content types are guessed from the ending, as the command line does.
"""

from __future__ import annotations

import mimetypes
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.routing.template import Body, Deployed


def upload_content(deployed: Deployed, assembly: Path, s3: Any) -> None:
    """Put the files of every bucket deployment where it sends them, in the template's order."""
    for deployment in in_order(deployed.of_type("Custom::CDKBucketDeployment")):
        properties = deployment["Properties"]
        metadata = properties.get("SystemMetadata", {})
        bucket = deployed.text(properties["DestinationBucketName"])
        for key in properties["SourceObjectKeys"]:
            folder = assembly / f"asset.{deployed.text(key).removesuffix('.zip')}"
            for name, file in _files(folder):
                content_type = mimetypes.guess_type(name)[0] or "binary/octet-stream"
                s3.put_object(
                    Bucket=bucket,
                    Key=name,
                    Body=file.read_bytes(),
                    CacheControl=metadata["cache-control"],
                    ContentType=content_type,
                )


def in_order(resources: dict[str, Body]) -> list[Body]:
    """Resources of one type, each after those that its DependsOn names."""
    ordered: dict[str, Body] = {}

    def place(name: str) -> None:
        depends = resources[name].get("DependsOn", [])
        for other in [depends] if isinstance(depends, str) else depends:
            if other in resources and other not in ordered:
                place(other)
        ordered.setdefault(name, resources[name])

    for name in resources:
        place(name)
    return list(ordered.values())


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            yield file.relative_to(folder).as_posix(), file
