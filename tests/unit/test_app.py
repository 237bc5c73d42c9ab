"""DjangoApp: which processes its options describe, and what it refuses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import FrozenInstanceError, fields
from pathlib import Path
from typing import Any

import pytest

from django_cdk import (
    DjangoApp,
    DjangoAppProps,
    OptionError,
    Scaling,
    ScheduledCommand,
    Size,
    Worker,
)
from tests.stacks import image_directory

IMAGE = "registry.example.com/blog:1"


def app(**options: Any) -> DjangoApp:
    if "image_directory" not in options:
        options.setdefault("image", IMAGE)
    return DjangoApp.from_options(options)


def test_the_typed_dictionary_has_exactly_the_fields_of_the_application() -> None:
    assert set(DjangoAppProps.__annotations__) == {one.name for one in fields(DjangoApp)}


def test_the_fields_stand_in_the_same_order_in_both() -> None:
    assert list(DjangoAppProps.__annotations__) == [one.name for one in fields(DjangoApp)]


def test_every_option_is_documented() -> None:
    documented = str(DjangoApp.__doc__)

    assert [one.name for one in fields(DjangoApp) if f":param {one.name}:" not in documented] == []


def test_an_application_does_not_change() -> None:
    with pytest.raises(FrozenInstanceError):
        app().port = 5000  # type: ignore[misc]


def test_alone_it_is_a_web_process_with_the_image_s_own_command() -> None:
    (web,) = app().processes

    assert (web.name, web.kind, web.command, web.port) == ("web", "web", None, 8000)


def test_processes_are_web_then_workers_then_beat() -> None:
    described = app(
        celery_app="blog",
        celery_queues=["high", "low"],
        workers={"mailer": ["python", "mail.py"]},
        use_celery_beat=True,
    )

    assert [one.name for one in described.processes] == ["web", "high", "low", "mailer", "beat"]


def test_a_celery_application_alone_means_one_worker_of_the_default_queue() -> None:
    (worker,) = app(celery_app="blog").worker_processes

    assert worker.command == (
        "celery",
        "-A",
        "blog",
        "worker",
        "-Q",
        "celery",
        "--loglevel",
        "INFO",
    )


def test_no_queues_means_no_worker() -> None:
    assert app(celery_app="blog", celery_queues=[]).worker_processes == ()


def test_a_queue_keeps_the_command_it_was_given() -> None:
    queues = {"high": Worker(command=["./worker.sh", "high"])}

    (worker,) = app(celery_app="blog", celery_queues=queues).worker_processes

    assert worker.command == ("./worker.sh", "high")


def test_a_worker_has_its_own_size_scaling_and_spot() -> None:
    given = Worker(
        command=["rqworker"],
        size=Size(cpu=1024, memory_mib=2048),
        scaling=Scaling(max_count=3),
        spot=True,
        stop_timeout=90,
    )

    (worker,) = app(workers={"rq": given}).worker_processes

    assert (worker.size, worker.scaling, worker.spot, worker.stop_timeout) == (
        given.size,
        given.scaling,
        True,
        90,
    )


def test_a_worker_has_the_longest_time_to_stop_that_aws_allows() -> None:
    (worker,) = app(celery_app="blog").worker_processes

    assert worker.stop_timeout == 120


def test_beat_writes_its_state_to_the_temporary_directory() -> None:
    beat = app(celery_app="blog", use_celery_beat=True).beat

    assert beat is not None
    assert beat.command == (
        *("celery", "-A", "blog", "beat", "--loglevel", "INFO"),
        *("-s", "/tmp/celerybeat-schedule", "--pidfile="),  # noqa: S108 - in the container
    )


def test_beat_runs_the_command_it_was_given() -> None:
    beat = app(use_celery_beat=True, beat_command=["/start-celerybeat"]).beat

    assert beat is not None
    assert beat.command == ("/start-celerybeat",)


def test_release_commands_are_migrate_then_collectstatic() -> None:
    assert [(one.name, one.command) for one in app().release] == [
        ("migrate", ("python", "manage.py", "migrate", "--noinput")),
        ("collectstatic", ("python", "manage.py", "collectstatic", "--noinput")),
    ]


def test_release_commands_keep_their_order() -> None:
    commands = {"zeta": ["one"], "alpha": ["two"]}

    assert [one.name for one in app(release_commands=commands).release] == ["zeta", "alpha"]


def test_no_release_commands_means_none() -> None:
    assert app(release_commands={}).release == ()


def test_a_scheduled_command_has_its_schedule_and_size() -> None:
    given = ScheduledCommand(
        schedule="rate(1 hour)",
        command=["python", "manage.py", "clearsessions"],
        size=Size(cpu=256),
    )

    (scheduled,) = app(scheduled_commands={"clear": given}).scheduled

    assert (scheduled.schedule, scheduled.size, scheduled.kind) == (given, given.size, "scheduled")


def test_two_applications_share_no_mapping() -> None:
    assert app().release_commands is not app().release_commands


BAD: Mapping[str, tuple[Mapping[str, Any], str, str]] = {
    # name -> options, the option that the error names, what its remedy says
    "no image": ({"image": None}, "image_directory", "give either image_directory"),
    "an unknown architecture": (
        {"cpu_architecture": "arm64"},
        "cpu_architecture",
        "'X86_64'",
    ),
    "a tag beside a URI": ({"image_tag": "2"}, "image_tag", "part of its URI"),
    "a stage beside a built image": ({"image_target": "web"}, "image_target", "image_directory"),
    "build arguments beside a built image": ({"build_args": {"A": "1"}}, "build_args", "built"),
    "contexts beside a built image": ({"build_contexts": {"a": "."}}, "build_contexts", "built"),
    "a Dockerfile beside a built image": ({"dockerfile": "Web"}, "dockerfile", "built already"),
    "port zero": ({"port": 0}, "port", "between 1 and 65535"),
    "a port too high": ({"port": 65536}, "port", "between 1 and 65535"),
    "a health check path without slash": (
        {"health_check_path": "ping"},
        "health_check_path",
        "give '/ping'",
    ),
    "health check codes in words": ({"health_check_codes": "ok"}, "health_check_codes", "200-399"),
    "health check codes of errors": ({"health_check_codes": "500"}, "health_check_codes", "200"),
    "a negative grace": ({"health_check_grace": -1}, "health_check_grace", "0 or more"),
    "an empty web command": ({"web_command": []}, "web_command", "at least one word"),
    "a web command as a shell line": (
        {"web_command": "gunicorn blog.wsgi"},
        "web_command",
        "['gunicorn', 'blog.wsgi']",
    ),
    "a command with an empty word": (
        {"web_command": ["gunicorn", ""]},
        "web_command",
        "'' is no word",
    ),
    "a command with a number": ({"web_command": ["sleep", 5]}, "web_command", "5 is no word"),
    "web tasks min above max": (
        {"web_scaling": Scaling(min_count=3, max_count=2)},
        "web_scaling",
        "min_count 3 is above max_count 2",
    ),
    "no web task": (
        {"web_scaling": Scaling(min_count=0, max_count=2)},
        "web_scaling",
        "min_count starts at 1",
    ),
    "scaling on nothing": (
        {"web_scaling": Scaling(max_count=2, cpu_percent=None)},
        "web_scaling",
        "give cpu_percent or requests_per_target",
    ),
    "more than all CPU": (
        {"web_scaling": Scaling(max_count=2, cpu_percent=101)},
        "web_scaling",
        "between 1 and 100",
    ),
    "no requests per target": (
        {"web_scaling": Scaling(max_count=2, requests_per_target=0)},
        "web_scaling",
        "1 or more",
    ),
    "queues without celery": ({"celery_queues": ["high"]}, "celery_queues", "give celery_app"),
    "queues as text": (
        {"celery_app": "blog", "celery_queues": "high"},
        "celery_queues",
        "give a list: ['high']",
    ),
    "a queue that can't be a name": (
        {"celery_app": "blog", "celery_queues": ["a.b"]},
        "celery_queues",
        "starts with a letter",
    ),
    "a worker without command": ({"workers": {"rq": Worker()}}, "workers['rq']", "its command"),
    "a worker with an empty command": (
        {"workers": {"rq": []}},
        "workers['rq'].command",
        "at least one word",
    ),
    "a worker with the name of a queue": (
        {"celery_app": "blog", "workers": {"celery": ["rqworker"]}},
        "workers",
        "take another",
    ),
    "a worker called web": ({"workers": {"web": ["a"]}}, "workers", "take another"),
    "a queue called beat": (
        {"celery_app": "blog", "celery_queues": ["beat"]},
        "celery_queues",
        "take another",
    ),
    "a size of beat without beat": (
        {"beat_size": Size(cpu=512)},
        "beat_size",
        "does nothing without use_celery_beat=True",
    ),
    "a size of release commands without any": (
        {"release_commands": {}, "release_size": Size(cpu=1024, memory_mib=2048)},
        "release_size",
        "does nothing without release_commands",
    ),
    "writable paths without read-only": (
        {"writable_paths": ["/var/cache"]},
        "writable_paths",
        "does nothing without read_only_root_filesystem=True",
    ),
    "a worker that can't come back from none": (
        {"workers": {"rq": Worker(command=["a"], scaling=Scaling(min_count=0, max_count=2))}},
        "workers['rq'].scaling",
        "no CPU use to scale out on",
    ),
    "a worker scaling on requests": (
        {"workers": {"rq": Worker(command=["a"], scaling=Scaling(requests_per_target=5))}},
        "workers['rq'].scaling",
        "scale on cpu_percent",
    ),
    "a worker that stops too late": (
        {"workers": {"rq": Worker(command=["a"], stop_timeout=121)}},
        "workers['rq'].stop_timeout",
        "1 to 120 seconds",
    ),
    "beat without celery": ({"use_celery_beat": True}, "use_celery_beat", "celery_app or beat_c"),
    "a beat command without beat": (
        {"beat_command": ["beat"]},
        "beat_command",
        "use_celery_beat=True",
    ),
    "an empty beat command": (
        {"use_celery_beat": True, "beat_command": []},
        "beat_command",
        "at least one word",
    ),
    "release commands as a list": (
        {"release_commands": [["migrate"]]},
        "release_commands",
        "give name -> command",
    ),
    "an empty release command": (
        {"release_commands": {"migrate": []}},
        "release_commands['migrate']",
        "at least one word",
    ),
    "a release command without a fit name": (
        {"release_commands": {"1st": ["a"]}},
        "release_commands",
        "starts with a letter",
    ),
    "a schedule in five fields": (
        {"scheduled_commands": {"a": ScheduledCommand(schedule="0 3 * * *", command=["a"])}},
        "scheduled_commands['a'].schedule",
        "cron(0 3 * * ? *)",
    ),
    "a schedule in five fields and parentheses": (
        {"scheduled_commands": {"a": ScheduledCommand(schedule="cron(0 3 * * *)", command=["a"])}},
        "scheduled_commands['a'].schedule",
        "with six fields",
    ),
    "an empty scheduled command": (
        {"scheduled_commands": {"a": ScheduledCommand(schedule="rate(1 hour)", command=[])}},
        "scheduled_commands['a'].command",
        "at least one word",
    ),
    "a relative writable path": (
        {"read_only_root_filesystem": True, "writable_paths": ["tmp"]},
        "writable_paths",
        "absolute path",
    ),
    "a stop timeout too long": ({"stop_timeout": 121}, "stop_timeout", "1 to 120 seconds"),
    "a stop signal without SIG": ({"stop_signal": "INT"}, "stop_signal", "such as SIGINT"),
    "an unknown option": ({"web_comand": ["a"]}, "web_comand", "did you mean 'web_command'?"),
    "a variable that is no name": (
        {"environment_variables": {"MY-NAME": "1"}},
        "environment_variables",
        "letters, digits and underscores",
    ),
    "a number as a variable": (
        {"environment_variables": {"WORKERS": 4}},
        "environment_variables['WORKERS']",
        "give '4'",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_refuses(name: str) -> None:
    options, option, remedy = BAD[name]

    with pytest.raises(OptionError) as refused:
        app(**options)

    assert refused.value.option == option
    assert remedy in refused.value.remedy
    assert str(refused.value).startswith(f"{option}={refused.value.value!r}: ")


def test_refuses_a_directory_that_is_missing(tmp_path: Path) -> None:
    missing = str(tmp_path / "nowhere")

    with pytest.raises(OptionError, match="there is no such directory") as refused:
        app(image_directory=missing)

    assert (refused.value.option, refused.value.value) == ("image_directory", missing)


def test_refuses_a_directory_without_dockerfile(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="there is no such file in") as refused:
        app(image_directory=str(tmp_path))

    assert (refused.value.option, refused.value.value) == ("dockerfile", "Dockerfile")


def test_refuses_an_image_beside_a_directory(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="not both"):
        app(image_directory=image_directory(tmp_path), image=IMAGE)


def test_refuses_a_tag_beside_a_directory(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="goes with an ECR repository"):
        app(image_directory=image_directory(tmp_path), image_tag="1")


def test_takes_a_dockerfile_deeper_in_the_directory(tmp_path: Path) -> None:
    (tmp_path / "docker").mkdir()
    (tmp_path / "docker" / "Web").write_text("FROM scratch\n")

    assert app(image_directory=str(tmp_path), dockerfile="docker/Web").dockerfile == "docker/Web"


def test_takes_a_path_object_as_directory(tmp_path: Path) -> None:
    assert app(image_directory=Path(image_directory(tmp_path))).image_directory == tmp_path


@pytest.mark.parametrize("codes", ["200", "200,301", "200-399", "200-299,301"])
def test_takes_health_check_codes_as_the_load_balancer_does(codes: str) -> None:
    assert app(health_check_codes=codes).health_check_codes == codes


@pytest.mark.parametrize(
    "schedule", ["cron(0 3 * * ? *)", "rate(1 hour)", "at(2030-01-01T00:00:00)"]
)
def test_takes_each_kind_of_schedule(schedule: str) -> None:
    command = ScheduledCommand(schedule=schedule, command=["a"])

    assert app(scheduled_commands={"a": command}).scheduled[0].schedule == command
