"""Whole templates, so that a change that would replace a distribution or bucket is seen in review.

`make snapshots` writes them anew; read the diff before you commit it. The integ apps are
synthesized as `make synth` does; what depends on the build that happens to be there is masked.
Public mode and private media are frozen by what they change.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from syrupy.extensions.json import JSONSnapshotExtension

from django_cdk import DjangoVue
from tests.site.sites import Made
from tests.stacks import ACCOUNT, Template
from tools.environment import tool_environment
from tools.synth import synthesize as synthesize_app

if TYPE_CHECKING:
    from syrupy.assertion import SnapshotAssertion

ROOT = Path(__file__).parents[2]

_HASH = re.compile(r"\b[0-9a-f]{64}\b")
# The pages of the build, and the fingerprints of its hashed files.
_OF_THE_BUILD = {"DistributionPaths", "Current"}


@pytest.fixture
def snapshot(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    return snapshot.use_extension(JSONSnapshotExtension)


def masked(value: Any) -> Any:
    """A piece of a template without what depends on the build of the front end."""
    if isinstance(value, list):
        return [masked(one) for one in value]
    if isinstance(value, Mapping):
        return {
            name: "<of the build>" if name in _OF_THE_BUILD else masked(one)
            for name, one in value.items()
        }
    return _HASH.sub("<hash>", value) if isinstance(value, str) else value


def normalised(body: Mapping[str, Any]) -> Any:
    """A template without what is the same everywhere, and with hashes masked."""
    return masked({name: one for name, one in body.items() if name not in {"Parameters", "Rules"}})


def integ_templates(module: str, region: str, output: Path) -> dict[str, Any]:
    """Stack -> template of an integ app that is deployed with a domain."""
    inherited = {
        name: value
        for name, value in tool_environment().items()
        if not name.startswith("AWS_") and not name.endswith(("_NAME", "_URL", "_ARN"))
    }
    settings = {
        "AWS_DEFAULT_REGION": region,
        "AWS_ACCOUNT_ID": ACCOUNT,
        "ZONE_NAME": "example.com",
        "FRONTEND_DOMAIN_NAME": "www.example.com",
    }
    synthesize_app(module, output, environment={**inherited, **settings})
    return {
        path.name.removesuffix(".template.json"): json.loads(path.read_text())
        for path in sorted(output.glob("*.template.json"))
    }


@pytest.fixture(scope="module", params=["static_site", "django_vue"])
def module(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module", params=["us-east-1", "eu-west-1"])
def integ(
    request: pytest.FixtureRequest, module: str, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    return integ_templates(module, request.param, tmp_path_factory.mktemp(module))


@pytest.mark.snapshot
def test_an_integ_app(snapshot: SnapshotAssertion, integ: Mapping[str, Any]) -> None:
    assert {name: normalised(body) for name, body in integ.items()} == snapshot


def test_a_snapshot_holds_no_hash_of_an_asset(integ: Mapping[str, Any]) -> None:
    assert _HASH.search(json.dumps(integ))
    assert not _HASH.search(json.dumps([normalised(body) for body in integ.values()]))


def changes(before: Template, after: Template) -> dict[str, Any]:
    """Logical id -> resource that is new or different; None: gone."""
    old, new = (normalised(one.body)["Resources"] for one in (before, after))
    return {name: new.get(name) for name in sorted({*old, *new}) if old.get(name) != new.get(name)}


@pytest.mark.snapshot
def test_what_public_mode_changes(
    snapshot: SnapshotAssertion, vue: Made[DjangoVue], public: Made[DjangoVue]
) -> None:
    assert changes(vue.template, public.template) == snapshot


@pytest.mark.snapshot
def test_what_private_media_change(
    snapshot: SnapshotAssertion, vue: Made[DjangoVue], private: Made[DjangoVue]
) -> None:
    assert changes(vue.template, private.template) == snapshot
