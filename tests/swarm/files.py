"""The files of a swarm deployment, parsed, and the schemas they must fit."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

import jsonschema
import yaml

from django_cdk import DjangoApp
from django_cdk.swarm.stack import release_file, routes_file, stack_file
from django_cdk.swarm.target import SwarmTarget

IMAGE = "registry.example.com/blog:1"


def application(**options: Any) -> DjangoApp:
    """An application with a worker and beat."""
    return DjangoApp(
        **{"image": IMAGE, "celery_app": "blog.celery:app", "use_celery_beat": True, **options}
    )


def target(**options: Any) -> SwarmTarget:
    """A place with a domain and one secret."""
    return SwarmTarget(
        **{"host": "blog.example.com", "secrets": ["SECRET_KEY"], "environment": {}, **options}
    )


def stack(app: DjangoApp | None = None, **options: Any) -> Any:
    return yaml.safe_load(stack_file(app or application(), target(**options)))


def release(app: DjangoApp | None = None, **options: Any) -> Any:
    return yaml.safe_load(release_file(app or application(), target(**options)))


def routes(app: DjangoApp | None = None, **options: Any) -> Any:
    return yaml.safe_load(routes_file(app or application(), target(**options)))


@cache
def schema(name: str) -> Any:
    """A published schema, as the package check-jsonschema carries it: compose-spec, gitlab-ci."""
    folder = files("check_jsonschema") / "builtin_schemas" / "vendor"
    return json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))


def faults(document: object, name: str) -> list[str]:
    """What a document has that the schema does not allow."""
    found = schema(name)
    validator = jsonschema.validators.validator_for(found)(found)
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(document)]
