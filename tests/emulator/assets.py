"""Publishing the assets of a stack: files to the bootstrap bucket, images to the registry."""

from __future__ import annotations

import contextlib
import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from tests.emulator.images import sample_image
from tests.emulator.server import Emulator
from tests.emulator.settings import ACCOUNT, REGION
from tests.routing.local.sample import sample_python


def publish(emulator: Emulator, region: str, assembly: Path, stack: str) -> str:
    """Publishes everything that a stack needs; returns the URL of its template."""
    assets = json.loads((assembly / f"{stack}.assets.json").read_text())
    # What `cdk bootstrap` leaves, and every template asks for.
    emulator.client("ssm", region).put_parameter(
        Name="/cdk-bootstrap/hnb659fds/version", Value="30", Type="String", Overwrite=True
    )
    for tag, image in assets.get("dockerImages", {}).items():
        _publish_image(emulator, region, assembly, tag, image)
    template = ""
    for file in assets["files"].values():
        for destination in file["destinations"].values():
            bucket, key = (_text(destination[name], region) for name in ("bucketName", "objectKey"))
            _upload(emulator, region, (bucket, key), assembly / file["source"]["path"], file)
            if file["source"]["path"] == f"{stack}.template.json":
                template = f"https://s3.{region}.amazonaws.com/{bucket}/{key}"
    return template


def _publish_image(
    emulator: Emulator, region: str, assembly: Path, tag: str, image: Mapping[str, Any]
) -> None:
    """Of the folder that `docker build` would get. Its code is the sample's: so is the Python."""
    folder = (assembly / image["source"]["directory"]).resolve()
    emulator.images.publish(tag, sample_image(folder, sample_python()))
    ecr = emulator.client("ecr", region)
    for destination in image["destinations"].values():
        with contextlib.suppress(ecr.exceptions.RepositoryAlreadyExistsException):
            ecr.create_repository(repositoryName=_text(destination["repositoryName"], region))


def _upload(
    emulator: Emulator,
    region: str,
    destination: tuple[str, str],
    source: Path,
    file: Mapping[str, Any],
) -> None:
    s3, (bucket, key) = emulator.client("s3", region), destination
    try:
        s3.head_object(Bucket=bucket, Key=key)
    except ClientError:
        with contextlib.suppress(s3.exceptions.BucketAlreadyOwnedByYou):
            # Elsewhere than here S3 wants to be told where.
            place = {"CreateBucketConfiguration": {"LocationConstraint": region}}
            s3.create_bucket(Bucket=bucket, **({} if region == REGION else place))
        zipped = file["source"]["packaging"] == "zip" and source.is_dir()
        s3.put_object(Bucket=bucket, Key=key, Body=_zip(source) if zipped else source.read_bytes())


def _zip(folder: Path) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.rglob("*")):
            archive.write(file, file.relative_to(folder))
    return content.getvalue()


def _text(value: str, region: str) -> str:
    for name, here in {"AccountId": ACCOUNT, "Region": region, "Partition": "aws"}.items():
        value = value.replace(f"${{AWS::{name}}}", here)
    return value
