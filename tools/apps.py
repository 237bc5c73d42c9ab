"""The apps in integ/: which there are, and what deploying one needs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
_NOT_APPS = {"__init__", "settings"}


@dataclass(frozen=True, kw_only=True)
class IntegApp:
    """One app: its module in integ/ and the settings without which it can't be deployed."""

    module: str
    required: tuple[str, ...] = ()


# The name is the one in `make deploy-<name>`.
APPS = {
    "ecs": IntegApp(module="django_ecs"),
    "eks": IntegApp(module="django_eks"),
    "static-site": IntegApp(module="static_site"),
    "django-vue": IntegApp(module="django_vue", required=("ZONE_NAME", "FRONTEND_DOMAIN_NAME")),
    "s3": IntegApp(module="s3"),
    "ec2": IntegApp(module="docker_ec2"),
    "pipeline": IntegApp(module="pipeline", required=("CONNECTION_ARN", "REPOSITORY")),
    "github-role": IntegApp(module="github_deploy_role", required=("REPOSITORY",)),
}


def app_modules(folder: Path = ROOT / "integ") -> list[str]:
    """Return the names of all apps in integ/: every module there but settings and `_private`."""
    names = (path.stem for path in folder.glob("*.py"))
    return sorted(name for name in names if name not in _NOT_APPS and not name.startswith("_"))
