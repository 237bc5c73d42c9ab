"""The image of a front end that stands beside the application."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import aws_cdk.aws_ecr_assets as ecr_assets

from django_cdk.errors import OptionError
from django_cdk.image import NEVER_IN_AN_IMAGE, PLATFORMS

if TYPE_CHECKING:
    from constructs import Construct

    from django_cdk.app import CpuArchitecture


def frontend_image(
    scope: Construct, *, directory: str | None, dockerfile: str, architecture: CpuArchitecture
) -> ecr_assets.DockerImageAsset | None:
    """The image, built from a directory; None without one.

    :raises OptionError: there is no such Dockerfile.
    """
    if directory is None:
        return None
    if not (Path(directory) / dockerfile).is_file():
        raise OptionError(
            "frontend_image_directory",
            directory,
            f"there is no {dockerfile!r} in it: give the directory with the front end's "
            "Dockerfile, or that file's name as frontend_image_dockerfile.",
        )
    return ecr_assets.DockerImageAsset(
        scope,
        "FrontendImage",
        directory=directory,
        file=dockerfile,
        platform=PLATFORMS[architecture],
        # The image builds the front end itself.
        exclude=[*NEVER_IN_AN_IMAGE, "**/dist"],
    )
