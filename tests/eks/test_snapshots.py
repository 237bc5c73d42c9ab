"""Whole templates, so that a change that would replace something is seen in review.

`make snapshots` writes them anew; read the diff before you commit it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import pytest
from syrupy.extensions.json import JSONSnapshotExtension

from django_cdk import Scaling, ScheduledCommand, Worker
from tests.ecs.test_snapshots import normalised
from tests.eks.synthesized import IN_DOMAIN, synthesize
from tests.stacks import image_directory

if TYPE_CHECKING:
    from syrupy.assertion import SnapshotAssertion


@pytest.fixture
def snapshot(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    return snapshot.use_extension(JSONSnapshotExtension)


VARIANTS: Mapping[str, Callable[[], Mapping[str, Any]]] = {
    "no-domain": dict,
    "everything": lambda: {
        **IN_DOMAIN,
        "celery_app": "blog.celery_app:app",
        "celery_queues": {"slow_mail": Worker(scaling=Scaling(max_count=3))},
        "use_celery_beat": True,
        "scheduled_commands": {
            "nightly": ScheduledCommand(schedule="cron(0 3 * * ? *)", command=["./nightly.sh"])
        },
    },
    "auto-mode": lambda: {**IN_DOMAIN, "auto_mode": True},
    "irsa": lambda: {"identity": "irsa"},
}


@pytest.mark.snapshot
@pytest.mark.parametrize("variant", VARIANTS)
def test_variant(snapshot: SnapshotAssertion, tmp_path: Any, variant: str) -> None:
    image = image_directory(tmp_path)
    template = synthesize(image_directory=image, user="999:999", **VARIANTS[variant]()).template

    assert normalised(template.body) == snapshot
