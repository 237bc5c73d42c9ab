"""The application in a VPC of your own, with Aurora Serverless and its alarms by mail."""

import aws_cdk as cdk
import aws_cdk.aws_ec2 as ec2
import aws_cdk.aws_sns as sns
import aws_cdk.aws_sns_subscriptions as subscriptions

from django_cdk import AuroraServerless, DjangoEcs

app = cdk.App()
stack = cdk.Stack(app, "Blog")

vpc = ec2.Vpc(
    stack,
    "Vpc",
    ip_addresses=ec2.IpAddresses.cidr("10.20.0.0/16"),
    max_azs=2,
    nat_gateways=1,
    restrict_default_security_group=True,
    subnet_configuration=[
        ec2.SubnetConfiguration(name="Public", subnet_type=ec2.SubnetType.PUBLIC),
        ec2.SubnetConfiguration(name="Private", subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS),
        ec2.SubnetConfiguration(name="Data", subnet_type=ec2.SubnetType.PRIVATE_ISOLATED),
    ],
)
vpc.add_flow_log("FlowLog", traffic_type=ec2.FlowLogTrafficType.REJECT)

alarms = sns.Topic(stack, "Alarms", enforce_ssl=True)
alarms.add_subscription(subscriptions.EmailSubscription("ops@example.com"))

blog = DjangoEcs(
    stack,
    "Blog",
    image_directory="../../test/django-step-by-step/backend",
    web_command=["./scripts/start_prod.sh"],
    django_settings_module="backend.settings.aws",
    vpc=vpc,
    database=AuroraServerless(min_acu=0.5, max_acu=8, readers=1),
    alarm_topic=alarms,
)
# Everything that is made is a public attribute: here a machine of the company asks the database.
blog.backing.database.connections.allow_default_port_from(ec2.Peer.ipv4("10.20.255.10/32"))

app.synth()
