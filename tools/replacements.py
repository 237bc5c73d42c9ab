"""What an update would do to a stack's resources: which it replaces, which it takes away.

The answers are those of `cdk diff`, whose differ (the npm package @aws-cdk/cloudformation-diff)
knows from CloudFormation's own schemas which property needs a replacement, and follows references.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.environment import tool_environment
from tools.node import node_executable

_DIFFER = Path(__file__).with_suffix(".cjs")

Template = Mapping[str, Any]

# What holds data, what somebody outside the stack has written down (an address, a key, a name
# servers were pointed at), or what others are encrypted with.
STATEFUL = frozenset(
    {
        "AWS::Backup::BackupVault",
        "AWS::CloudFront::Distribution",
        "AWS::EC2::EIP",
        "AWS::EC2::VPC",
        "AWS::EC2::Volume",
        "AWS::ECR::Repository",
        "AWS::EFS::FileSystem",
        "AWS::EKS::Cluster",
        "AWS::ElastiCache::ReplicationGroup",
        "AWS::ElastiCache::ServerlessCache",
        "AWS::ElasticLoadBalancingV2::LoadBalancer",
        "AWS::IAM::AccessKey",
        "AWS::IAM::User",
        "AWS::KMS::Key",
        "AWS::Logs::LogGroup",
        "AWS::RDS::DBCluster",
        "AWS::RDS::DBInstance",
        "AWS::Route53::HostedZone",
        "AWS::S3::Bucket",
        "AWS::SNS::Topic",
        "AWS::SecretsManager::Secret",
    }
)
# WILL_ORPHAN: it stays in the account, but the stack goes on with a new, empty one or none.
_LOST = frozenset({"WILL_REPLACE", "MAY_REPLACE", "WILL_DESTROY", "WILL_ORPHAN"})


@dataclass(frozen=True, kw_only=True)
class Change:
    """What an update does to one resource.

    `impact` is the differ's word: WILL_CREATE, WILL_UPDATE, MAY_REPLACE, WILL_REPLACE,
    WILL_DESTROY, WILL_ORPHAN or WILL_IMPORT; `properties` are those that ask for a replacement.
    """

    id: str
    type: str
    impact: str
    properties: tuple[str, ...]

    @property
    def loses_state(self) -> bool:
        """Whether something that must outlive an update would not."""
        return self.type in STATEFUL and self.impact in _LOST

    @property
    def told(self) -> str:
        """The change as one line."""
        because = f" ({', '.join(self.properties)})" if self.properties else ""
        return f"{self.impact} {self.type} {self.id}{because}"


def changes(pairs: Sequence[tuple[Template, Template]]) -> list[list[Change]]:
    """Return, for each pair of an old and a new template, what the update changes.

    All pairs go through one process, since starting it costs more than comparing.

    Raises:
        subprocess.CalledProcessError: the differ failed; a missing npm package shows in its
            standard error (`make env node_modules/.package-lock.json` installs it).
    """
    question = json.dumps([{"old": old, "new": new} for old, new in pairs])
    done = subprocess.run(
        [str(node_executable()), str(_DIFFER)],
        input=question,
        capture_output=True,
        text=True,
        check=True,
        env=tool_environment(),
    )
    return [[_change(found) for found in pair] for pair in json.loads(done.stdout)]


def _change(found: Mapping[str, Any]) -> Change:
    return Change(
        id=found["id"],
        type=found["type"],
        impact=found["impact"],
        properties=tuple(found["properties"]),
    )
