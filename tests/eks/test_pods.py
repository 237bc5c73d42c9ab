"""Pods: rights, environment, sizes, probes, and how they end."""

from __future__ import annotations

import pytest

from django_cdk import HealthCheck, ScheduledCommand, Size, Worker
from django_cdk.eks.pod import DEREGISTRATION_DELAY
from tests.eks.objects import Manifest, containers, objects, of_kind, pod_specs

TEMPORARY = "/tmp"  # noqa: S108 - a path in the container

EVERY_KIND = {
    "celery_app": "blog",
    "use_celery_beat": True,
    "scheduled_commands": {"nightly": ScheduledCommand(schedule="rate(1 day)", command=["a"])},
}


@pytest.fixture(scope="module")
def specs() -> dict[str, Manifest]:
    return pod_specs(objects(**EVERY_KIND))


def web(**app: object) -> Manifest:
    spec: Manifest = pod_specs(objects(**app))["Deployment/web"]
    return spec


def test_every_kind_of_process_makes_pods(specs: dict[str, Manifest]) -> None:
    assert set(specs) == {
        "Job/release",
        "Deployment/web",
        "Deployment/celery",
        "Deployment/beat",
        "CronJob/nightly",
    }


def test_no_container_runs_as_root_or_gains_rights(specs: dict[str, Manifest]) -> None:
    for spec in specs.values():
        assert spec["securityContext"]["runAsNonRoot"] is True
        assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        for container in containers(spec):
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "capabilities": {"drop": ["ALL"]},
                "readOnlyRootFilesystem": True,
            }


def test_every_container_has_requests_and_limits(specs: dict[str, Manifest]) -> None:
    for spec in specs.values():
        for container in containers(spec):
            for bound in ("requests", "limits"):
                assert set(container["resources"][bound]) == {"cpu", "memory"}


def test_no_pod_has_a_token_for_the_api_server(specs: dict[str, Manifest]) -> None:
    assert all(spec["automountServiceAccountToken"] is False for spec in specs.values())


def test_no_service_adds_variables_to_a_pod(specs: dict[str, Manifest]) -> None:
    assert all(spec["enableServiceLinks"] is False for spec in specs.values())


def test_pods_run_where_the_image_runs() -> None:
    assert web()["nodeSelector"] == {"kubernetes.io/arch": "amd64"}
    assert web(cpu_architecture="ARM64")["nodeSelector"] == {"kubernetes.io/arch": "arm64"}


def test_every_mount_has_its_volume(specs: dict[str, Manifest]) -> None:
    for spec in specs.values():
        volumes = {volume["name"] for volume in spec["volumes"]}
        mounted = {mount["name"] for one in containers(spec) for mount in one["volumeMounts"]}
        assert mounted == volumes


def test_the_temporary_directory_is_writable() -> None:
    (container,) = web()["containers"]
    (mount,) = [one for one in container["volumeMounts"] if one["mountPath"] == TEMPORARY]
    (volume,) = [one for one in web()["volumes"] if one["name"] == mount["name"]]

    assert "emptyDir" in volume


def test_writable_paths_are_volumes_of_their_own() -> None:
    spec = web(read_only_root_filesystem=True, writable_paths=["/var/cache", "/data"])

    paths = [one["mountPath"] for one in spec["containers"][0]["volumeMounts"]]
    assert paths[:2] == ["/var/cache", "/data"]


def test_a_writable_root_needs_no_volume() -> None:
    spec = pod_specs(objects({"writable_root": True, "secrets": None}))["Deployment/web"]

    assert spec["volumes"] == []
    assert spec["containers"][0]["securityContext"]["readOnlyRootFilesystem"] is False


@pytest.mark.parametrize(
    ("user", "group"), [("999", 999), ("999:998", 998)], ids=["user", "user and group"]
)
def test_the_user_is_a_number(user: str, group: int) -> None:
    security = web(user=user)["securityContext"]

    assert security["runAsUser"] == 999
    assert security["runAsGroup"] == security["fsGroup"] == group


def test_secrets_are_referred_to_and_never_written(specs: dict[str, Manifest]) -> None:
    for spec in specs.values():
        commands = [one for one in containers(spec) if one["name"] != "verdict"]
        for container in commands:
            by_name = {one["name"]: one for one in container["env"]}
            assert by_name["DEBUG"] == {"name": "DEBUG", "value": "0"}
            assert by_name["DATABASE_URL"] == {
                "name": "DATABASE_URL",
                "valueFrom": {"secretKeyRef": {"name": "application-1", "key": "DATABASE_URL"}},
            }
            # The driver keeps the Kubernetes Secret only while a pod has the volume.
            assert any(one["name"] == "secrets" for one in container["volumeMounts"])


def test_without_secrets_there_is_no_volume_for_them() -> None:
    spec = pod_specs(objects({"secrets": None}))["Deployment/web"]

    assert [one["name"] for one in spec["containers"][0]["env"]] == ["DEBUG"]
    assert all("csi" not in volume for volume in spec["volumes"])


def test_cpu_units_become_millicores() -> None:
    (container,) = web(web_size=Size(cpu=256, memory_mib=2048))["containers"]

    assert container["resources"]["requests"] == {"cpu": "250m", "memory": "2048Mi"}
    assert container["resources"]["limits"] == {"cpu": "500m", "memory": "2048Mi"}


def test_a_command_goes_to_the_entry_point_of_the_image() -> None:
    (container,) = web(web_command=["gunicorn", "blog.wsgi"])["containers"]

    assert container["args"] == ["gunicorn", "blog.wsgi"]
    assert "command" not in container


def test_without_a_command_the_image_s_own_runs() -> None:
    (container,) = web()["containers"]

    assert not {"args", "command"} & set(container)


def test_the_port_has_the_name_that_the_service_asks_for() -> None:
    found = objects(port=8080)
    (container,) = pod_specs(found)["Deployment/web"]["containers"]
    (port,) = of_kind(found, "Service")["web"]["spec"]["ports"]

    assert container["ports"] == [{"name": "http", "containerPort": 8080, "protocol": "TCP"}]
    assert port["targetPort"] == "http"


def test_probes_bear_a_host_that_django_accepts() -> None:
    (container,) = web(health_check_path="/up")["containers"]

    for probe in ("startupProbe", "readinessProbe"):
        asked = container[probe]["httpGet"]
        assert asked["path"] == "/up"
        assert asked["port"] == "http"
        assert asked["httpHeaders"] == [
            {"name": "Host", "value": "api.example.com"},
            {"name": "X-Forwarded-Proto", "value": "https"},
        ]


def test_probes_of_a_plain_http_application_do_not_claim_https() -> None:
    spec = pod_specs(objects({"https": False}))["Deployment/web"]

    headers = spec["containers"][0]["readinessProbe"]["httpGet"]["httpHeaders"]
    assert [one["name"] for one in headers] == ["Host"]


def test_liveness_does_not_hang_on_the_database() -> None:
    (container,) = web()["containers"]

    assert container["livenessProbe"]["tcpSocket"] == {"port": "http"}


def test_codes_that_the_kubelet_takes_for_ill_leave_the_port() -> None:
    (container,) = web(health_check_codes="200,404")["containers"]

    assert container["readinessProbe"]["tcpSocket"] == {"port": "http"}


@pytest.mark.parametrize(("grace", "failures"), [(60, 12), (61, 13), (0, 1)])
def test_the_grace_time_is_the_time_to_start(grace: int, failures: int) -> None:
    (container,) = web(health_check_grace=grace)["containers"]
    probe = container["startupProbe"]

    assert (probe["failureThreshold"], probe["periodSeconds"]) == (failures, 5)


def test_a_worker_is_asked_by_its_own_command() -> None:
    check = HealthCheck(command=["ask", "it"], interval=20, timeout=7, retries=2, start_period=50)
    specs = pod_specs(objects(workers={"mail": Worker(command=["mail"], health_check=check)}))
    (container,) = containers(specs["Deployment/mail"])
    probe = {"exec": {"command": ["ask", "it"]}, "periodSeconds": 20, "timeoutSeconds": 7}

    assert container["livenessProbe"] == {**probe, "failureThreshold": 2}
    # Failures of the start period, three runs long, count on top.
    assert container["startupProbe"] == {**probe, "failureThreshold": 5}


def test_a_process_without_a_check_is_not_asked(specs: dict[str, Manifest]) -> None:
    for name in ("Deployment/celery", "Deployment/beat"):
        (container,) = containers(specs[name])
        assert not {"livenessProbe", "startupProbe"} & set(container)


def test_the_web_serves_until_the_load_balancer_has_let_go() -> None:
    spec = web(stop_timeout=50)
    sleep = spec["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"]

    assert sleep > DEREGISTRATION_DELAY
    assert spec["terminationGracePeriodSeconds"] == sleep + 50


def test_a_worker_has_its_stop_timeout_to_finish() -> None:
    found = objects(workers={"mail": Worker(command=["mail"], stop_timeout=90)})
    spec = pod_specs(found)["Deployment/mail"]

    assert spec["terminationGracePeriodSeconds"] == 90
    assert "lifecycle" not in spec["containers"][0]


def test_a_stop_signal_is_sent_before_kubernetes_sends_its_own() -> None:
    spec = web(stop_signal="SIGINT")
    shell, flag, script = spec["containers"][0]["lifecycle"]["preStop"]["exec"]["command"]

    assert (shell, flag) == ("sh", "-c")
    assert "kill -s INT 1;" in script


def test_pods_spread_over_zones() -> None:
    found = objects(**EVERY_KIND)
    for name, deployment in of_kind(found, "Deployment").items():
        (spread,) = pod_specs(found)[f"Deployment/{name}"]["topologySpreadConstraints"]
        assert spread["topologyKey"] == "topology.kubernetes.io/zone"
        assert spread["labelSelector"] == deployment["spec"]["selector"]
