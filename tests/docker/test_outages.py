"""What comes back by itself: a container, the daemon, the machine."""

from __future__ import annotations

import pytest

from tests.docker.instance import Instance

_WRITE = """\
from django.contrib.auth.models import User
from posts.models import Post
Post.objects.create(author=User.objects.get_or_create(username="ann")[0], text="{0}")
"""


def write(instance: Instance, text: str) -> None:
    """A post, made by the application."""
    instance.inside("web", "python", "manage.py", "shell", "-c", _WRITE.format(text))


def texts(instance: Instance) -> list[str]:
    found = instance.json("/api/posts/")
    return [one["text"] for one in (found["results"] if isinstance(found, dict) else found)]


@pytest.mark.parametrize("service", ["web", "router", "valkey", "postgres"])
def test_a_killed_container_comes_back(instance: Instance, service: str) -> None:
    text = f"written before {service} was killed"
    write(instance, text)
    (container,) = instance.containers(service)

    instance.machine.docker.run("kill", container)

    instance.wait_for(lambda: instance.containers(service) not in ([], [container]), service)
    instance.wait_until_ready()
    assert text in texts(instance)


@pytest.mark.parametrize("service", ["celery", "beat"])
def test_a_process_that_hangs_is_replaced(instance: Instance, service: str) -> None:
    (container,) = instance.containers(service)

    instance.machine.docker.run("kill", "--signal", "STOP", container)

    instance.wait_for(lambda: instance.containers(service) not in ([], [container]), service)


def test_a_restarted_daemon_brings_everything_back(instance: Instance) -> None:
    write(instance, "written before the daemon was restarted")

    instance.machine.restart_docker()

    instance.wait_until_ready()
    assert "written before the daemon was restarted" in texts(instance)


def test_a_machine_whose_power_was_cut_brings_everything_back(instance: Instance) -> None:
    write(instance, "written before the power was cut")

    instance.machine.cut_power()
    instance.machine.start()

    instance.wait_until_ready()
    assert "written before the power was cut" in texts(instance)
