"""The CDK's own template validation, as errors: the one place of the suite where it is on."""

from __future__ import annotations

import pytest

from tests.quality.synthesis import BROKEN, FLAGS, Assemblies, synthesize_all

PLUGIN = "CloudFormation Validate"


@pytest.fixture(scope="module", params=FLAGS)
def assemblies(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("validation")
    return synthesize_all(folder, flags=request.param, validation=True)


def broken_rules(assemblies: Assemblies, app: str) -> list[str]:
    return [str(one) for one in assemblies.findings(app) if one.plugin == PLUGIN]


def test_no_template_breaks_a_rule_of_the_cdk(assemblies: Assemblies) -> None:
    sound = [app for app in assemblies.apps if app != BROKEN]

    assert {app: broken_rules(assemblies, app) for app in sound} == {app: [] for app in sound}


def test_a_broken_template_is_found(assemblies: Assemblies) -> None:
    assert any("10000 exceeds maximum 900" in line for line in broken_rules(assemblies, BROKEN))


def test_no_construct_warns(assemblies: Assemblies) -> None:
    warnings = assemblies.warnings

    (warning,) = warnings.pop(BROKEN)
    assert "this stack is broken" in warning
    assert warnings == {app: [] for app in warnings}


def test_every_app_of_integ_is_looked_at(assemblies: Assemblies) -> None:
    assert {"django_ecs-bare", "django_ecs-domain", "variants", BROKEN} <= set(assemblies.apps)
