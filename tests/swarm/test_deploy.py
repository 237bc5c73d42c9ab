"""deploy.sh, told by a docker command and an aws command that keep what they are asked for.

What a real daemon makes of it is another suite's matter; here it is the order of things.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from django_cdk.swarm.stack import release_file, routes_file, stack_file
from tests.swarm.files import application, target
from tests.swarm.test_scripts import SCRIPTS

FAKE = Path(__file__).parent / "fake_docker.py"
AWS = """\
#!/bin/sh
case "$*" in
    *get-secret-value*VersionId*) echo 11111111-2222 ;;
    *get-secret-value*) echo '{"SecretString": "{\\"password\\": \\"of the database\\"}"}' ;;
    *) exit 9 ;;
esac
"""


class Machine:
    """A directory with the files of a deployment, and the fakes on its PATH."""

    def __init__(self, folder: Path) -> None:
        self.here = folder / "django"
        self.bin = folder / "bin"
        self.swarm_file = folder / "swarm.json"
        for directory in (self.here, self.bin):
            directory.mkdir()
        for name in ("deploy.sh", "with_secrets.sh"):
            shutil.copy(SCRIPTS / name, self.here)
        app, place = application(), target()
        (self.here / "stack.yml").write_text(stack_file(app, place))
        (self.here / "release.yml").write_text(release_file(app, place))
        (self.here / "routes.yml").write_text(routes_file(app, place))
        self._command("docker", f'#!/bin/sh\nexec {sys.executable} -S -E {FAKE} "$@"\n')
        self._command("aws", AWS)
        self.change(
            {
                "services": {},
                "secrets": {},
                "tasks": {},
                "broken": {},
                "log": [],
                "images": [],
                "removed": [],
                "registry": ["blog:1", "blog:2"],
            }
        )

    def _command(self, name: str, text: str) -> None:
        path = self.bin / name
        path.write_text(text)
        path.chmod(0o755)

    @property
    def swarm(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.swarm_file.read_text())
        return found

    def change(self, changed: dict[str, Any]) -> None:
        before = self.swarm if self.swarm_file.exists() else {}
        self.swarm_file.write_text(json.dumps(before | changed))

    def deploy(self, *words: str, image: str = "blog:1") -> subprocess.CompletedProcess[str]:
        self.change({"log": []})
        return subprocess.run(
            ["bash", self.here / "deploy.sh", *words],
            env={
                "PATH": f"{self.bin}{os.pathsep}/usr/bin:/bin",
                "FAKE_DOCKER": str(self.swarm_file),
                "IMAGE": image,
                "DOMAIN": "blog.example.com",
                "SETTLE": "0",
                "START_TIMEOUT": "5",
                "RELEASE_TIMEOUT": "5",
            },
            capture_output=True,
            text=True,
            check=False,
        )

    def position(self, found: Callable[[list[str]], bool]) -> int:
        return next(place for place, words in enumerate(self.swarm["log"]) if found(words))


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def image_of(machine: Machine, service: str) -> str:
    return str(machine.swarm["services"][f"django_{service}"]["image"])


def test_a_first_deployment_runs_everything(machine: Machine) -> None:
    done = machine.deploy()

    assert done.returncode == 0, done.stderr
    assert {
        "django_router",
        "django_web",
        "django_celery",
        "django_beat",
        "django_postgres",
    } <= set(machine.swarm["services"])


def test_release_commands_run_in_order_before_the_services_change(machine: Machine) -> None:
    machine.deploy()

    migrate = machine.position(lambda words: words[-1] == "django_release-migrate=1")
    collect = machine.position(lambda words: words[-1] == "django_release-collectstatic=1")
    services = machine.position(lambda words: str(machine.here / "stack.yml") in words)
    assert migrate < collect < services


def test_a_tag_is_pinned_to_its_digest(machine: Machine) -> None:
    machine.deploy()

    assert image_of(machine, "web") == "blog:1@sha256:0"


def test_a_failing_release_command_leaves_the_services_alone(machine: Machine) -> None:
    machine.deploy()
    machine.change({"tasks": {"django_release-migrate": "failed"}})

    done = machine.deploy(image="blog:2")

    assert done.returncode == 1
    assert "FAILED: release-migrate ended as 'failed' (boom)" in done.stderr
    assert "what django_release-migrate said" in done.stderr
    assert image_of(machine, "web") == "blog:1@sha256:0"
    assert not [words for words in machine.swarm["log"] if str(machine.here / "stack.yml") in words]


def test_a_failing_release_command_stops_those_after_it(machine: Machine) -> None:
    machine.change({"tasks": {"django_release-migrate": "failed"}})

    machine.deploy()

    assert "django_release-collectstatic=1" not in str(machine.swarm["log"])


def test_a_service_that_was_rolled_back_takes_all_others_back(machine: Machine) -> None:
    machine.deploy()
    machine.change({"broken": {"django_web": "blog:2@sha256:0"}})

    done = machine.deploy(image="blog:2")

    assert done.returncode == 1
    assert "FAILED: django_web was rolled back" in done.stderr
    assert "why django_web failed" in done.stderr
    assert {image_of(machine, name) for name in ("web", "celery", "beat")} == {"blog:1@sha256:0"}


def test_release_commands_can_be_left_out(machine: Machine) -> None:
    machine.deploy("--skip-release")

    assert "release.yml" not in str(machine.swarm["log"])


def test_an_image_given_by_a_ci_job_stays(machine: Machine) -> None:
    machine.deploy()
    machine.deploy("--image", "blog:2")

    machine.deploy()

    assert image_of(machine, "web") == "blog:2@sha256:0"


def test_a_newer_image_of_the_stack_replaces_that_of_a_ci_job(machine: Machine) -> None:
    machine.change({"registry": ["blog:1", "blog:2", "blog:3"]})
    machine.deploy("--image", "blog:2")

    machine.deploy(image="blog:3")

    assert image_of(machine, "web") == "blog:3@sha256:0"


def test_an_image_whose_update_failed_is_not_kept(machine: Machine) -> None:
    machine.deploy()
    machine.change({"broken": {"django_web": "blog:2@sha256:0"}})
    machine.deploy("--image", "blog:2")

    machine.deploy()

    assert image_of(machine, "web") == "blog:1@sha256:0"


def test_an_image_that_is_nowhere_is_told(machine: Machine) -> None:
    done = machine.deploy(image="blog:9")

    assert "FAILED: the image blog:9 can't be pulled" in done.stderr
    assert machine.swarm["services"] == {}


def test_without_an_image_nothing_begins(machine: Machine) -> None:
    assert "FAILED: IMAGE is not given" in machine.deploy(image="").stderr


def test_an_unknown_argument_is_refused(machine: Machine) -> None:
    done = machine.deploy("--force")

    assert "unknown argument '--force'" in done.stderr
    assert machine.swarm["log"] == []


@pytest.fixture
def with_secrets(machine: Machine) -> Machine:
    if shutil.which("jq") is None:
        pytest.skip("needs jq: apt-get install jq")
    (machine.here / "secrets.tsv").write_text(
        "# name\tARN\tfield\n"
        "SECRET_KEY\tarn:one\tpassword\n"
        "service-postgres-password\tarn:two\tpassword\n"
    )
    return machine


def test_secrets_become_swarm_secrets_named_after_their_version(with_secrets: Machine) -> None:
    done = with_secrets.deploy()

    assert done.returncode == 0, done.stderr
    assert with_secrets.swarm["secrets"] == {
        "SECRET_KEY-11111111": "of the database",
        "service-postgres-password-11111111": "of the database",
    }


def test_no_value_of_a_secret_is_an_argument_or_printed_or_written(with_secrets: Machine) -> None:
    done = with_secrets.deploy()

    assert "of the database" not in done.stdout + done.stderr + str(with_secrets.swarm["log"])
    written = [path for path in with_secrets.here.rglob("*") if path.is_file()]
    assert not [path for path in written if "of the database" in path.read_text()]


def test_a_secret_that_is_there_is_not_made_again(with_secrets: Machine) -> None:
    with_secrets.deploy()

    with_secrets.deploy()

    assert not [words for words in with_secrets.swarm["log"] if words[:2] == ["secret", "create"]]


def test_a_secret_without_its_field_stops_everything(with_secrets: Machine) -> None:
    (with_secrets.here / "secrets.tsv").write_text("SECRET_KEY\tarn:one\tmissing\n")

    done = with_secrets.deploy()

    assert done.returncode == 1
    assert with_secrets.swarm["services"] == {}


def test_images_of_versions_before_are_removed_after_an_update(machine: Machine) -> None:
    machine.change({"images": ["blog 1 sha256:0", "blog 0 sha256:1", "other 1 sha256:2"]})

    machine.deploy()

    assert image_of(machine, "web") == "blog:1@sha256:0"
    assert machine.swarm["removed"] == ["blog:0"]


def test_an_image_that_no_registry_has_is_kept(machine: Machine) -> None:
    machine.change({"images": ["blog 0 <none>", "blog <none> sha256:1"]})

    machine.deploy()

    assert machine.swarm["removed"] == []


def test_nothing_is_removed_when_an_update_fails(machine: Machine) -> None:
    machine.deploy()
    machine.change({"tasks": {"django_release-migrate": "failed"}, "images": ["blog 0 sha256:1"]})

    machine.deploy(image="blog:2")

    assert machine.swarm["removed"] == []
