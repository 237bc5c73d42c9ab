"""From a push to production: a pipeline that tests, deploys to staging, asks, and deploys on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk.aws_codebuild as codebuild
import aws_cdk.aws_codepipeline as codepipeline
import aws_cdk.aws_logs as logs
from aws_cdk import CfnOutput, RemovalPolicy, Stack, Stage, pipelines
from constructs import Construct

from .errors import given, names_path, refuse_without
from .pipeline.artifacts import ARTIFACT_DAYS, Artifacts
from .pipeline.builds import (
    PYTHON_VERSION,
    SYNTH_COMMANDS,
    TEST_COMMANDS,
    Builds,
    build_defaults,
    build_image,
    check_commands,
    check_directory,
    check_python_version,
    check_synth_commands,
)
from .pipeline.source import connection_source, use_connection
from .pipeline.stages import check_stages
from .removal import Removal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import aws_cdk.aws_kms as kms
    import aws_cdk.aws_s3 as s3
    import aws_cdk.aws_sns as sns

    from .app import CpuArchitecture

_TOLD = (
    codepipeline.PipelineNotificationEvents.PIPELINE_EXECUTION_FAILED,
    codepipeline.PipelineNotificationEvents.MANUAL_APPROVAL_NEEDED,
)


class DjangoPipeline(Construct):
    """CodePipeline for a Django project and its CDK app, which lie in one repository.

    A push to the branch starts it: the app is synthesized, the pipeline brings itself up to date,
    CodeBuild builds and publishes the images, the project's tests run, ``staging`` is deployed,
    somebody approves, ``production`` is deployed. Deploy the stack with this construct once by
    hand; from then on every change of it arrives by a push.

    A stage is a subclass of ``aws_cdk.Stage`` with the stacks of one environment; its account and
    region are those of its ``env``. An environment in another account must be bootstrapped to trust
    the pipeline's (``cdk bootstrap --trust``); the artifacts are encrypted with a KMS key then.

    :param connection_arn: connection of CodeConnections to GitHub, GitLab or Bitbucket, made and
        confirmed in the console once (Developer Tools, Settings, Connections).
    :param repository: ``owner/name`` there.
    :param branch: the branch that is deployed.
    :param production: the last stage.
    :param staging: the stage before it. Default: none.
    :param staging_checks: steps that run when ``staging`` is deployed, before the approval.
    :param approval: somebody has to approve before ``production`` is deployed.
    :param app_directory: directory of the CDK app (with ``cdk.json``) in the repository.
    :param synth_commands: shell commands that leave ``cdk.out`` there. Default: install
        ``requirements.txt`` and run ``cdk synth``.
    :param synth_environment: plain environment variables for them. Default: none.
    :param project_directory: directory of the Django project (with ``manage.py``).
    :param test_commands: shell commands that test it; ``()``: none. Default: install
        ``requirements.txt`` and run ``python manage.py test``.
    :param test_environment: plain environment variables for them. Default: none.
    :param docker_in_tests: the tests may start containers, such as a database; their build is
        privileged then.
    :param python_version: Python of synthesis and tests.
    :param cpu_architecture: ``X86_64`` or ``ARM64``, of the machines that build, and so of the
        images: give what the applications have.
    :param compute_type: size of those machines.
    :param build_cache: keep what pip and npm downloaded, in the artifact bucket.
    :param docker_credentials: logins to registries of base images, from secrets known by their
        complete ARN; without one, Docker Hub limits how often CodeBuild may pull.
    :param artifact_bucket: your own bucket for artifacts. Default: a new one.
    :param artifact_key: your own KMS key for a new one. Default: S3's own encryption, or a new key
        where a stage lies in another account.
    :param artifact_days: days after which artifacts and cache go.
    :param notification_topic: SNS topic that is told of failed runs and waiting approvals. Default:
        nobody is told.
    :param log_retention: how long the logs of the builds are kept.
    :param pipeline_name: its name. Default: a generated one.
    :param removal_policy: ``RemovalPolicy.DESTROY`` for test stacks. By default artifacts, their
        key and logs stay when the stack is deleted.
    :raises ValueError: for each option that can't work, naming path, option, value and remedy.
    """

    @names_path
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        connection_arn: str,
        repository: str,
        branch: str = "main",
        production: Stage,
        staging: Stage | None = None,
        staging_checks: Sequence[pipelines.Step] = (),
        approval: bool = True,
        app_directory: str = ".",
        synth_commands: Sequence[str] = SYNTH_COMMANDS,
        synth_environment: Mapping[str, str] | None = None,
        project_directory: str = ".",
        test_commands: Sequence[str] = TEST_COMMANDS,
        test_environment: Mapping[str, str] | None = None,
        docker_in_tests: bool = False,
        python_version: str = PYTHON_VERSION,
        cpu_architecture: CpuArchitecture = "X86_64",
        compute_type: codebuild.ComputeType = codebuild.ComputeType.SMALL,
        build_cache: bool = True,
        docker_credentials: Sequence[pipelines.DockerCredential] = (),
        artifact_bucket: s3.IBucket | None = None,
        artifact_key: kms.IKey | None = None,
        artifact_days: int = ARTIFACT_DAYS,
        notification_topic: sns.ITopic | None = None,
        log_retention: logs.RetentionDays = logs.RetentionDays.ONE_MONTH,
        pipeline_name: str | None = None,
        removal_policy: RemovalPolicy | None = None,
    ) -> None:
        super().__init__(scope, id)
        check_synth_commands(synth_commands)
        check_directory("app_directory", app_directory)
        check_python_version(python_version)
        refuse_without("staging", present=staging, staging_checks=staging_checks or None)
        stages = {"staging": staging, "production": production}
        cross_account = check_stages(Stack.of(self), stages)
        removal = Removal(removal_policy)
        #: The branch, as the pipeline follows it.
        self.source = connection_source(connection_arn, repository, branch)
        #: Where the steps leave what the next ones take: its ``bucket``.
        self.artifacts = Artifacts(
            self,
            "Artifacts",
            cross_account=cross_account,
            bucket=artifact_bucket,
            key=artifact_key,
            days=artifact_days,
            removal=removal,
        )
        #: The one log group of all builds.
        self.log_group = logs.LogGroup(
            self, "Logs", retention=log_retention, removal_policy=removal.logs
        )
        #: The pipeline as CodePipeline knows it.
        self.code_pipeline = self._code_pipeline(pipeline_name, cross_account=cross_account)
        self.code_pipeline.add_to_role_policy(use_connection(connection_arn))
        builds = Builds(
            source=self.source, cache_bucket=self.artifacts.bucket if build_cache else None
        )
        #: The step that synthesizes the app.
        self.synth = builds.step(
            "Synth",
            directory=app_directory,
            commands=synth_commands,
            environment=synth_environment,
            primary_output_directory=f"{app_directory}/cdk.out".removeprefix("./"),
        )
        #: The pipeline as the CDK knows it, which takes more stages until the app is synthesized.
        self.pipeline = self._pipeline(
            build_defaults(
                image=build_image(cpu_architecture),
                compute_type=compute_type,
                python_version=python_version,
                log_group=self.log_group,
            ),
            docker_credentials,
        )
        #: The step that runs the tests; None without them.
        self.test = _test_step(
            builds,
            directory=project_directory,
            commands=test_commands,
            environment=test_environment,
            docker=docker_in_tests,
        )
        if self.test:
            self.pipeline.add_wave("Test", pre=[self.test])
        if staging:
            self.pipeline.add_stage(staging, post=list(staging_checks))
        #: The step that waits for an approval; None without.
        self.approval = pipelines.ManualApprovalStep("Approve") if approval else None
        self.pipeline.add_stage(production, pre=[self.approval] if self.approval else [])
        if notification_topic:
            self.code_pipeline.notify_on("Notifications", notification_topic, events=list(_TOLD))
        CfnOutput(self, "PipelineName", value=self.code_pipeline.pipeline_name)

    def _code_pipeline(self, name: str | None, *, cross_account: bool) -> codepipeline.Pipeline:
        return codepipeline.Pipeline(
            self,
            "CodePipeline",
            pipeline_name=name,
            pipeline_type=codepipeline.PipelineType.V2,
            artifact_bucket=self.artifacts.bucket,
            # For the buckets of other regions, which the CDK makes where a stage needs one.
            cross_account_keys=cross_account,
            enable_key_rotation=cross_account or None,
            # A run that changed the pipeline starts again in the new one.
            restart_execution_on_update=True,
            use_pipeline_role_for_actions=True,
        )

    def _pipeline(
        self,
        defaults: pipelines.CodeBuildOptions,
        docker_credentials: Sequence[pipelines.DockerCredential],
    ) -> pipelines.CodePipeline:
        return pipelines.CodePipeline(
            self,
            "Pipeline",
            code_pipeline=self.code_pipeline,
            synth=self.synth,
            use_pipeline_role_for_actions=True,
            code_build_defaults=defaults,
            docker_credentials=list(docker_credentials),
            # One project builds all images. One for each, named by its content, would make the
            # pipeline change itself at every push.
            publish_assets_in_parallel=False,
        )


def _test_step(
    builds: Builds,
    *,
    directory: str,
    commands: Sequence[str],
    environment: Mapping[str, str] | None,
    docker: bool,
) -> pipelines.CodeBuildStep | None:
    check_commands("test_commands", commands)
    check_directory("project_directory", directory)
    refuse_without(
        "test_commands",
        present=commands or None,
        project_directory=given(directory, "."),
        test_environment=environment,
        docker_in_tests=docker or None,
    )
    if not commands:
        return None
    return builds.step(
        "Test",
        directory=directory,
        commands=commands,
        environment=environment,
        build_environment=codebuild.BuildEnvironment(privileged=True) if docker else None,
    )
