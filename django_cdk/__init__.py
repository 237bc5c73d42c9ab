"""A Django project with a Dockerfile, in production on AWS, from one construct.

The names below load when first asked for: importing the package alone loads no part of the CDK.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .app import DjangoApp as DjangoApp
    from .app import DjangoAppProps as DjangoAppProps
    from .cache import ExistingCache as ExistingCache
    from .cache import Valkey as Valkey
    from .database import AuroraServerless as AuroraServerless
    from .database import ExistingDatabase as ExistingDatabase
    from .database import Postgres as Postgres
    from .django_ecs import DjangoEcs as DjangoEcs
    from .django_eks import DjangoEks as DjangoEks
    from .django_pipeline import DjangoPipeline as DjangoPipeline
    from .django_vue import DjangoVue as DjangoVue
    from .docker_ec2 import DockerEc2 as DockerEc2
    from .environment import SecretField as SecretField
    from .errors import OptionError as OptionError
    from .github_deploy_role import GitHubDeployRole as GitHubDeployRole
    from .health_check import HealthCheck as HealthCheck
    from .process import ScheduledCommand as ScheduledCommand
    from .process import Size as Size
    from .process import Worker as Worker
    from .s3_bucket_resources import S3BucketResources as S3BucketResources
    from .scaling import Scaling as Scaling
    from .static_site import StaticSite as StaticSite

_HOMES = {
    "AuroraServerless": "database",
    "DjangoApp": "app",
    "DjangoAppProps": "app",
    "DjangoEcs": "django_ecs",
    "DjangoEks": "django_eks",
    "DjangoPipeline": "django_pipeline",
    "DjangoVue": "django_vue",
    "DockerEc2": "docker_ec2",
    "StaticSite": "static_site",
    "ExistingCache": "cache",
    "ExistingDatabase": "database",
    "GitHubDeployRole": "github_deploy_role",
    "HealthCheck": "health_check",
    "OptionError": "errors",
    "Postgres": "database",
    "S3BucketResources": "s3_bucket_resources",
    "Scaling": "scaling",
    "ScheduledCommand": "process",
    "SecretField": "environment",
    "Size": "process",
    "Valkey": "cache",
    "Worker": "process",
}

__all__ = [  # noqa: PLE0604 - the names of the table above, which a test compares
    *_HOMES,
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
