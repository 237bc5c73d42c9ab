"""What cdk-nag finds in templates of DockerEc2, and why it stands."""

from __future__ import annotations

from tests.quality.acceptance import Accepted

_PROVIDER = "Updates/Provider"

EC2 = (
    Accepted(
        rule="EC23",
        path="Door/SecurityGroup/Resource",
        reason="The router is open to the world on ports 80 and 443, and on nothing else; SSH "
        "only when asked, and never from everywhere.",
    ),
    Accepted(
        rule="EC28",
        path="Machine/Instance/Resource",
        reason="DockerEc2 is the choice of least cost; one-minute metrics cost extra, and "
        "five-minute ones are there.",
    ),
    Accepted(
        rule="EC29",
        path="Machine/Instance/Resource",
        reason="The instance holds no state, and protection would stop the stack from replacing "
        "or deleting it; the data lie on a disk of their own.",
    ),
    Accepted(
        rule=r"IAM4\[Policy::.*AWSBackupServiceRolePolicyForBackup\]",
        path="Backup/Plan/Data/Role/Resource",
        reason="AWS Backup's own policy for its own role, which the CDK makes; what it backs up "
        "is the one disk of the plan's selection.",
    ),
    Accepted(
        rule=r"IAM5\[Resource::\*\]",
        path="(Micro)?Blog/Role/DefaultPolicy/Resource",
        reason="The channels of Systems Manager's agent and ecr:GetAuthorizationToken know no "
        "resource.",
    ),
    Accepted(
        rule=r"IAM5\[Resource::arn:.*:instance/\*\]",
        path="(Micro)?Blog/Role/DefaultPolicy/Resource",
        reason="ssm:UpdateInstanceInformation, by which the agent reports itself; the instance's "
        "id is made after the role that it starts with.",
    ),
    Accepted(
        rule=r"IAM5\[Resource::<\w*AssetsBucket\w*\.Arn>/\*\]",
        path="(Micro)?Blog/Role/DefaultPolicy/Resource",
        reason="The application reads and writes all objects of its own assets bucket, whose "
        "names only it knows.",
    ),
    Accepted(
        rule=r"IAM5\[Resource::\*\]",
        path=f"{_PROVIDER}/IsComplete/Role/DefaultPolicy/Resource",
        reason="ssm:GetCommandInvocation knows no resource.",
    ),
    Accepted(
        rule=r"IAM5\[Resource::<\w*UpdatesProvider(OnEvent|IsComplete)\w*\.Arn>:\*\]",
        path=f"{_PROVIDER}/Framework(OnEvent|Wait)Role/DefaultPolicy/Resource",
        reason="The CDK's provider framework may invoke every version of these two functions.",
    ),
    Accepted(
        rule=r"IAM5\[Resource::<\w*UpdatesProviderframework\w+\.Arn>:\*\]",
        path=f"{_PROVIDER}/Provider/waiter-state-machine/Role/DefaultPolicy/Resource",
        reason="The CDK's waiter may invoke every version of its own two functions.",
    ),
    Accepted(
        rule="SF[12]",
        path=f"{_PROVIDER}/Provider/waiter-state-machine/Resource",
        reason="The CDK's waiter only repeats a call every ten seconds during a deployment; what "
        "each call did stands in the function's own log.",
    ),
    Accepted(
        rule="SMG4",
        path="Secrets/(Cache|Database|Portainer)/Resource",
        reason="Postgres and Portainer take their password when their data are made, and the URLs "
        "in the containers hold it: rotation in between would lock the application out.",
    ),
    Accepted(
        rule="SMG4",
        path="Secrets/SecretKey/Resource",
        reason="Django signs sessions and tokens with it; a rotated key logs every user out. A "
        "team rotates it by hand with SECRET_KEY_FALLBACKS.",
    ),
)
