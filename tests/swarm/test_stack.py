"""The stack file: what runs, and how it is watched and replaced."""

from __future__ import annotations

import subprocess
import sys

import pytest

from django_cdk import HealthCheck, OptionError, Scaling, ScheduledCommand, Size, Worker
from django_cdk.swarm.stack import stack_file
from tests.swarm.files import application, faults, release, routes, stack, target

EVERYTHING = {
    "media_path": "/app/media",
    "frontend": True,
    "portainer": True,
    "tls": "given",
    "environment": {"A": "1"},
}
KINDS = {"stack": stack, "release": release}


@pytest.mark.parametrize("options", [{}, EVERYTHING, {"database": False, "cache": False}])
@pytest.mark.parametrize("kind", KINDS)
def test_the_files_follow_the_compose_specification(kind: str, options: dict[str, object]) -> None:
    assert faults(KINDS[kind](**options), "compose-spec") == []


def test_every_process_of_the_application_is_a_service() -> None:
    app = application(workers={"mail": ["python", "manage.py", "mail"]})

    assert {"web", "celery", "mail", "beat"} <= set(stack(app)["services"])


def test_a_service_runs_as_often_as_its_process_at_least_does() -> None:
    app = application(web_scaling=Scaling(min_count=2, max_count=6))

    assert stack(app)["services"]["web"]["deploy"]["replicas"] == 2


def test_a_service_has_the_limits_of_its_process() -> None:
    app = application(
        workers={"mail": Worker(command=["mail"], size=Size(cpu=256, memory_mib=300))}
    )

    limits = stack(app)["services"]["mail"]["deploy"]["resources"]["limits"]

    assert limits == {"cpus": "0.25", "memory": "300M"}


@pytest.mark.parametrize("service", ["web", "celery", "beat"])
def test_a_service_that_fails_in_an_update_goes_back(service: str) -> None:
    update = stack()["services"][service]["deploy"]["update_config"]

    assert update["failure_action"] == "rollback"


def test_a_second_web_task_answers_before_the_first_one_leaves() -> None:
    assert stack()["services"]["web"]["deploy"]["update_config"]["order"] == "start-first"


def test_there_are_never_two_beats() -> None:
    deploy = stack()["services"]["beat"]["deploy"]

    assert (deploy["replicas"], deploy["update_config"]["order"]) == (1, "stop-first")


@pytest.mark.parametrize("service", ["router", "web", "postgres", "valkey"])
def test_what_answers_requests_is_checked(service: str) -> None:
    assert stack()["services"][service]["healthcheck"]["test"]


def test_a_worker_does_not_have_the_check_of_the_images_web_process() -> None:
    assert stack()["services"]["celery"]["healthcheck"] == {"disable": True}


def test_a_worker_is_asked_by_its_own_command() -> None:
    check = HealthCheck(command=["ask", "$it"], interval=20, timeout=7, retries=2, start_period=50)
    app = application(workers={"mail": Worker(command=["mail"], health_check=check)})

    assert stack(app)["services"]["mail"]["healthcheck"] == {
        "test": [
            *("CMD", "/bin/sh", "/django-cdk/with_secrets.sh", "--only-secrets"),
            *("ask", "$$it"),
        ],
        "interval": "20s",
        "timeout": "7s",
        "retries": 2,
        "start_period": "50s",
    }


def test_no_value_of_a_secret_is_in_the_files() -> None:
    services = stack()["services"]

    assert services["web"]["secrets"] == [{"source": "SECRET_KEY", "target": "SECRET_KEY"}]
    assert "SECRET_KEY" not in services["web"]["environment"]
    assert "POSTGRES_PASSWORD" not in services["postgres"]["environment"]


def test_every_secret_of_a_service_is_defined_and_none_is_in_vain() -> None:
    document = stack(**EVERYTHING)
    used = {
        secret["source"]
        for service in document["services"].values()
        for secret in service.get("secrets", [])
    }

    assert used == set(document["secrets"])


def test_docker_replaces_nothing_in_the_applications_own_words() -> None:
    app = application(web_command=["sh", "-c", "echo $HOME"])

    web = stack(app, environment={"PRICE": "5$"})["services"]["web"]

    assert web["command"][-1] == "echo $$HOME"
    assert web["environment"]["PRICE"] == "5$$"


def test_a_value_that_cloudformation_fills_in_keeps_its_mark() -> None:
    web = stack(environment={"BUCKET": "${Token[TOKEN.7]}$"})["services"]["web"]

    assert web["environment"]["BUCKET"] == "${Token[TOKEN.7]}$$"


def test_a_command_replaces_the_images_command_and_not_its_entrypoint() -> None:
    web = stack(application(web_command=["./start"]))["services"]["web"]

    assert web["entrypoint"] == ["/bin/sh", "/django-cdk/with_secrets.sh"]
    assert web["command"] == ["./start"]


def test_without_a_command_the_image_decides() -> None:
    assert "command" not in stack()["services"]["web"]


def test_a_read_only_file_system_has_its_writable_paths() -> None:
    app = application(
        read_only_root_filesystem=True, writable_paths=["/scratch", "/run"], user="999"
    )

    web = stack(app)["services"]["web"]

    assert (web["read_only"], web["tmpfs"], web["user"]) == (True, ["/scratch", "/run"], "999")


def test_stop_timeout_and_signal_reach_the_service() -> None:
    web = stack(application(stop_timeout=7, stop_signal="SIGINT"))["services"]["web"]

    assert (web["stop_grace_period"], web["stop_signal"]) == ("7s", "SIGINT")


def test_only_the_router_has_ports() -> None:
    services = stack(**EVERYTHING)["services"]

    assert [name for name, service in services.items() if "ports" in service] == ["router"]
    assert [port["published"] for port in services["router"]["ports"]] == [80, 443]


def test_without_tls_port_443_is_closed() -> None:
    ports = stack(tls="none")["services"]["router"]["ports"]

    assert [port["published"] for port in ports] == [80]


def test_the_router_has_a_fixed_version_and_no_dashboard() -> None:
    router = stack()["services"]["router"]

    assert router["image"].startswith("${ROUTER_IMAGE:-traefik:v3.")
    assert "--api=false" in router["command"]


@pytest.mark.parametrize("service", ["router", "web", "celery", "postgres", "valkey"])
def test_nothing_but_portainer_has_the_docker_socket(service: str) -> None:
    found = stack(**EVERYTHING)["services"]

    assert "docker.sock" not in str(found[service])
    assert "docker.sock" in str(found["portainer"])


def test_plain_http_is_sent_to_https() -> None:
    command = stack()["services"]["router"]["command"]

    assert "--entrypoints.web.http.redirections.entrypoint.to=websecure" in command


def test_the_staging_server_of_the_certificate_authority_is_asked_when_wanted() -> None:
    staging = [
        one
        for one in stack(acme_staging=True)["services"]["router"]["command"]
        if "caserver" in one
    ]

    assert len(staging) == 1
    assert "staging" in staging[0]


def test_data_lie_in_the_directory_that_is_given() -> None:
    document = stack(data_directory="/data")

    assert document["services"]["postgres"]["volumes"][0].startswith("/data/postgres:")
    assert "volumes" not in document


def test_data_lie_on_named_volumes_otherwise() -> None:
    assert set(stack(media_path="/app/media")["volumes"]) == {
        *("router", "postgres", "valkey", "media"),
    }


def test_release_commands_wait_to_be_started_and_run_once() -> None:
    services = release()["services"]

    assert list(services) == ["postgres", "valkey", "release-migrate", "release-collectstatic"]
    deploy = services["release-migrate"]["deploy"]
    assert (deploy["replicas"], deploy["restart_policy"]) == (0, {"condition": "none"})


def test_database_and_cache_are_the_same_in_both_files() -> None:
    for service in ("postgres", "valkey"):
        assert release()["services"][service] == stack()["services"][service]


def test_all_requests_go_to_the_application_alone() -> None:
    assert routes()["http"]["routers"]["web"]["rule"] == "Host(`blog.example.com`)"


def test_a_front_end_has_what_is_not_the_applications() -> None:
    routers = routes(frontend=True, backend_paths=["/api"])["http"]["routers"]

    assert routers["web"]["rule"] == "Host(`blog.example.com`) && (PathPrefix(`/api`))"
    assert routers["frontend"]["rule"] == "Host(`blog.example.com`)"


def test_portainer_has_a_name_of_its_own() -> None:
    rule = routes(portainer=True)["http"]["routers"]["portainer"]["rule"]

    assert rule == "Host(`portainer.blog.example.com`)"


def test_a_domain_that_the_deployment_names_is_read_by_the_router() -> None:
    rule = routes(host="${DOMAIN}")["http"]["routers"]["web"]["rule"]

    assert rule == "Host(`{{ env `DOMAIN` }}`)"
    assert stack(host="${DOMAIN}")["services"]["router"]["environment"] == {"DOMAIN": "${DOMAIN}"}


def test_the_users_certificate_comes_from_secrets() -> None:
    made = routes(tls="given")

    assert made["tls"]["certificates"][0]["keyFile"] == "/run/secrets/service-tls-key"
    assert made["http"]["routers"]["web"]["tls"] == {}


def test_the_same_application_gives_the_same_bytes() -> None:
    assert stack_file(application(), target()) == stack_file(application(), target())


def test_scheduled_commands_are_refused_with_the_way_out() -> None:
    app = application(
        scheduled_commands={"nightly": ScheduledCommand(schedule="rate(1 day)", command=["x"])}
    )

    with pytest.raises(OptionError, match="use_celery_beat=True"):
        stack(app)


@pytest.mark.parametrize("name", ["router", "postgres", "release-migrate"])
def test_a_worker_with_the_name_of_another_service_is_refused(name: str) -> None:
    with pytest.raises(OptionError, match="take another"):
        stack(application(workers={name: ["x"]}))


def test_a_worker_that_scales_on_its_messages_is_refused() -> None:
    scaling = Scaling(min_count=0, max_count=2, cpu_percent=None, backlog_per_task=9)
    worker = Worker(command=["x"], scaling=scaling, queues=["x"])

    with pytest.raises(OptionError, match="a swarm runs min_count tasks and counts no messages"):
        stack(application(workers={"x": worker}))


def check_web(port: int, codes: str) -> int:
    test = stack(application(port=port, health_check_codes=codes))["services"]["web"]["healthcheck"]
    words = [word.replace("$$", "$") for word in test["test"][2:]]
    return subprocess.run([sys.executable, *words], check=False, capture_output=True).returncode


@pytest.mark.parametrize(
    ("codes", "status", "healthy"),
    [("200-399", 200, True), ("200-399", 500, False), ("200,404", 404, True), ("200", 301, False)],
)
def test_the_web_check_takes_the_accepted_answers(
    web_server: tuple[int, list[str]], codes: str, status: int, healthy: bool
) -> None:
    port, hosts = web_server
    hosts[:] = [str(status)]

    assert (check_web(port, codes) == 0) is healthy
    assert hosts[1:] == ["blog.example.com"]
