"""The CDK's own template validation, as errors: the one place of the suite where it is on."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from tests.quality.acceptance import Accepted, unlisted
from tests.quality.synthesis import BROKEN, FLAGS, Assemblies, Finding, synthesize_all
from tools.apps import app_modules

PLUGIN = "CloudFormation Validate"

ACCEPTED = (
    Accepted(
        rule="W9008 .*",
        path=r"Database/Cluster/(Writer|Reader\d)/Resource",
        reason="The storage of Aurora is the cluster's, and encrypted there; each instance need "
        "not say so.",
        older_cdk=True,
    ),
)


@dataclass(frozen=True)
class Checked:
    """What was synthesized with the feature flags of that name."""

    flags: str
    assemblies: Assemblies

    def broken_rules(self, app: str) -> list[Finding]:
        return [one for one in self.assemblies.findings(app) if one.plugin == PLUGIN]


@pytest.fixture(scope="module", params=FLAGS)
def checked(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Checked:
    folder = tmp_path_factory.mktemp("validation")
    return Checked(request.param, synthesize_all(folder, flags=request.param, validation=True))


def test_no_template_breaks_a_rule_of_the_cdk(checked: Checked) -> None:
    found = [
        (f"{one.rule} ({one.description})", one.path)
        for app in checked.assemblies.apps
        if app != BROKEN
        for one in checked.broken_rules(app)
    ]

    assert unlisted(found, ACCEPTED) == []


def test_a_broken_template_is_an_error_where_the_flags_ask_for_it(checked: Checked) -> None:
    severity = "error" if checked.flags == "recommended" else "warning"

    found = {(one.path, one.severity) for one in checked.broken_rules(BROKEN)}

    assert found == {("Broken/Function", severity)}


def test_no_construct_warns(checked: Checked) -> None:
    warnings = checked.assemblies.warnings

    (warning,) = warnings.pop(BROKEN)
    assert "this stack is broken" in warning
    assert warnings == {app: [] for app in warnings}


def test_every_app_of_integ_is_looked_at(checked: Checked) -> None:
    integ = {f"{module}-{kind}" for module in app_modules() for kind in ("bare", "domain")}

    assert set(checked.assemblies.apps) == {*integ, "variants", BROKEN}
