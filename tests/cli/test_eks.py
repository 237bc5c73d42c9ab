"""The verbs on EKS: kubectl, asked about the construct's own manifests."""

from __future__ import annotations

import base64
import copy
import itertools
import json
import os
import signal
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest

from django_cdk import ScheduledCommand
from django_cdk.cli.eks import job, logs
from django_cdk.cli.eks.application import EksApplication, eks_applications
from django_cdk.cli.eks.job import job_of
from django_cdk.cli.eks.kubeconfig import token
from django_cdk.cli.eks.objects import time_of
from django_cdk.cli.main import main
from django_cdk.cli.report import ReleaseResult
from django_cdk.cli.stack import find_stack
from tests.cli.clusters import Kubectl, install
from tests.cli.conftest import Cli
from tests.cli.deployed import REGION, deploy_outputs
from tests.cli.test_stack import arguments
from tests.eks.synthesized import Synthesized, synthesize

Object = dict[str, Any]
NOON = "2026-11-21T12:00:00Z"


@pytest.fixture(scope="session")
def eks_blog() -> Synthesized:
    """A DjangoEks with every kind of process."""
    return synthesize(
        celery_app="blog",
        use_celery_beat=True,
        scheduled_commands={
            "clear": ScheduledCommand(
                schedule="cron(0 3 * * ? *)", command=["python", "manage.py", "clearsessions"]
            )
        },
    )


@pytest.fixture
def kubectl(
    cloud: None, eks_blog: Synthesized, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Kubectl:
    """The stack Shop with the application Blog in a cluster."""
    deploy_outputs(eks_blog.template.body)
    outputs = find_stack(arguments()).outputs
    (cluster,) = (value for key, value in outputs.items() if "ClusterName" in key)
    boto3.client("eks", region_name=REGION).create_cluster(
        name=cluster,
        roleArn="arn:aws:iam::123456789012:role/cluster",
        resourcesVpcConfig={"subnetIds": []},
    )
    monkeypatch.setattr(job, "_POLL", 0.05)
    return install(tmp_path / "bin", monkeypatch)


def application() -> EksApplication:
    (found,) = eks_applications(find_stack(arguments()))
    return found


def of_kind(blog: Synthesized, kind: str) -> list[Object]:
    return [copy.deepcopy(one) for one in blog.manifests if one["kind"] == kind]


def web_of(blog: Synthesized) -> Object:
    (web,) = (one for one in of_kind(blog, "Deployment") if one["metadata"]["name"] == "web")
    return web


def pod(
    process: str, kind: str, *, name: str = "", phase: str = "Running", **status: Any
) -> Object:
    """A pod of a process."""
    labels = {"django-cdk/process": process, "app.kubernetes.io/component": kind}
    return {
        "metadata": {"name": name or f"{process}-1", "labels": labels},
        "spec": {},
        "status": {"phase": phase, **status},
    }


def manage_pod(phase: str, state: Mapping[str, Any]) -> list[Object]:
    statuses = [{"name": "web", "state": dict(state)}]
    return [pod("manage", "manage", name="manage-1-x", phase=phase, containerStatuses=statuses)]


def ended(code: int, reason: str = "Completed") -> list[Object]:
    return manage_pod("Failed", {"terminated": {"exitCode": code, "reason": reason}})


def prepare(kubectl: Kubectl, blog: Synthesized, *pods: list[Object], out: str = "") -> None:
    """A cluster in which the pod of the Job goes through these states."""
    kubectl.says("get jobs", [])
    kubectl.says("get deployment web", web_of(blog))
    kubectl.says("create")
    kubectl.says("logs --follow", out)
    for state in pods[:-1]:
        kubectl.says("get pods", state, times=1)
    kubectl.says("get pods", pods[-1])
    kubectl.says("delete")


RUNNING = manage_pod("Running", {"running": {}})


def test_the_exit_code_is_the_commands_own(
    kubectl: Kubectl, eks_blog: Synthesized, cli: Cli
) -> None:
    prepare(kubectl, eks_blog, [], RUNNING, ended(3))

    assert cli("manage", "--", "migrate").code == 3


def test_the_output_of_the_pod_is_shown(
    kubectl: Kubectl, eks_blog: Synthesized, capfd: pytest.CaptureFixture[str]
) -> None:
    prepare(kubectl, eks_blog, RUNNING, ended(0), out="Planned operations:\n")

    main(["manage", "--", "migrate", "--plan"])

    assert capfd.readouterr().out == "Planned operations:\n"


def test_a_log_that_breaks_off_is_taken_up_again(
    kubectl: Kubectl, eks_blog: Synthesized, capfd: pytest.CaptureFixture[str]
) -> None:
    kubectl.says("logs --follow", "before\n", times=1)
    prepare(kubectl, eks_blog, RUNNING, RUNNING, ended(0), out="after\n")

    main(["manage", "--", "migrate"])

    assert capfd.readouterr().out == "before\nafter\n"
    assert "--since-time=" in kubectl.asked("logs")[1]


def test_the_job_runs_the_command_of_manage_py(
    kubectl: Kubectl, eks_blog: Synthesized, cli: Cli
) -> None:
    prepare(kubectl, eks_blog, ended(0))

    cli("manage", "--", "migrate", "--plan")

    (made,) = (json.loads(one["stdin"]) for one in kubectl.calls if " create " in one["words"])
    (container,) = made["spec"]["template"]["spec"]["containers"]
    assert container["args"] == ["python", "manage.py", "migrate", "--plan"]


def test_manage_py_is_called_as_the_release_does(kubectl: Kubectl, eks_blog: Synthesized) -> None:
    (release,) = of_kind(eks_blog, "Job")
    for container in release["spec"]["template"]["spec"]["initContainers"]:
        container["args"][5:7] = ["uv", "run", "manage.py"]
    kubectl.says("get jobs", [release])

    assert list(application().manage_py()) == ["uv", "run", "manage.py"]


def test_the_pod_has_what_the_web_pods_have(eks_blog: Synthesized) -> None:
    web = web_of(eks_blog)

    made = job_of(web, ["ls"], name="manage-1")

    theirs, ours = (one["spec"]["template"]["spec"] for one in (web, made))
    for key in ("serviceAccountName", "securityContext", "volumes", "nodeSelector"):
        assert ours[key] == theirs[key]
    for key in ("image", "env", "volumeMounts", "securityContext", "resources"):
        assert ours["containers"][0][key] == theirs["containers"][0][key]


def test_the_load_balancer_sends_the_pod_no_requests(eks_blog: Synthesized) -> None:
    web = web_of(eks_blog)

    labels = job_of(web, ["ls"], name="manage-1")["spec"]["template"]["metadata"]["labels"]

    selector = web["spec"]["selector"]["matchLabels"]
    assert not selector.items() <= labels.items()


def test_nobody_asks_the_pod_for_its_health(eks_blog: Synthesized) -> None:
    made = job_of(web_of(eks_blog), ["ls"], name="manage-1")

    assert not {"livenessProbe", "readinessProbe", "startupProbe"} & set(
        made["spec"]["template"]["spec"]["containers"][0]
    )


def test_a_job_is_tried_once_and_removed_after_a_while(eks_blog: Synthesized) -> None:
    made = job_of(web_of(eks_blog), ["ls"], name="manage-1")["spec"]

    assert (made["backoffLimit"], made["ttlSecondsAfterFinished"]) == (0, 600)


def test_a_killed_command_says_why(kubectl: Kubectl, eks_blog: Synthesized, cli: Cli) -> None:
    prepare(kubectl, eks_blog, ended(137, "OOMKilled"))

    outcome = cli("manage", "--", "check")

    assert (outcome.code, outcome.err) == (137, "Kubernetes says: OOMKilled\n")


def test_an_image_that_is_not_there_ends_with_125_and_leaves_no_job(
    kubectl: Kubectl, eks_blog: Synthesized, cli: Cli
) -> None:
    waiting = {"waiting": {"reason": "ErrImagePull", "message": "not found"}}
    prepare(kubectl, eks_blog, [], manage_pod("Pending", waiting))

    outcome = cli("manage", "--", "check")

    assert outcome.code == 125
    assert "The pod can't start: ErrImagePull: not found" in outcome.err
    assert kubectl.asked("delete job manage-")


def test_ctrl_c_deletes_the_job_and_says_so(
    kubectl: Kubectl, eks_blog: Synthesized, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    kubectl.says("logs --follow", lasts=30)
    prepare(kubectl, eks_blog, RUNNING)
    monkeypatch.setattr(time, "sleep", _interrupting(time.sleep, after=3))

    outcome = cli("manage", "--", "sleep")

    assert outcome.code == 130
    assert "was deleted; its pod is being stopped." in outcome.err
    assert kubectl.asked("delete job manage-")


def _interrupting(sleep: Callable[[float], None], *, after: int) -> Callable[[float], None]:
    """A sleep in which Ctrl-C is pressed once."""
    count = itertools.count()

    def wrapped(seconds: float) -> None:
        if next(count) == after:
            os.kill(os.getpid(), signal.SIGINT)
        sleep(seconds)

    return wrapped


def test_exec_enters_the_deployment(kubectl: Kubectl, eks_blog: Synthesized, cli: Cli) -> None:
    kubectl.says("get deployments", of_kind(eks_blog, "Deployment"))
    kubectl.says(" exec ", code=4)

    outcome = cli("exec", "--process", "celery", "--", "ls", "-l")

    assert outcome.code == 4
    assert kubectl.asked("exec") == [
        "--namespace app exec --stdin deployment/celery --container celery -- ls -l"
    ]


def test_shell_is_djangos(kubectl: Kubectl, eks_blog: Synthesized, cli: Cli) -> None:
    kubectl.says("get deployments", of_kind(eks_blog, "Deployment"))
    kubectl.says("get jobs", [])
    kubectl.says(" exec ")

    cli("shell")

    assert kubectl.asked("exec")[0].endswith(
        "deployment/web --container web -- python manage.py shell"
    )


def test_the_processes_are_told_by_their_labels(kubectl: Kubectl, eks_blog: Synthesized) -> None:
    things = [*of_kind(eks_blog, "Deployment"), *of_kind(eks_blog, "CronJob")]
    kubectl.says("get deployments,cronjobs,pods", [*things, pod("release", "release")])

    assert list(application().labels()) == [
        "web",
        "worker:celery",
        "beat",
        "scheduled:clear",
        "release",
    ]


def test_kubectl_is_pointed_at_the_cluster_of_the_stack(
    kubectl: Kubectl, eks_blog: Synthesized
) -> None:
    kubectl.says("get")

    application().kubectl.attempt("get", "pods")

    config = kubectl.calls[0]["config"]
    cluster = boto3.client("eks", region_name=REGION).describe_cluster(
        name=boto3.client("eks", region_name=REGION).list_clusters()["clusters"][0]
    )["cluster"]
    assert config["clusters"][0]["cluster"]["server"] == cluster["endpoint"]
    assert config["users"][0]["user"]["token"].startswith("k8s-aws-v1.")


def test_a_token_is_a_signed_question_that_names_the_cluster(account: None) -> None:
    made = token(boto3.Session(), "shop").removeprefix("k8s-aws-v1.")

    url = urlsplit(base64.urlsafe_b64decode(made + "=" * (-len(made) % 4)).decode())
    query = parse_qs(url.query)
    assert url.netloc == f"sts.{REGION}.amazonaws.com"
    assert query["Action"] == ["GetCallerIdentity"]
    assert "x-k8s-aws-id" in query["X-Amz-SignedHeaders"][0]
    assert query["X-Amz-Expires"] == ["60"]


def test_without_kubectl_it_says_how_to_get_it(
    kubectl: Kubectl, cli: Cli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    outcome = cli("exec", "--", "ls")

    assert outcome.code == 125
    assert "kubectl is not on the PATH: install it (https://kubernetes.io/docs" in outcome.err


@pytest.mark.parametrize(
    ("words", "remedy"),
    [
        ("error: You must be logged in to the server (Unauthorized)", "admin_arns"),
        ("Unable to connect to the server: dial tcp: i/o timeout", "public_endpoint_cidrs"),
        ("error: something else", "kubectl: error: something else"),
    ],
)
def test_what_kubectl_refuses_comes_with_the_remedy(
    kubectl: Kubectl, cli: Cli, words: str, remedy: str
) -> None:
    kubectl.says("get", err=words, code=1)

    outcome = cli("status")

    assert outcome.code == 1
    assert remedy in outcome.err
    assert words in outcome.err


def test_logs_of_all_pods_are_merged_by_time(kubectl: Kubectl, cli: Cli) -> None:
    pods = [pod("web", "web"), pod("celery", "worker")]
    kubectl.says("get deployments,cronjobs,pods", pods)
    kubectl.says("get pods", pods)
    kubectl.says("logs web-1", "2026-11-21T12:00:01.5Z one\n2026-11-21T12:00:03Z three\n")
    kubectl.says("logs celery-1", "2026-11-21T12:00:02.000000001Z two\n")

    shown = [line.split(" | ")[1] for line in cli("logs").out.splitlines()]

    assert shown == ["one", "two", "three"]


def test_logs_of_one_process_ask_its_pods_only(kubectl: Kubectl, cli: Cli) -> None:
    pods = [pod("web", "web"), pod("celery", "worker")]
    kubectl.says("get deployments,cronjobs,pods", pods)
    kubectl.says("get pods", pods)
    kubectl.says("logs web-1", "2026-11-21T12:00:01Z one\n")

    cli("logs", "--process", "web")

    assert not kubectl.asked("logs celery-1")


def test_following_shows_what_comes_once(kubectl: Kubectl, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "_BETWEEN_LOOKS", 0.3)
    line = "2026-11-21T12:00:0{}Z line {}\n"
    kubectl.says("get pods", [pod("web", "web")])
    kubectl.says("logs web-1 --follow", line.format(1, 1) + line.format(2, 2), lasts=30)
    kubectl.says("logs web-1", line.format(1, 1))
    since = datetime(2026, 11, 21, 11, tzinfo=UTC)

    lines = logs.follow(application().kubectl, ["web"], since)
    shown = [next(lines).text, next(lines).text]
    lines.close()

    assert shown == ["line 1", "line 2"]


def test_following_goes_on_with_pods_that_start_later(
    kubectl: Kubectl, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logs, "_BETWEEN_LOOKS", 0.1)
    kubectl.says("get pods", [], times=2)
    kubectl.says("get pods", [pod("web", "web", name="web-2")])
    kubectl.says("logs web-2 --follow", "2026-11-21T12:00:01Z hello\n", lasts=30)
    since = datetime(2026, 11, 21, 11, tzinfo=UTC)

    lines = logs.follow(application().kubectl, ["web"], since)
    shown = next(lines).text
    lines.close()

    assert shown == "hello"


def deployment(blog: Synthesized, *, ready: int, reason: str) -> Object:
    """The web deployment in service."""
    made = web_of(blog)
    made["spec"]["replicas"] = 2
    progress = {"type": "Progressing", "reason": reason, "message": "as it says"}
    made["status"] = {
        "replicas": 2,
        "readyReplicas": ready,
        "updatedReplicas": 2,
        "conditions": [progress],
    }
    return made


def tell(
    kubectl: Kubectl,
    *,
    deployments: list[Object] = [],  # noqa: B006 - nobody changes it
    pods: list[Object] = [],  # noqa: B006
    jobs: list[Object] = [],  # noqa: B006
    events: list[Object] = [],  # noqa: B006
) -> None:
    for kind, things in (
        ("deployments", deployments),
        ("pods", pods),
        ("jobs", jobs),
        ("events", events),
    ):
        kubectl.says(f"get {kind} ", things)


@pytest.mark.parametrize(
    ("reason", "rollout"),
    [
        ("NewReplicaSetAvailable", "completed"),
        ("ReplicaSetUpdated", "in progress"),
        ("ProgressDeadlineExceeded", "failed"),
    ],
)
def test_the_rollout_is_what_the_deployment_says(
    kubectl: Kubectl, eks_blog: Synthesized, reason: str, rollout: str
) -> None:
    tell(kubectl, deployments=[deployment(eks_blog, ready=1, reason=reason)])

    (web,) = application().status().processes

    assert (web.name, web.running, web.desired, web.rollout) == ("web", 1, 2, rollout)


def test_images_are_told_by_their_digests(kubectl: Kubectl, eks_blog: Synthesized) -> None:
    statuses = [{"imageID": "123.dkr.ecr.eu-west-1.amazonaws.com/blog@sha256:abc"}]
    tell(
        kubectl,
        deployments=[deployment(eks_blog, ready=2, reason="NewReplicaSetAvailable")],
        pods=[pod("web", "web", containerStatuses=statuses)],
    )

    assert application().status().processes[0].images == ["sha256:abc"]


def test_warnings_about_the_pods_are_told(kubectl: Kubectl, eks_blog: Synthesized) -> None:
    about = {"involvedObject": {"name": "web-7d-x"}, "reason": "Unhealthy", "message": "400"}
    tell(
        kubectl,
        deployments=[deployment(eks_blog, ready=2, reason="NewReplicaSetAvailable")],
        events=[{**about, "lastTimestamp": NOON}],
    )

    assert application().status().processes[0].events[0].text == "Unhealthy: 400"


def test_a_pod_is_healthy_when_the_load_balancer_says_so(kubectl: Kubectl) -> None:
    gate = "target-health.elbv2.k8s.aws/k8s-app-web"
    conditions = [{"type": "Ready", "status": "True"}, {"type": gate, "status": "False"}]
    web = pod("web", "web", podIP="10.0.0.1", conditions=conditions)
    web["spec"] = {"readinessGates": [{"conditionType": gate}]}
    tell(kubectl, pods=[web])

    (target,) = application().status().targets

    assert (target.target, target.state) == ("10.0.0.1", "unhealthy")


def release(kubectl: Kubectl, blog: Synthesized, **status: Any) -> list[ReleaseResult]:
    (made,) = of_kind(blog, "Job")
    made["status"] = status
    tell(kubectl, jobs=[made])
    return application().status().release


def outcomes(results: list[ReleaseResult]) -> list[tuple[str, str]]:
    return [(one.name, one.result) for one in results]


def test_a_completed_release_has_run_all_its_commands(
    kubectl: Kubectl, eks_blog: Synthesized
) -> None:
    told = release(kubectl, eks_blog, completionTime=NOON)

    assert outcomes(told) == [("migrate", "succeeded"), ("collectstatic", "succeeded")]


def test_a_release_under_way_is_running(kubectl: Kubectl, eks_blog: Synthesized) -> None:
    told = release(kubectl, eks_blog, startTime=NOON)

    assert outcomes(told) == [("migrate", "running"), ("collectstatic", "running")]


def test_after_a_failed_release_command_the_others_are_skipped(
    kubectl: Kubectl, eks_blog: Synthesized
) -> None:
    kubectl.says(
        "logs job/release", "Release command migrate ended with exit code 1. The end:\nOops\n"
    )
    failed = {"type": "Failed", "status": "True", "lastTransitionTime": NOON}

    told = release(kubectl, eks_blog, conditions=[failed])

    assert outcomes(told) == [("migrate", "failed"), ("collectstatic", "skipped")]
    assert told[0].reason.endswith("Oops")
    assert told[0].command == ["python", "manage.py", "migrate", "--noinput"]


def test_a_time_of_kubernetes_has_nine_digits_of_seconds() -> None:
    assert time_of("2026-11-21T12:00:00.123456789Z") == datetime(
        2026, 11, 21, 12, 0, 0, 123456, tzinfo=UTC
    )
