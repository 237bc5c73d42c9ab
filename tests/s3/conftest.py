"""S3BucketResources alone in a stack."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from django_cdk import S3BucketResources
from tests.stacks import Resource, Template, new_stack

if TYPE_CHECKING:
    import aws_cdk as cdk


@dataclass(frozen=True)
class Synthesized:
    """The construct and the template it makes."""

    construct: S3BucketResources
    template: Template

    @property
    def bucket(self) -> Resource:
        return self.template.of(self.construct.bucket)

    @property
    def bucket_policy(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = [
            statement
            for policy in self.template.of_type("AWS::S3::BucketPolicy")
            if policy["Bucket"] == self.bucket.ref
            for statement in policy["PolicyDocument"]["Statement"]
        ]
        return found


def synthesize(
    more: Callable[[cdk.Stack], Mapping[str, Any]] | None = None, **options: Any
) -> Synthesized:
    """One S3BucketResources called Files; `more` makes options in the stack."""
    stack = new_stack()
    construct = S3BucketResources(stack, "Files", **options, **(more(stack) if more else {}))
    return Synthesized(construct=construct, template=Template.of_stack(stack))


@pytest.fixture(scope="session")
def files() -> Synthesized:
    """What the defaults give."""
    return synthesize()


@pytest.fixture(scope="session")
def keyed() -> Synthesized:
    """With an access key."""
    return synthesize(access_key=True)
