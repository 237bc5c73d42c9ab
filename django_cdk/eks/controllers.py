"""Controllers that turn objects of the cluster into AWS resources: load balancer and records."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import aws_cdk.aws_eks_v2 as eks
import aws_cdk.aws_iam as iam
from aws_cdk import Duration, Stack
from constructs import Construct

from .versions import EXTERNAL_DNS, LOAD_BALANCER_CONTROLLER, PinnedChart

if TYPE_CHECKING:
    from collections.abc import Mapping

    import aws_cdk.aws_route53 as route53

    from .cluster import ApplicationCluster

_POLICY = Path(__file__).parent / "load_balancer_controller_policy.json"
_TIMEOUT = Duration.minutes(10)


class LoadBalancerController(Construct):
    """The AWS Load Balancer Controller in ``kube-system``.

    :param cluster: where it runs.
    """

    def __init__(self, scope: Construct, id: str, *, cluster: ApplicationCluster) -> None:
        super().__init__(scope, id)
        name = LOAD_BALANCER_CONTROLLER.name
        workload = cluster.workload_role(
            self, "Identity", namespace="kube-system", service_account=name
        )
        #: Makes load balancers, and nothing else.
        self.role = workload.role
        document = _POLICY.read_text().replace("arn:aws:", f"arn:{Stack.of(self).partition}:")
        self.role.attach_inline_policy(
            iam.Policy(self, "Policy", document=iam.PolicyDocument.from_json(json.loads(document)))
        )
        #: The Helm release.
        self.chart = _chart(
            self,
            LOAD_BALANCER_CONTROLLER,
            cluster=cluster,
            namespace="kube-system",
            values={
                "clusterName": cluster.cluster.cluster_name,
                # Pods can't read the instance metadata, where it would look these up.
                "region": Stack.of(self).region,
                "vpcId": cluster.cluster.vpc.vpc_id,
                "serviceAccount": {
                    "create": True,
                    "name": name,
                    "annotations": dict(workload.annotations),
                },
                # Its webhook would refuse every Service of the cluster while it is not up.
                "enableServiceMutatorWebhook": False,
                "podDisruptionBudget": {"maxUnavailable": 1},
            },
        )
        self.chart.node.add_dependency(workload, *cluster.ready)


class ExternalDns(Construct):
    """external-dns in its own namespace: it keeps the record of the Ingress, in one zone only.

    :param cluster: where it runs.
    :param zone: the one zone it may change.
    :param zone_name: its name.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        cluster: ApplicationCluster,
        zone: route53.IHostedZone,
        zone_name: str,
    ) -> None:
        super().__init__(scope, id)
        name = EXTERNAL_DNS.name
        workload = cluster.workload_role(self, "Identity", namespace=name, service_account=name)
        #: May change records of the one zone.
        self.role = workload.role
        for actions, resource in (
            (
                ["route53:ChangeResourceRecordSets", "route53:ListResourceRecordSets"],
                zone.hosted_zone_arn,
            ),
            # Listing knows no resource.
            (["route53:ListHostedZones"], "*"),
        ):
            self.role.add_to_policy(iam.PolicyStatement(actions=actions, resources=[resource]))
        #: The Helm release.
        self.chart = _chart(
            self,
            EXTERNAL_DNS,
            cluster=cluster,
            namespace=name,
            values={
                "provider": {"name": "aws"},
                "env": [{"name": "AWS_DEFAULT_REGION", "value": Stack.of(self).region}],
                "sources": ["ingress"],
                "domainFilters": [zone_name.rstrip(".")],
                # Records of others in the zone bear another owner, and stay.
                "policy": "sync",
                "registry": "txt",
                "txtOwnerId": cluster.cluster.cluster_name,
                "extraArgs": {"zone-id-filter": zone.hosted_zone_id},
                "serviceAccount": {
                    "create": True,
                    "name": name,
                    "annotations": dict(workload.annotations),
                },
            },
        )
        self.chart.node.add_dependency(workload, *cluster.ready)


def _chart(
    scope: Construct,
    chart: PinnedChart,
    *,
    cluster: ApplicationCluster,
    namespace: str,
    values: Mapping[str, object],
) -> eks.HelmChart:
    return eks.HelmChart(
        scope,
        "Chart",
        cluster=cluster.interface,
        chart=chart.name,
        repository=chart.repository,
        version=chart.version,
        release=chart.name,
        namespace=namespace,
        create_namespace=namespace != "kube-system",
        values=values,
        wait=True,
        timeout=_TIMEOUT,
    )
