"""Whole templates: a change that would replace a bucket, a user or a key shows in review."""

from __future__ import annotations

from typing import Any

import pytest

from tests.s3.conftest import Synthesized, synthesize

pytestmark = pytest.mark.snapshot


def test_the_template_of_the_defaults(files: Synthesized, snapshot: Any) -> None:
    assert files.template.body == snapshot


def test_the_template_with_everything(snapshot: Any) -> None:
    made = synthesize(
        access_key=True,
        access_key_serial=2,
        keep_previous_access_key=True,
        upload_origins=["https://www.example.com"],
        public_static=True,
        versioned=True,
        expire_noncurrent_days=30,
        access_logs=True,
    )

    assert made.template.body == snapshot
