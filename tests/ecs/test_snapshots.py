"""Whole templates, so that a change that would replace a database is seen in review.

`make snapshots` writes them anew; read the diff before you commit it.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from syrupy.extensions.json import JSONSnapshotExtension

from django_cdk import AuroraServerless, Scaling, Worker
from tests.ecs.test_bring_your_own import own_vpc
from tests.stacks import DOMAIN, image_directory, synthesize
from tools.environment import tool_environment
from tools.synth import synthesize as synthesize_app

if TYPE_CHECKING:
    from syrupy.assertion import SnapshotAssertion

ROOT = Path(__file__).parents[2]

_HASH = re.compile(r"\b[0-9a-f]{64}\b")


@pytest.fixture
def snapshot(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    return snapshot.use_extension(JSONSnapshotExtension)


def normalised(body: Mapping[str, Any]) -> Any:
    """A template without what is the same everywhere, and with the hashes of assets masked."""
    kept = {name: part for name, part in body.items() if name not in {"Parameters", "Rules"}}
    return json.loads(_HASH.sub("<hash>", json.dumps(kept)))


VARIANTS: Mapping[str, Callable[[], Mapping[str, Any]]] = {
    "no-domain": dict,
    "domain-and-made-certificate": lambda: DOMAIN,
    "own-vpc": lambda: {"more": lambda stack: {"vpc": own_vpc(stack)}},
    "aurora": lambda: {"database": AuroraServerless()},
    "no-nat": lambda: {"nat": "none"},
    "arm64": lambda: {"cpu_architecture": "ARM64"},
    "two-queues-and-spot": lambda: {
        "celery_app": "blog.celery_app:app",
        "celery_queues": {
            "high": Worker(scaling=Scaling(min_count=1, max_count=4)),
            "low": Worker(spot=True),
        },
        "use_celery_beat": True,
    },
    "workers-down-to-none": lambda: {
        "celery_app": "blog.celery_app:app",
        "celery_queues": {
            "reports": Worker(
                scaling=Scaling(min_count=0, max_count=4, cpu_percent=None, backlog_per_task=20)
            ),
        },
    },
}


@pytest.mark.snapshot
@pytest.mark.parametrize("variant", VARIANTS)
def test_variant(snapshot: SnapshotAssertion, tmp_path: Path, variant: str) -> None:
    options = VARIANTS[variant]()
    template = synthesize(image_directory=image_directory(tmp_path), **options).template

    assert normalised(template.body) == snapshot


def integ_template(output: Path, root: Path) -> str:
    """The template of the integ app, from a process without any setting."""
    environment = {
        name: value
        for name, value in tool_environment().items()
        if not name.startswith("AWS_") and not name.endswith(("_NAME", "_URL", "_ARN"))
    }
    synthesize_app("django_ecs", output, environment=environment, root=root)
    return (output / "DjangoEcs.template.json").read_text()


@pytest.fixture(scope="module")
def integ(tmp_path_factory: pytest.TempPathFactory) -> str:
    return integ_template(tmp_path_factory.mktemp("integ"), ROOT)


@pytest.mark.snapshot
def test_the_integ_app(snapshot: SnapshotAssertion, integ: str) -> None:
    assert normalised(json.loads(integ)) == snapshot


def test_the_integ_app_is_the_same_from_a_copy_of_the_tree(integ: str, tmp_path: Path) -> None:
    """Byte for byte, with the hashes: nothing of this machine or this directory is in it."""
    copy = tmp_path / "copy"
    backend = Path("test/django-step-by-step/backend")
    for folder in (Path("django_cdk"), Path("integ"), Path("tools"), backend):
        shutil.copytree(
            ROOT / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__", ".*_cache")
        )
    shutil.copy(ROOT / "cdk.json", copy)

    assert integ_template(tmp_path / "out", copy) == integ


def test_a_snapshot_holds_no_hash_of_an_asset(integ: str) -> None:
    assert _HASH.search(integ)
    assert not _HASH.search(json.dumps(normalised(json.loads(integ))))
