"""One container image for every process of an application."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import aws_cdk.aws_ecr as ecr
import aws_cdk.aws_ecr_assets as ecr_assets
import aws_cdk.aws_ecs as ecs
from aws_cdk import Stack
from constructs import Construct

from .errors import OptionError

if TYPE_CHECKING:
    from .app import DjangoApp

PLATFORMS = {
    "X86_64": ecr_assets.Platform.LINUX_AMD64,
    "ARM64": ecr_assets.Platform.LINUX_ARM64,
}

_ECR_URI = re.compile(
    r"(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?"
    r"/(?P<name>[a-z0-9._/-]+)(?::(?P<tag>[\w.-]+))?(?:@(?P<digest>sha256:[0-9a-f]{64}))?"
)

# Never part of an image, and different on every machine: they would change the asset's hash.
# The CDK's own output too, or an app inside the project would copy itself into itself.
NEVER_IN_AN_IMAGE = [
    "**/.git",
    "**/__pycache__",
    "**/.venv",
    "**/cdk.out",
    "**/node_modules",
    "**/.pytest_cache",
]


class ApplicationImage(Construct):
    """The image of an application, built for the CPU architecture its tasks run on, or given.

    :param app: the application.
    :raises OptionError: an image that is neither a URI, a repository nor an asset.
    """

    def __init__(self, scope: Construct, id: str, *, app: DjangoApp) -> None:
        super().__init__(scope, id)
        #: The built image; None when a finished one was given.
        self.asset: ecr_assets.DockerImageAsset | None = None
        #: The ECR repository it lies in; None for one of another registry.
        self.repository: ecr.IRepository | None = None
        #: Its URI with tag or digest.
        self.uri: str
        image = app.image
        if image is None:
            self.asset = _asset(self, app)
        elif isinstance(image, ecr_assets.DockerImageAsset):
            self.asset = image
        elif isinstance(image, str):
            found = _ECR_URI.fullmatch(image)
            if found is None:
                self.uri = image
                #: The same for ECS.
                self.container_image: ecs.ContainerImage = ecs.ContainerImage.from_registry(image)
                return
            # Known as a repository, the tasks may be granted to pull from it.
            self._take(
                ecr.Repository.from_repository_attributes(
                    self,
                    "Repository",
                    repository_name=found["name"],
                    repository_arn=_repository_arn(self, found),
                ),
                found["digest"] or found["tag"] or "latest",
            )
            return
        elif hasattr(image, "repository_uri_for_tag_or_digest"):
            self._take(image, app.image_tag or "latest")
            return
        else:
            raise OptionError(
                "image", image, "give an image's URI, an ECR repository or a DockerImageAsset."
            )
        self.repository = self.asset.repository
        self.uri = self.asset.image_uri
        self.container_image = ecs.ContainerImage.from_docker_image_asset(self.asset)

    def _take(self, repository: ecr.IRepository, tag: str) -> None:
        self.repository = repository
        self.uri = repository.repository_uri_for_tag_or_digest(tag)
        self.container_image = ecs.ContainerImage.from_ecr_repository(repository, tag)


def _repository_arn(scope: Construct, uri: re.Match[str]) -> str:
    return Stack.of(scope).format_arn(
        service="ecr",
        resource="repository",
        resource_name=uri["name"],
        account=uri["account"],
        region=uri["region"],
    )


def _asset(scope: Construct, app: DjangoApp) -> ecr_assets.DockerImageAsset:
    return ecr_assets.DockerImageAsset(
        scope,
        "Asset",
        directory=str(app.image_directory),
        file=app.dockerfile,
        target=app.image_target,
        build_args=dict(app.build_args) or None,
        build_contexts=dict(app.build_contexts) or None,
        platform=PLATFORMS[app.cpu_architecture],
        exclude=NEVER_IN_AN_IMAGE,
    )
