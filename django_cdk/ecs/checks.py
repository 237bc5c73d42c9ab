"""Options of DjangoEcs that Fargate can't do, or that would do nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django_cdk.errors import OptionError

if TYPE_CHECKING:
    import aws_cdk.aws_ec2 as ec2
    import aws_cdk.aws_ecs as ecs

    from django_cdk.app import DjangoApp
    from django_cdk.network import Nat


def check_application(app: DjangoApp, *, use_ecs_exec: bool) -> None:
    """Refuses what Fargate does not do.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html

    :raises OptionError: with what to do instead.
    """
    if app.stop_signal is not None:
        raise OptionError(
            "stop_signal",
            app.stop_signal,
            "ECS takes the stop signal from the image: write STOPSIGNAL "
            f"{app.stop_signal} into the Dockerfile (for uWSGI, "
            'environment_variables={"UWSGI_DIE_ON_TERM": "1"} does without).',
        )
    if use_ecs_exec and app.read_only_root_filesystem:
        raise OptionError(
            "use_ecs_exec",
            True,
            "the agent of ECS Exec must write to the root file system: switch one of use_ecs_exec "
            "and read_only_root_filesystem off.",
        )


def check_network(
    *, vpc: ec2.IVpc | None, nat: Nat, cluster: ecs.ICluster | None, container_insights: bool
) -> None:
    """Refuses a NAT for a VPC that has its own, and what a given cluster can't take.

    :raises OptionError: naming the option that would do nothing.
    """
    if (vpc or cluster) and nat not in ("gateway", "none"):
        raise OptionError(
            "nat", nat, "the given VPC has its own way out; leave it out, or pass 'none'."
        )
    if cluster and container_insights:
        raise OptionError(
            "container_insights", True, "it goes with a new cluster: switch it on in yours."
        )
    if vpc and cluster and cluster.vpc.node.path != vpc.node.path:
        raise OptionError(
            "vpc", vpc.node.path, "the given cluster stands in another VPC: leave vpc out."
        )
