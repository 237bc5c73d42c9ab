"""Where a CI job pushes images: a repository for the application, one for the front end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk.aws_ecr as ecr
from aws_cdk import Duration
from constructs import Construct

if TYPE_CHECKING:
    from django_cdk.removal import Removal


class ImageRepositories(Construct):
    """Two ECR repositories: images are scanned when pushed, and old ones expire.

    :param keep: images kept in each.
    :param removal: what stays when the stack is deleted.
    """

    def __init__(self, scope: Construct, id: str, *, keep: int, removal: Removal) -> None:
        super().__init__(scope, id)
        #: Images of the application that CI jobs push.
        self.backend = _repository(self, "Backend", keep=keep, removal=removal)
        #: Images of the front end that CI jobs push.
        self.frontend = _repository(self, "Frontend", keep=keep, removal=removal)


def _repository(scope: Construct, id: str, *, keep: int, removal: Removal) -> ecr.Repository:
    repository = ecr.Repository(
        scope,
        id,
        image_scan_on_push=True,
        encryption=ecr.RepositoryEncryption.AES_256,
        removal_policy=removal.other,
        empty_on_delete=removal.destroys,
    )
    repository.add_lifecycle_rule(
        description="What no tag names any more",
        rule_priority=1,
        tag_status=ecr.TagStatus.UNTAGGED,
        max_image_age=Duration.days(7),
    )
    repository.add_lifecycle_rule(
        description="The newest stay", rule_priority=2, max_image_count=keep
    )
    return repository
