"""What cdk-nag's AwsSolutions rules find in this library's templates, and why it stands.

The library itself never imports cdk-nag, so a team that uses it acknowledges these in its own app
with `Validations.of(construct).acknowledge(...)`; the reasons below are there to be copied.
"""

from __future__ import annotations

from tests.quality.acceptance import Accepted
from tests.quality.accepted_nag_ec2 import EC2
from tests.quality.accepted_nag_eks import EKS
from tests.quality.accepted_nag_pipeline import PIPELINE

NETWORK = (
    Accepted(
        rule="VPC7",
        path="(Vpc|OwnVpc)/Resource",
        reason="Flow logs cost by the gigabyte and are asked for by few; the VPC is a public "
        "attribute: django.vpc.add_flow_log('FlowLog').",
    ),
    Accepted(
        rule="EC23",
        path="LoadBalancer/Balancer/SecurityGroup/Resource",
        reason="A public load balancer is open to the world on its listener ports, 80 and 443, "
        "and on nothing else.",
    ),
    Accepted(
        rule="EC23",
        path="NatSecurityGroup/Resource",
        reason="The rule can't read the VPC's range, an attribute; the one ingress rule is for "
        "that range alone, of which the NAT carries the traffic.",
    ),
    Accepted(
        rule="EC28",
        path="NatInstance/Resource",
        reason="nat='instance' is the choice of least cost; one-minute metrics cost more than the "
        "instance saves, and five-minute ones are there.",
    ),
    Accepted(
        rule="EC29",
        path="NatInstance/Resource",
        reason="The instance holds no state, and protection would stop the stack from replacing "
        "or deleting it.",
    ),
)

APPLICATION = (
    Accepted(
        rule="ECS2",
        path="Task/Resource",
        reason="The plain variables are host names, ports and switches, no secret; every secret "
        "is injected from Secrets Manager.",
    ),
    Accepted(
        rule="ECS4",
        path="Cluster/Resource",
        reason="Container Insights cost extra for each task; container_insights=True turns them "
        "on, and Fargate's free metrics per service are there without.",
    ),
    Accepted(
        rule=r"IAM5\[Resource::\*\]",
        path="Tasks/ExecutionRole/DefaultPolicy/Resource",
        reason="ecr:GetAuthorizationToken knows no resource; pulling is granted on the one "
        "repository.",
    ),
    Accepted(
        rule=r"IAM5\[Resource::\*\]",
        path="Tasks/TaskRole/DefaultPolicy/Resource",
        reason="ECS Exec: the ssmmessages channel actions and logs:DescribeLogGroups know no "
        "resource. Only with use_ecs_exec.",
    ),
    Accepted(
        rule=r"IAM5\[Resource::arn:.*:log-group:<\w*ExecLogs\w*>:\*\]",
        path="Tasks/TaskRole/DefaultPolicy/Resource",
        reason="ECS Exec writes a log stream for each session into the one log group of sessions.",
    ),
    Accepted(
        rule=r"IAM5\[Resource::<\w*(AssetsBucket|OwnBucket)\w*\.Arn>/\*\]",
        path="Tasks/TaskRole/DefaultPolicy/Resource",
        reason="The application reads and writes all objects of its own assets bucket, whose "
        "names only it knows.",
    ),
    Accepted(
        rule=r"IAM5\[Resource::arn:.*:task/<\w*Cluster\w*>/\*\]",
        path="Schedule/Role/DefaultPolicy/Resource",
        reason="ecs:TagResource on the tasks that a schedule starts in the one cluster; their ids "
        "are made at the start.",
    ),
    Accepted(
        rule="SQS3",
        path="Schedule/Failures/Resource",
        reason="It is the dead-letter queue itself, of EventBridge Scheduler, which the rule does "
        "not know; an alarm stands on it.",
    ),
)

BACKING = (
    Accepted(
        rule="AEC4",
        path="Cache/ReplicationGroup",
        reason="One node costs half of two; Valkey(replicas=1) puts a second one into another "
        "zone, with failover.",
    ),
    Accepted(
        rule="RDS3",
        path="Database/Instance/Resource",
        reason="A standby doubles the price of the instance; Postgres(multi_az=True) adds it.",
    ),
    Accepted(
        rule="RDS6",
        path="Database/Cluster/Resource",
        reason="Django logs in by password, over forced TLS, from the tasks' security group alone.",
    ),
    Accepted(
        rule="RDS10",
        path="Database/Instance/Resource",
        reason="removal_policy=DESTROY asks for a stack that can be deleted; by default the "
        "database is protected.",
    ),
    Accepted(
        rule="RDS11",
        path="Database/Instance/Resource",
        reason="Only the tasks' security group reaches the database, which stands in isolated "
        "subnets; another port would hide it from nobody.",
    ),
    Accepted(
        rule="SMG4",
        path="Database/(Instance|Cluster)/Secret/Resource",
        reason="DATABASE_URL holds the password and is composed at deployment: rotation in "
        "between would lock the running tasks out.",
    ),
    Accepted(
        rule="SMG4",
        path="Cache/AuthToken/Resource",
        reason="ElastiCache takes the token from the template at deployment, and so do the URLs "
        "in the tasks; rotation in between would part them.",
    ),
    Accepted(
        rule="SMG4",
        path="Backing/SecretKey/Resource",
        reason="Django signs sessions and tokens with it; a rotated key logs every user out. A "
        "team rotates it by hand with SECRET_KEY_FALLBACKS.",
    ),
    Accepted(
        rule="SMG4",
        path="Environment/Derived/Resource",
        reason="It holds values composed of other secrets, and no password of its own.",
    ),
)

RELEASE = (
    Accepted(
        rule=r"IAM5\[Resource::\*\]",
        path="DjangoReleaseProvider/(OnEvent|IsComplete)/Role/DefaultPolicy/Resource",
        reason="ecs:ListTasks knows no task or cluster as its resource; a condition holds it to "
        "the one cluster.",
    ),
    Accepted(
        rule=r"IAM5\[Resource::arn:.*:task-definition/\w*ReleaseTask\w*:\*\]",
        path="DjangoReleaseProvider/(OnEvent|IsComplete)/Role/DefaultPolicy/Resource",
        reason="Every revision of the one task definition: a rollback runs an earlier one.",
    ),
    Accepted(
        rule=r"IAM5\[Resource::arn:.*:task/<\w*Cluster\w*>/\*\]",
        path="DjangoReleaseProvider/(OnEvent|IsComplete)/Role/DefaultPolicy/Resource",
        reason="The tasks it starts in the one cluster, whose ids are made at the start.",
    ),
    Accepted(
        rule=r"IAM5\[Resource::arn:.*:log-group:<\w*ReleaseLogs\w*>:log-stream:release/\*\]",
        path="DjangoReleaseProvider/IsComplete/Role/DefaultPolicy/Resource",
        reason="The log streams of release tasks in the one log group, named after task ids.",
    ),
    Accepted(
        rule=r"IAM5\[Resource::<DjangoReleaseProvider(OnEvent|IsComplete)\w*\.Arn>:\*\]",
        path="DjangoReleaseProvider/Framework(OnEvent|Wait)Role/DefaultPolicy/Resource",
        reason="The CDK's provider framework may invoke every version of these two functions.",
    ),
    Accepted(
        rule=r"IAM5\[Resource::<DjangoReleaseProviderframework\w+\.Arn>:\*\]",
        path="DjangoReleaseProvider/Provider/waiter-state-machine/Role/DefaultPolicy/Resource",
        reason="The CDK's waiter may invoke every version of its own two functions.",
    ),
    Accepted(
        rule="SF[12]",
        path="DjangoReleaseProvider/Provider/waiter-state-machine/Resource",
        reason="The CDK's waiter only repeats a call every ten seconds during a deployment; what "
        "each call did stands in the function's own log.",
    ),
)

QUEUE_DEPTH = (
    Accepted(
        rule=r"IAM5\[Resource::\*\]",
        path="QueueDepth/Reader/Role/DefaultPolicy/Resource",
        reason="Lambda makes the function's network interfaces, for which no narrower resource "
        "works; the function's security group keeps its own code from AWS.",
    ),
    Accepted(
        rule=r"IAM5\[Resource::\*\]",
        path="QueueDepth/Publisher/Role/DefaultPolicy/Resource",
        reason="cloudwatch:PutMetricData knows no resource; a condition holds it to the one "
        "namespace.",
    ),
    Accepted(
        rule=r"IAM5\[Resource::<\w*QueueDepthReader\w*\.Arn>:\*\]",
        path="QueueDepth/Publisher/Role/DefaultPolicy/Resource",
        reason="The CDK's grant is for every version of the one function.",
    ),
)

_DEPLOYMENT = r"Custom::CDKBucketDeployment\w+"

SITE = (
    Accepted(
        rule="CFR1",
        path="Distribution/Resource",
        reason="A site is for the whole world unless its team says otherwise; the distribution is "
        "a public attribute.",
    ),
    Accepted(
        rule="CFR2",
        path="Distribution/Resource",
        reason="A WAF costs by the month and by the request; web_acl_arn puts one in front.",
    ),
    Accepted(
        rule="CFR3",
        path="Distribution/Resource",
        reason="Access logs cost storage and hold visitors' addresses; access_logs=True keeps "
        "them for 90 days.",
    ),
    Accepted(
        rule="CFR4",
        path="Distribution/Resource",
        reason="Without a domain the site has CloudFront's own certificate, whose TLS policy "
        "can't be set; with one it is TLS 1.2 of 2021.",
    ),
    Accepted(
        rule="S1",
        path="Content/Bucket/Resource",
        reason="Only CloudFront and the deployment reach this bucket of public files; who asked "
        "for what stands in CloudFront's own logs.",
    ),
    Accepted(
        rule="S1",
        path="AccessLogs/Bucket/Resource",
        reason="It holds access logs itself, which CloudFront or the load balancer writes; a log "
        "of reading them is for the account's own trail.",
    ),
    Accepted(
        rule="SMG4",
        path="LoadBalancerOrigin/Secret/Resource",
        reason="The distribution sends it and the listener asks for it, both as of the last "
        "deployment: rotation in between would close the load balancer to CloudFront.",
    ),
    Accepted(
        rule="(IAM4|IAM5).*",
        path=f"{_DEPLOYMENT}/ServiceRole(/DefaultPolicy)?/Resource",
        reason="The CDK's BucketDeployment grants its own function the content bucket, the asset "
        "bucket and invalidations (which name their distribution in the call).",
    ),
    Accepted(
        rule="L1",
        path=f"{_DEPLOYMENT}/Resource",
        reason="The runtime is the CDK's choice, which moves it on with its releases.",
    ),
    Accepted(
        rule=r"IAM5\[Resource::<\w*ContentBucket\w*\.Arn>/\*\]",
        path="SupersededFilesProvider/OnEvent/Role/DefaultPolicy/Resource",
        reason="It tags hashed files of earlier builds in the one content bucket, whose names are "
        "made by the builds.",
    ),
    Accepted(
        rule=r"IAM5\[Resource::<SupersededFilesProviderOnEvent\w*\.Arn>:\*\]",
        path="SupersededFilesProvider/FrameworkRole/DefaultPolicy/Resource",
        reason="The CDK's provider framework may invoke every version of the one function.",
    ),
    Accepted(
        rule=r"IAM5\[Resource::\*\]",
        path="CloudFrontPrefixList/CustomResourcePolicy/Resource",
        reason="ec2:DescribeManagedPrefixLists, which asks for the id of CloudFront's address "
        "list, knows no resource.",
    ),
    Accepted(
        rule="IAM4.*",
        path=r"AWS679f53fac002430cb0da5b7982bd2287/ServiceRole/Resource",
        reason="The CDK's AwsCustomResource has this one function for a whole stack, with a role "
        "of its own making.",
    ),
)

ELSEWHERE = (
    Accepted(
        rule=r"IAM5\[Resource::<FilesAssetsBucket\w*\.Arn>/\*\]",
        path="Files/Policy/Resource",
        reason="The project reads and writes all objects of its one bucket, whose names only it "
        "knows.",
    ),
    Accepted(
        rule="S1",
        path="Files/Assets/Bucket/Resource",
        reason="Access logs cost storage; access_logs=True keeps them for 90 days.",
    ),
    Accepted(
        rule="S2",
        path="Files/Assets/Bucket/Resource",
        reason="public_static=True asks for it: everybody may read static/ and list nothing. By "
        "default the bucket is private.",
    ),
    Accepted(
        rule="SMG4",
        path="Files/Secret/Resource",
        reason="Its access key is also in the hands of a project outside AWS, so a person changes "
        "it: access_key_serial, with the previous one kept for the change.",
    ),
)

ACCEPTED = (
    *NETWORK,
    *APPLICATION,
    *BACKING,
    *RELEASE,
    *QUEUE_DEPTH,
    *SITE,
    *ELSEWHERE,
    *EKS,
    *EC2,
    *PIPELINE,
)
