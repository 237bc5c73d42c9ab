"""What early versions of the CDK's own template validation take for a mistake, and is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Acknowledgment, Validations

if TYPE_CHECKING:
    from constructs import IConstruct

_PREFIX = "CloudFormation-Validate"


def acknowledge(construct: IConstruct, rule: str, reason: str) -> None:
    """Says why a rule of the validation does not hold for a construct.

    :param rule: its number, as in ``E1152``.
    """
    Validations.of(construct).acknowledge(Acknowledgment(id=f"{_PREFIX}::{rule}", reason=reason))
