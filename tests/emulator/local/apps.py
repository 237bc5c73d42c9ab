"""What each app of integ/ needs to be deployed here, and what of it does not run here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tools.apps import APPS


@dataclass(frozen=True, kw_only=True)
class LocalApp:
    """An app as it is deployed to the emulator.

    :param stack: the stack that holds it.
    :param settings: variables for integ/settings.py.
    :param answers: whether it has an address that a door leads to.
    :param missing: what AWS would run and the emulator does not, for the person who asked.
    """

    stack: str
    settings: Mapping[str, str] = field(default_factory=dict)
    answers: bool = False
    missing: str = ""


ZONE = "example.com"
# Two distributions can't have the same name, here either.
_BLOG = {"ZONE_NAME": ZONE, "FRONTEND_DOMAIN_NAME": f"blog.{ZONE}"}
_SITE = {"ZONE_NAME": ZONE, "FRONTEND_DOMAIN_NAME": f"www.{ZONE}"}
_PROCESSES = (
    "containers are processes of this machine in a copy of the image's folder: its Dockerfile is "
    "not built, and networks and security groups shut nobody out"
)

LOCAL_APPS: Mapping[str, LocalApp] = {
    "ecs": LocalApp(stack="DjangoEcs", answers=True, missing=_PROCESSES),
    "django-vue": LocalApp(
        stack="DjangoVue",
        settings=_BLOG,
        answers=True,
        missing=f"{_PROCESSES}; CloudFront is played from the template",
    ),
    "static-site": LocalApp(
        stack="StaticSite",
        settings=_SITE,
        answers=True,
        missing="CloudFront is played from the template",
    ),
    "s3": LocalApp(stack="S3"),
    "ec2": LocalApp(
        stack="DockerEc2",
        missing="the machine and its docker swarm: the instance is a record that says it is ready",
    ),
    "eks": LocalApp(
        stack="DjangoEks",
        missing="Kubernetes: the cluster is a record, and no chart or manifest reaches one",
    ),
}
# Words of the issue and of people who know the constructs.
ALIASES = {"vue": "django-vue", "static": "static-site"}


def known_names() -> str:
    """All names, for a message."""
    return ", ".join(name for name in APPS if name in LOCAL_APPS)
