"""Whole templates: a change that would replace a machine, a disk or a secret shows in review."""

from __future__ import annotations

from typing import Any

import pytest

from tests.ec2.conftest import Synthesized

pytestmark = pytest.mark.snapshot


def test_the_template_of_the_defaults(plain: Synthesized, snapshot: Any) -> None:
    assert plain.template.body == snapshot


def test_the_template_with_a_domain(domain: Synthesized, snapshot: Any) -> None:
    assert domain.template.body == snapshot
