"""The files for a local cluster such as minikube."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from django_cdk import DjangoApp, OptionError, ScheduledCommand
from django_cdk.eks.local.__main__ import load_app, main
from django_cdk.eks.local.directory import write_directory
from django_cdk.eks.local.environment import local_environment
from django_cdk.eks.local.manifests import APPLICATION, BACKING, RELEASE, local_manifests
from django_cdk.eks.versions import KUBERNETES_VERSION
from tests.eks.objects import Manifest, containers, of_kind, pod_specs

#: What the command line is told to load.
BLOG: dict[str, Any] = {
    "image": "blog",
    "celery_app": "blog.celery_app:app",
    "use_celery_beat": True,
    "scheduled_commands": {"nightly": ScheduledCommand(schedule="rate(1 day)", command=["a"])},
}
HERE = "tests.eks.test_local"


def steps(**app: Any) -> dict[str, list[Manifest]]:
    made = local_manifests(
        DjangoApp(**{**BLOG, **app}),
        namespace="blog",
        host="blog.local",
        image="blog:local",
        secrets={},
    )
    return {step: list(objects) for step, objects in made.items()}


def all_objects() -> list[Manifest]:
    return [one for objects in steps().values() for one in objects]


def test_every_object_is_valid() -> None:
    for one in all_objects():
        kubernetes_validate.validate(one, KUBERNETES_VERSION, strict=True)


def test_the_same_processes_run_as_on_aws() -> None:
    assert set(pod_specs(steps()[APPLICATION])) == {
        "Deployment/web",
        "Deployment/celery",
        "Deployment/beat",
        "CronJob/nightly",
    }
    assert set(pod_specs(steps()[RELEASE])) == {"Job/release"}


def test_postgres_and_valkey_stand_in_the_cluster() -> None:
    assert set(of_kind(steps()[BACKING], "Deployment")) == {"postgres", "valkey"}
    assert set(of_kind(steps()[BACKING], "Service")) == {"postgres", "valkey"}


def test_every_secret_that_a_pod_asks_for_is_there() -> None:
    found = all_objects()
    kept = {name: set(one["stringData"]) for name, one in of_kind(found, "Secret").items()}
    asked = [
        variable["valueFrom"]["secretKeyRef"]
        for spec in pod_specs(found).values()
        for container in containers(spec)
        for variable in container.get("env", [])
        if "valueFrom" in variable
    ]

    assert asked
    assert all(one["key"] in kept[one["name"]] for one in asked)


def test_the_urls_are_those_of_the_pods() -> None:
    made = local_environment(DjangoApp(**BLOG), host="blog.local", secrets={})

    assert made.secrets["DATABASE_URL"] == "postgres://django:local-only@postgres:5432/django"
    assert made.secrets["REDIS_URL"] == "redis://valkey:6379/0"
    assert made.plain["ALLOWED_HOSTS"] == "blog.local"


def test_a_project_s_own_table_is_filled_too() -> None:
    app = DjangoApp(image="blog", environment={"BUCKET": "{bucket}", "DB": "x {database.url}"})

    made = local_environment(app, host="blog.local", secrets={})

    assert made.plain == {"BUCKET": ""}
    assert made.secrets == {"DB": "x postgres://django:local-only@postgres:5432/django"}


def test_the_front_door_is_nginx() -> None:
    spec = of_kind(steps()[APPLICATION], "Ingress")["web"]["spec"]

    assert spec["ingressClassName"] == "nginx"
    assert spec["rules"][0]["host"] == "blog.local"


def test_pods_run_on_whatever_the_machine_is() -> None:
    assert all(not spec.get("nodeSelector") for spec in pod_specs(all_objects()).values())


def test_files_hold_the_objects(tmp_path: Path) -> None:
    made = steps()

    files = write_directory(tmp_path, made, namespace="blog")

    read = [yaml.safe_load(path.read_text()) for path in files if path.suffix == ".yaml"]
    assert read == [one for objects in made.values() for one in objects]


def test_files_of_objects_that_are_gone_go(tmp_path: Path) -> None:
    write_directory(tmp_path, steps(), namespace="blog")
    write_directory(tmp_path, steps(use_celery_beat=False), namespace="blog")

    assert not list((tmp_path / APPLICATION).glob("*beat*"))


@pytest.mark.parametrize("commands", [{"migrate": ["a"]}, {}])
def test_the_script_is_one_for_a_shell(tmp_path: Path, commands: dict[str, list[str]]) -> None:
    write_directory(tmp_path, steps(release_commands=commands), namespace="blog")
    script = tmp_path / "apply.sh"

    assert subprocess.run(["sh", "-n", str(script)], check=False).returncode == 0
    assert (RELEASE in script.read_text()) == bool(commands)


def test_the_command_line_writes_the_files(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([f"{HERE}:BLOG", str(tmp_path), "--host", "shop.local"]) == 0

    assert "apply.sh" in capsys.readouterr().out
    (ingress,) = tmp_path.glob("*/*-ingress-web.yaml")
    assert "shop.local" in ingress.read_text()


@pytest.mark.parametrize("reference", ["nothing.here:BLOG", f"{HERE}:NOTHING", "", "blog"])
def test_a_wrong_reference_is_told(reference: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([reference, "folder"]) == 1

    assert "MODULE:NAME" in capsys.readouterr().err


def test_the_command_line_needs_no_cdk() -> None:
    code = "import sys, django_cdk.eks.local.__main__; print('aws_cdk' in sys.modules)"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "False\n"


def test_a_finished_application_is_taken_as_it_is() -> None:
    app = load_app(f"{HERE}:APP")

    assert app is APP


APP = DjangoApp(image="blog", secrets={"STRIPE_KEY": object()})  # type: ignore[dict-item]


def test_the_application_s_own_secrets_get_a_value_by_hand(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    reference = f"{HERE}:APP"

    assert main([reference, str(tmp_path)]) == 1
    assert "--secret STRIPE_KEY=VALUE" in capsys.readouterr().err
    assert main([reference, str(tmp_path), "--secret", "STRIPE_KEY=sk=1"]) == 0
    (secret,) = tmp_path.glob("*/*-secret-application.yaml")
    assert yaml.safe_load(secret.read_text())["stringData"]["STRIPE_KEY"] == "sk=1"


def test_an_image_that_runs_as_root_is_refused(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM python:3.13\n")

    with pytest.raises(OptionError, match="must not run as root"):
        steps(image=None, image_directory=str(tmp_path))
