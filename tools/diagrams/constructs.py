"""Which constructs have a picture, where it is drawn from and where it is shown."""

from __future__ import annotations

from dataclasses import dataclass

# Of apps that call their stack otherwise than the construct.
_STACKS = {"s3": "S3", "pipeline": "Pipeline"}


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """A construct, the app of integ/ and the stack that show it, and the page about it."""

    name: str
    module: str
    page: str

    @property
    def stack(self) -> str:
        """The name of the stack in the app."""
        return _STACKS.get(self.module, self.name)

    @property
    def image(self) -> str:
        """The file of the picture."""
        return f"docs/images/{self.module.replace('_', '-')}.svg"


CONSTRUCTS = (
    Drawn(name="DjangoEcs", module="django_ecs", page="docs/ecs.md"),
    Drawn(name="DjangoEks", module="django_eks", page="docs/eks.md"),
    Drawn(name="DjangoVue", module="django_vue", page="docs/vue.md"),
    Drawn(name="StaticSite", module="static_site", page="docs/static-site.md"),
    Drawn(name="DockerEc2", module="docker_ec2", page="docs/deploy/ec2.md"),
    Drawn(name="S3BucketResources", module="s3", page="docs/s3-elsewhere.md"),
    Drawn(name="DjangoPipeline", module="pipeline", page="docs/pipeline.md"),
    Drawn(name="GitHubDeployRole", module="github_deploy_role", page="docs/pipeline.md"),
)
