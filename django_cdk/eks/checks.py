"""Options of DjangoEks that Kubernetes can't do, or that would do nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

import aws_cdk.aws_ec2 as ec2

from django_cdk.errors import OptionError, check_choice

from .dockerfile import check_user
from .identity import Identity
from .names import check_distinct, is_dns_name
from .release import LONGEST_RELEASE
from .versions import KUBERNETES_VERSIONS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django_cdk.app import DjangoApp
    from django_cdk.network import Nat
    from django_cdk.process import Process

_ARCHITECTURES = {
    "X86_64": ec2.InstanceArchitecture.X86_64,
    "ARM64": ec2.InstanceArchitecture.ARM_64,
}


def check_application(app: DjangoApp, *, spot_nodes: bool, writable_root: bool) -> None:
    """Refuses what Kubernetes does not do.

    :raises OptionError: with what to do instead.
    """
    check_distinct("workers", app.processes)
    check_distinct("release_commands", app.release)
    check_distinct("scheduled_commands", app.scheduled)
    check_user(app)
    for process in (app.web, *app.worker_processes):
        _check_scaling(process)
        if process.spot and not spot_nodes:
            raise OptionError(
                "workers",
                process.name,
                "spot=True needs nodes on spare capacity: set spot_nodes=True, on which "
                "everything runs, or leave spot out.",
            )
    if writable_root and app.read_only_root_filesystem:
        raise OptionError(
            "writable_root_filesystem",
            True,
            "read_only_root_filesystem=True says the opposite: leave one of the two out.",
        )


def check_cluster(
    app: DjangoApp,
    *,
    vpc: ec2.IVpc | None,
    nat: Nat,
    kubernetes_version: str,
    identity: Identity,
    namespace: str,
    auto_mode: bool,
    node_count: int | None,
    node_instance_types: Sequence[str] | None,
    spot_nodes: bool,
) -> None:
    """Refuses a cluster that can't be, and options that would do nothing.

    :param node_count: None: not given.
    """
    check_choice("kubernetes_version", kubernetes_version, KUBERNETES_VERSIONS)
    check_choice("identity", identity, get_args(Identity))
    if vpc and nat != "gateway":
        raise OptionError("nat", nat, "the given VPC has its own way out: leave it out.")
    if vpc and not vpc.private_subnets:
        raise OptionError(
            "vpc",
            vpc.node.path,
            "it has no private subnets with a way to the internet, in which nodes run: add them.",
        )
    if nat == "none":
        raise OptionError(
            "nat",
            nat,
            "nodes of EKS need private subnets with a way to the internet: give 'instance', the "
            "cheapest one, or 'gateway'.",
        )
    if not is_dns_name(namespace) or namespace.startswith("kube-") or namespace == "default":
        raise OptionError(
            "namespace",
            namespace,
            "give small letters, digits and hyphens, not 'default' and not kube-...",
        )
    if node_count is not None and node_count < 1:
        raise OptionError("node_count", node_count, "give 1 or more.")
    if auto_mode:
        _refuse_with_auto_mode(
            node_count=node_count,
            node_instance_types=node_instance_types,
            spot_nodes=spot_nodes or None,
        )
    for name in node_instance_types or ():
        if ec2.InstanceType(name).architecture is not _ARCHITECTURES[app.cpu_architecture]:
            raise OptionError(
                "node_instance_types",
                name,
                f"its CPU is not {app.cpu_architecture}, for which the image is built: give "
                "another type, or another cpu_architecture.",
            )


def check_release(app: DjangoApp, *, timeout: int, release_id: str | None) -> None:
    """Refuses a time that the handler of the release does not have."""
    if not 1 <= timeout <= LONGEST_RELEASE:
        raise OptionError(
            "release_timeout",
            timeout,
            f"give 1 to {LONGEST_RELEASE} seconds: Lambda ends the deployment's Helm after 15 "
            "minutes, of which hook, rollout and rollback get 280 seconds each. Longer migrations: "
            "docs/eks.md.",
        )
    if release_id is not None and not app.release:
        raise OptionError("release_id", release_id, "there are no release_commands to run.")


def _refuse_with_auto_mode(**given: object) -> None:
    for option, value in given.items():
        if value is not None:
            raise OptionError(
                option, value, "with auto_mode=True EKS chooses the nodes itself: leave it out."
            )


def _check_scaling(process: Process) -> None:
    scaling = process.scaling
    option = "web_scaling" if process.kind == "web" else f"scaling of worker {process.name!r}"
    if scaling is None:
        return
    if scaling.requests_per_target is not None:
        raise OptionError(
            option,
            scaling,
            "Kubernetes does not count requests without further software: scale on cpu_percent.",
        )
    if scaling.backlog_per_task is not None:
        raise OptionError(
            option,
            scaling,
            "Kubernetes does not count messages without further software (KEDA has a scaler for "
            "Redis lists): scale on cpu_percent, or use DjangoEcs.",
        )
