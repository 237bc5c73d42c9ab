"""What stays when a stack is deleted: one decision for all rooms."""

from __future__ import annotations

from dataclasses import dataclass

from aws_cdk import RemovalPolicy

from .errors import OptionError


@dataclass(frozen=True)
class Removal:
    """The fate of each kind of stateful resource.

    :param policy: None: databases leave a snapshot, everything else that holds state stays.
        ``DESTROY``: nothing stays, for test stacks. ``RETAIN``: everything stays as it is.
    :raises OptionError: for ``SNAPSHOT``, which buckets and keys don't know, and others.
    """

    policy: RemovalPolicy | None = None

    def __post_init__(self) -> None:
        if self.policy not in (None, RemovalPolicy.DESTROY, RemovalPolicy.RETAIN):
            raise OptionError(
                "removal_policy",
                self.policy,
                "give RemovalPolicy.DESTROY (test stacks) or RemovalPolicy.RETAIN, or leave it "
                "out: databases are snapshotted and buckets, keys and logs kept.",
            )

    @property
    def destroys(self) -> bool:
        """True when nothing is to stay."""
        return self.policy is RemovalPolicy.DESTROY

    @property
    def database(self) -> RemovalPolicy:
        """For databases and caches."""
        return self.policy or RemovalPolicy.SNAPSHOT

    @property
    def other(self) -> RemovalPolicy:
        """For buckets, keys and secrets.

        Kept, but for a first deployment that fails: nothing is in them then, and left behind they
        would stand in the way of the next try.
        """
        return self.policy or RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE

    @property
    def logs(self) -> RemovalPolicy:
        """For logs: after a first deployment that failed they tell why."""
        return self.policy or RemovalPolicy.RETAIN
