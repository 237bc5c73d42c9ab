"""What cdk-nag's AwsSolutions rules find in DjangoEks beside the rest, and why it stands."""

from __future__ import annotations

from tests.quality.acceptance import Accepted

_HANDLER = "Platform/Cluster/KubectlProvider/Handler/ServiceRole"
_FRAMEWORK = "Platform/Cluster/KubectlProvider/Provider/framework-onEvent/ServiceRole"

EKS = (
    Accepted(
        rule="EKS1",
        path="Platform/Cluster/Resource",
        reason="kubectl works from anywhere with the identity of an admin, and only with it; "
        "public_endpoint_cidrs closes the endpoint to the team's ranges, or altogether.",
        # The rule does not know the class that newer releases make clusters of.
        older_cdk=True,
    ),
    Accepted(
        rule=r"IAM4\[.*policy/AmazonEKS\w+Policy\]",
        path="Platform/Cluster/Role/Resource",
        reason="EKS asks for these managed policies by name and moves them on with its releases.",
    ),
    Accepted(
        rule=r"IAM4\[.*policy/(AmazonEKSWorkerNodePolicy|AmazonEKS_CNI_Policy|"
        r"AmazonEC2ContainerRegistryReadOnly)\]",
        path="Platform/(Nodes/Group/NodeGroupRole|Cluster/ClusternodePoolRole)/Resource",
        reason="EKS asks for these managed policies on nodes by name; pods can't reach the nodes' "
        "role.",
    ),
    Accepted(
        rule=r"IAM4\[.*policy/CloudWatchAgentServerPolicy\]",
        path="Platform/ContainerInsights/Role/Resource",
        reason="The CloudWatch add-on asks for this managed policy by name.",
    ),
    Accepted(
        rule=r"IAM4\[.*",
        path=f"({_HANDLER}|{_FRAMEWORK})/Resource",
        reason="The CDK gives its own kubectl functions their logs, their network and the "
        "registries of charts this way.",
    ),
    Accepted(
        rule=r"IAM5\[(Action::s3:(GetObject|GetBucket|List)\*|Resource::arn:.*assets-.*/\*)\]",
        path=f"{_HANDLER}/DefaultPolicy/Resource",
        reason="The CDK lets its kubectl function read the application's chart in the bucket of "
        "assets, as every asset is read.",
    ),
    Accepted(
        rule=r"IAM5\[Resource::<\w*KubectlProviderHandler\w*\.Arn>:\*\]",
        path=f"{_FRAMEWORK}/DefaultPolicy/Resource",
        reason="The CDK's provider framework may invoke every version of the one function.",
    ),
    Accepted(
        rule="L1",
        path="Platform/Cluster/KubectlProvider/Handler/Resource",
        reason="The runtime is the CDK's choice, which moves it on with its releases.",
    ),
    Accepted(
        rule=r"IAM5\[Resource::.*\]",
        path="LoadBalancerController/Policy/Resource",
        reason="The controller's own policy of its pinned version: names of load balancers are "
        "made by it, and conditions on the cluster's tag hold what it changes.",
    ),
    Accepted(
        rule=r"IAM5\[Resource::\*\]",
        path="ExternalDns/Identity/Role/DefaultPolicy/Resource",
        reason="route53:ListHostedZones knows no resource; records are changed in the one zone.",
    ),
    Accepted(
        rule=r"IAM5\[Resource::<\w*AssetsBucket\w*\.Arn>/\*\]",
        path="Workload/Identity/Role/DefaultPolicy/Resource",
        reason="The application reads and writes all objects of its own assets bucket, whose "
        "names only it knows.",
    ),
)
