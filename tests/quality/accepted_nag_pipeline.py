"""What cdk-nag's AwsSolutions rules find in DjangoPipeline, and why it stands."""

from __future__ import annotations

from tests.quality.acceptance import Accepted

_BUILDS = r"CodePipeline/(Build/Synth/CdkBuildProject|Test/Test/Test)"
_UPDATE = "Pipeline/UpdatePipeline/SelfMutation"
_ASSETS = "Pipeline/Assets"
_ALL = rf"(CodePipeline|{_BUILDS}|{_UPDATE})"

PIPELINE = (
    Accepted(
        rule="S1",
        path="Artifacts/Bucket/Resource",
        reason="Only the pipeline and its builds read and write artifacts; what they did stands in "
        "the pipeline's history. artifact_bucket takes a bucket with access logs.",
    ),
    Accepted(
        rule="S1",
        path=r"cross-region-stack-\d+:[\w-]+/Default/CrossRegionCodePipelineReplicationBucket"
        "/Resource",
        reason="The CDK makes the copy of the artifacts in the region of a stage, and encrypts it.",
    ),
    Accepted(
        rule="CB4",
        path=rf"({_BUILDS}|{_UPDATE}|{_ASSETS}/(Docker|File)Asset)/Resource",
        reason="What a build leaves lies in the artifact bucket, encrypted there; the rule asks "
        "for a key that costs extra, which artifact_key gives.",
    ),
    Accepted(
        rule=r"IAM5\[(Action::(s3:(Abort|DeleteObject|GetBucket|GetObject|List)"
        r"|kms:(GenerateDataKey|ReEncrypt))\*|Resource::<\w*ArtifactsBucket\w*\.Arn>/\*)\]",
        path=rf"({_ALL}/Role|{_ASSETS}/(Docker|File)Role)/DefaultPolicy/Resource",
        reason="The CDK grants reading, and to the pipeline and its cache writing, in the one "
        "bucket of artifacts this way, and the use of its key.",
    ),
    Accepted(
        rule=r"IAM5\[Resource::arn:.*:s3:::[\w-]+/\*\]",
        path="CodePipeline/Role/DefaultPolicy/Resource",
        reason="The bucket of artifacts in the region of a stage, by its name.",
    ),
    Accepted(
        rule=r"IAM5\[Resource::\*\]",
        path="CodePipeline/Role/DefaultPolicy/Resource",
        reason="Only with a stage in another account and another region: the key of the bucket "
        "there has no ARN that this stack could know, so the CDK names none.",
    ),
    Accepted(
        rule=r"IAM5\[Resource::arn:.*:(log-group:/aws/codebuild/<\w+>:|report-group/<\w+>-)\*\]",
        path=rf"({_BUILDS}|{_UPDATE})/Role/DefaultPolicy/Resource",
        reason="CodeBuild names streams and reports within the project's own groups.",
    ),
    Accepted(
        rule=r"IAM5\[Resource::arn:.*:(log-group:/aws/codebuild|report-group)/\*\]",
        path=rf"{_ASSETS}/(Docker|File)Role/DefaultPolicy/Resource",
        reason="The CDK gives one role to all projects that publish assets, before it knows them.",
    ),
    Accepted(
        rule=r"IAM5\[Resource::\*\]",
        path=rf"{_ASSETS}/(Docker|File)Role/DefaultPolicy/Resource",
        reason="The CDK lets the projects that publish assets start and stop builds; it names no "
        "project, since the role is older than they are.",
    ),
    Accepted(
        rule=r"IAM5\[Resource::arn:\*:iam::.*:role/\*\]",
        path=rf"{_UPDATE}/Role/DefaultPolicy/Resource",
        reason="Only roles of this account with the tag of a CDK bootstrap may be assumed.",
    ),
    Accepted(
        rule=r"IAM5\[Resource::\*\]",
        path=rf"{_UPDATE}/Role/DefaultPolicy/Resource",
        reason="cloudformation:DescribeStacks and s3:ListBucket, by which the CDK looks at the "
        "bootstrap before it deploys; its names are only known then.",
    ),
)
