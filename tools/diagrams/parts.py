"""Which resources are parts of a picture, what they are called and what they are there for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Kind:
    """What a type of resource is to a reader.

    `icon` is a file of the icon set without its ending; `merged` draws all of a stack's resources
    of this type as one part with their number.
    """

    noun: str
    icon: str
    purpose: str
    merged: bool = False


def _kind(noun: str, icon: str, purpose: str, *, merged: bool = False) -> Kind:
    return Kind(noun=noun, icon=icon, purpose=purpose, merged=merged)


# Most roles are the small print of something else; one that outsiders take is a part by itself.
WEB_IDENTITY_ROLE = "AWS::IAM::Role (web identity)"

KINDS: Mapping[str, Kind] = {
    "AWS::Route53::RecordSet": _kind(
        "DNS record",
        "aws/network/route-53",
        "Points the domain name at its entrance, for IPv4 and IPv6.",
        merged=True,
    ),
    "AWS::CertificateManager::Certificate": _kind(
        "Certificate",
        "aws/security/certificate-manager",
        "TLS for the domain name, validated by a DNS record and renewed by AWS.",
    ),
    "AWS::CloudFront::Distribution": _kind(
        "CloudFront distribution",
        "aws/network/cloudfront",
        "The one entrance for browsers: TLS, caching, and the choice of an origin by path.",
    ),
    "AWS::CloudFront::Function": _kind(
        "CloudFront function",
        "aws/compute/lambda-function",
        "Turns a path of the single-page application into index.html before the cache is asked.",
    ),
    "AWS::CloudFront::VpcOrigin": _kind(
        "VPC origin",
        "aws/network/endpoint",
        "Lets CloudFront reach a load balancer that has no public address.",
    ),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": _kind(
        "Application Load Balancer",
        "aws/network/elb-application-load-balancer",
        "Takes HTTP and HTTPS and passes requests to healthy web tasks only.",
    ),
    "AWS::EC2::NatGateway": _kind(
        "NAT gateway",
        "aws/network/nat-gateway",
        "The way out for tasks in private subnets; nothing comes in through it.",
    ),
    "AWS::EC2::InternetGateway": _kind(
        "Internet gateway",
        "aws/network/internet-gateway",
        "Connects the public subnets with the internet.",
    ),
    "AWS::EC2::VPCEndpoint": _kind(
        "S3 gateway endpoint",
        "aws/network/endpoint",
        "Traffic to S3 stays off the NAT gateway and costs nothing.",
    ),
    "AWS::ECS::Service": _kind(
        "Fargate service",
        "aws/compute/fargate",
        "Keeps the wanted number of tasks running and rolls a new version out, or back.",
    ),
    "AWS::Scheduler::Schedule": _kind(
        "Schedule",
        "aws/integration/eventbridge-scheduler",
        "Starts a one-off task at its time.",
    ),
    "Custom::DjangoReleaseCommand": _kind(
        "Release command",
        "aws/compute/elastic-container-service-task",
        "A one-off task that must succeed before the services get the new version.",
    ),
    "AWS::RDS::DBInstance": _kind(
        "RDS for PostgreSQL",
        "aws/database/rds-postgresql-instance",
        "The database: encrypted, backed up, in subnets without a way out.",
    ),
    "AWS::ElastiCache::ReplicationGroup": _kind(
        "ElastiCache for Valkey",
        "aws/database/elasticache",
        "Cache and celery broker: TLS and a token.",
    ),
    "AWS::S3::Bucket": _kind(
        "S3 bucket",
        "aws/storage/simple-storage-service-s3-bucket",
        "Private, encrypted, TLS only.",
    ),
    "AWS::SecretsManager::Secret": _kind(
        "Secrets Manager",
        "aws/security/secrets-manager",
        "Generated values that reach containers as secrets and never stand in the template.",
        merged=True,
    ),
    "AWS::KMS::Key": _kind(
        "KMS key",
        "aws/security/key-management-service",
        "Encrypts sessions of ECS Exec and their log.",
    ),
    "AWS::Logs::LogGroup": _kind(
        "CloudWatch Logs",
        "aws/management/cloudwatch-logs",
        "One log group for each process, with an end to how long it is kept.",
        merged=True,
    ),
    "AWS::CloudWatch::Alarm": _kind(
        "CloudWatch alarms",
        "aws/management/cloudwatch-alarm",
        "Tell when something needs a person.",
        merged=True,
    ),
    "AWS::ApplicationAutoScaling::ScalableTarget": _kind(
        "Auto scaling",
        "aws/compute/application-auto-scaling",
        "Follows the load between the smallest and the largest number of tasks.",
        merged=True,
    ),
    "AWS::SQS::Queue": _kind(
        "SQS queue",
        "aws/integration/simple-queue-service-sqs-queue",
        "Keeps what a schedule could not start, so that nobody misses it.",
    ),
    "AWS::SNS::Topic": _kind(
        "SNS topic",
        "aws/integration/simple-notification-service-sns-topic",
        "Passes alarms and news on to people.",
    ),
    "AWS::EKS::Cluster": _kind(
        "EKS cluster",
        "aws/compute/elastic-kubernetes-service",
        "The Kubernetes control plane, run by AWS.",
    ),
    "AWS::EKS::Nodegroup": _kind(
        "Managed node group",
        "aws/compute/ec2-instances",
        "The machines that the pods run on, replaced one by one at an update.",
    ),
    "AWS::EKS::Addon": _kind(
        "EKS add-ons",
        "k8s/controlplane/c-m",
        "Parts of the cluster that AWS keeps up to date: network, DNS, metrics, secrets.",
        merged=True,
    ),
    "AWS::EKS::AccessEntry": _kind(
        "Access entry",
        "aws/security/identity-and-access-management-iam-permissions",
        "Says which role may do what in the cluster; there is no aws-auth map.",
    ),
    "AWS::EKS::PodIdentityAssociation": _kind(
        "Pod identity",
        "aws/security/identity-and-access-management-iam-role",
        "Gives one service account one narrow role.",
    ),
    "Custom::AWSCDK-EKS-HelmChart": _kind(
        "Helm release",
        "k8s/ecosystem/helm",
        "Installed by CloudFormation, waited for, and rolled back with the stack.",
    ),
    "AWS::EC2::Instance": _kind(
        "EC2 instance",
        "aws/compute/ec2-instance",
        "The one machine: Amazon Linux 2023, IMDSv2, no open SSH; docker swarm runs on it.",
    ),
    "AWS::EC2::EIP": _kind(
        "Elastic IP address",
        "aws/compute/ec2-elastic-ip-address",
        "An address that stays when what is behind it is replaced.",
    ),
    "AWS::EC2::Volume": _kind(
        "EBS volume",
        "aws/storage/elastic-block-store-ebs-volume",
        "The data of Postgres and Valkey: encrypted, and kept when the machine goes.",
    ),
    "AWS::EFS::FileSystem": _kind(
        "EFS file system",
        "aws/storage/elastic-file-system-efs-file-system",
        "The data on a file system of its own.",
    ),
    "AWS::Backup::BackupPlan": _kind(
        "Backup plan", "aws/storage/backup", "A snapshot each day, kept for weeks."
    ),
    "AWS::ECR::Repository": _kind(
        "ECR repository",
        "aws/compute/ec2-container-registry-registry",
        "Takes images from a CI job; scans them, and throws old ones away.",
    ),
    "AWS::SSM::Document": _kind(
        "SSM document",
        "aws/management/systems-manager-documents",
        "The one command that updates the stack on the machine.",
    ),
    "Custom::DjangoSwarmUpdate": _kind(
        "Update",
        "aws/management/systems-manager-run-command",
        "Runs the document on the machine and fails the deployment when the update fails.",
    ),
    "Custom::CDKBucketDeployment": _kind(
        "Upload",
        "aws/storage/simple-storage-service-s3-bucket-with-objects",
        "Puts the built files into the bucket and empties the cache of what changed.",
    ),
    "Custom::SupersededFiles": _kind(
        "Superseded files",
        "aws/compute/lambda-function",
        "Keeps the hashed files of the last builds for browsers that are still open.",
    ),
    "AWS::CodePipeline::Pipeline": _kind(
        "CodePipeline",
        "aws/devtools/codepipeline",
        "Takes each push through its stages, and updates itself first.",
    ),
    "AWS::CodeBuild::Project": _kind(
        "CodeBuild project",
        "aws/devtools/codebuild",
        "Runs the commands of a stage in a fresh container.",
    ),
    "AWS::IAM::OIDCProvider": _kind(
        "Identity provider",
        "aws/security/identity-and-access-management-iam-aws-sts",
        "Lets AWS believe the tokens that GitHub gives its jobs; there is no key to lose.",
    ),
    WEB_IDENTITY_ROLE: _kind(
        "Role for a job",
        "aws/security/identity-and-access-management-iam-role",
        "Taken by jobs of one repository only; it may assume the roles of the CDK's bootstrap.",
    ),
    "AWS::IAM::User": _kind(
        "IAM user",
        "aws/general/user",
        "For a project that runs outside AWS: it may use this one bucket.",
    ),
    "AWS::IAM::AccessKey": _kind(
        "Access key",
        "aws/security/identity-and-access-management-iam-long-term-security-credential",
        "Goes into the secret; nobody has to see it.",
    ),
}

# What stands in a Helm chart or manifest of the application, by Kubernetes' own kinds.
KUBERNETES: Mapping[str, Kind] = {
    "Namespace": _kind(
        "Namespace", "k8s/group/ns", "Holds the application; its pods must be restricted ones."
    ),
    "ServiceAccount": _kind(
        "Service account", "k8s/rbac/sa", "The identity of the pods, tied to a narrow role."
    ),
    "SecretProviderClass": _kind(
        "Secret provider class",
        "k8s/podconfig/secret",
        "Reads the secrets of Secrets Manager into the pods.",
    ),
    "Job": _kind(
        "Job (Helm hook)",
        "k8s/compute/job",
        "Runs the release commands before the rollout, and stops it when one fails.",
    ),
    "Deployment": _kind(
        "Deployment", "k8s/compute/deploy", "Keeps the wanted number of pods running."
    ),
    "Service": _kind("Service", "k8s/network/svc", "One name for the web pods."),
    "Ingress": _kind(
        "Ingress",
        "k8s/network/ing",
        "Becomes an Application Load Balancer; the controller makes and keeps it.",
    ),
    "CronJob": _kind("Cron job", "k8s/compute/cronjob", "Runs a scheduled command at its time."),
    "HorizontalPodAutoscaler": _kind(
        "Pod autoscalers",
        "k8s/clusterconfig/hpa",
        "Follows the load with the number of pods.",
        merged=True,
    ),
    "PodDisruptionBudget": _kind(
        "Disruption budgets",
        "k8s/clusterconfig/limits",
        "Leaves enough pods running while nodes are replaced.",
        merged=True,
    ),
    "NetworkPolicy": _kind(
        "Network policies",
        "k8s/network/netpol",
        "Says who may reach the pods, and whom they may.",
        merged=True,
    ),
}

SWARM = _kind(
    "Swarm service", "onprem/container/docker", "A service of the stack file on the machine."
)
