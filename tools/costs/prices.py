"""List prices, each with where and of when it was read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

HOURS = 730
"""Of a month, as AWS's own calculator counts them."""

REGION = "us-east-1"
"""Where the prices hold."""


@dataclass(frozen=True)
class Source:
    """A page on which a price was read."""

    url: str
    #: When the page says its prices are of; empty: it does not say.
    date: str


@dataclass(frozen=True)
class Price:
    """US dollars, on demand, without tax, credits and free tiers."""

    what: str
    dollars: float
    unit: str
    #: None: from general knowledge, read nowhere.
    source: Source | None

    @property
    def monthly(self) -> float:
        """For one of it, all month."""
        return self.dollars * HOURS if self.unit == "hour" else self.dollars


_FARGATE = Source("https://www.wring.co/blog/aws-fargate-pricing-guide", "March 2026")
_FARGATE_ARM = Source("https://www.vantage.sh/blog/fargate-pricing", "")
_NETWORK = Source("https://cloudburn.io/blog/aws-nat-gateway-pricing", "February 2026")
_NAT_INSTANCE = Source("https://egresscost.com/nat-gateway", "March 2026")
_LOAD_BALANCER = Source("https://cal53.calculator.city/aws-alb-cost-calculator/", "")
_RDS = Source("https://infratally.com/articles/aws-rds-pricing-explained-2026.html", "2026")
_RDS_STORAGE = Source(
    "https://www.usage.ai/blogs/aws/reserved-instances/rds/pricing-calculator/", "June 2026"
)
_AURORA = Source("https://awsnegotiations.com/blog/aurora-serverless-v2-pricing.html", "May 2026")
_SECRETS = Source(
    "https://hivebook.wiki/wiki/aws-secrets-manager-rotated-secrets-dynamic-db-credentials-kms",
    "",
)
_KMS = Source("https://cloudburn.io/blog/aws-kms-pricing", "March 2026")
_EKS = Source("https://cloudburn.io/blog/amazon-eks-pricing", "March 2026")
_EC2 = Source("https://hacecuentas.com/en/costo-servidor-cloud-aws-ec2-mensual", "April 2026")

PRICES: Mapping[str, Price] = {
    "fargate.X86_64.cpu": Price("Fargate, 1 vCPU", 0.04048, "hour", _FARGATE),
    "fargate.X86_64.memory": Price("Fargate, 1 GiB", 0.004445, "hour", _FARGATE),
    "fargate.ARM64.cpu": Price("Fargate on ARM64, 1 vCPU", 0.03238, "hour", _FARGATE_ARM),
    "fargate.ARM64.memory": Price("Fargate on ARM64, 1 GiB", 0.00356, "hour", _FARGATE_ARM),
    "nat": Price("NAT gateway; 0.045 more for each GB", 0.045, "hour", _NETWORK),
    "address": Price("public IPv4 address", 0.005, "hour", _NETWORK),
    "load_balancer": Price("Application Load Balancer, idle", 0.0225, "hour", _LOAD_BALANCER),
    "rds.t4g.micro": Price("RDS db.t4g.micro", 0.016, "hour", _RDS),
    "rds.t4g.small": Price("RDS db.t4g.small", 0.032, "hour", _RDS),
    "rds.t4g.medium": Price("RDS db.t4g.medium", 0.065, "hour", _RDS),
    "rds.storage": Price("RDS storage (gp3), 1 GiB", 0.115, "month", _RDS_STORAGE),
    "aurora.acu": Price("Aurora capacity unit", 0.12, "hour", _AURORA),
    "aurora.storage": Price("Aurora storage, 1 GiB", 0.10, "month", _AURORA),
    "cache.t4g.micro": Price("Valkey node cache.t4g.micro", 0.0128, "hour", None),
    "cache.t4g.small": Price("Valkey node cache.t4g.small", 0.0256, "hour", None),
    "secret": Price("secret in Secrets Manager", 0.40, "month", _SECRETS),
    "key": Price("KMS key", 1.00, "month", _KMS),
    "alarm": Price("CloudWatch alarm", 0.10, "month", None),
    "eks": Price("EKS control plane, in standard support", 0.10, "hour", _EKS),
    "ec2.t4g.nano": Price("EC2 t4g.nano", 0.0042, "hour", _NAT_INSTANCE),
    "ec2.t4g.small": Price("EC2 t4g.small", 0.0168, "hour", None),
    "ec2.t3.large": Price("EC2 t3.large", 0.0832, "hour", _EC2),
    "disk": Price("EBS disk (gp3), 1 GiB", 0.08, "month", None),
}
