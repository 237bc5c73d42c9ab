"""Updates of a running instance, by `cdk deploy` and by a CI job, while visitors keep asking."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass

import pytest

from tests.docker import blog
from tests.docker.aws.deployment import REGISTRY
from tests.docker.instance import Instance


def test_an_update_fails_no_request(instance: Instance) -> None:
    version = instance.new_version()

    with instance.visited() as visits:
        done = instance.deployed.update()

    assert done.returncode == 0, done.stderr
    assert instance.version() == version
    assert visits.failures == []
    assert visits.count > 50


@dataclass(frozen=True)
class CiJob:
    """What a CI job pushed, and how the update command that it sent ended."""

    version: str
    repository: str
    done: subprocess.CompletedProcess[str]


@pytest.fixture(scope="module")
def ci_job(booted: Instance) -> CiJob:
    """A job that pushes to a repository, in which an older image is, and sends the command."""
    before = booted.deployment
    version = booted.new_version()
    repository = f"{REGISTRY}/blog-backend"
    docker = booted.deployed.developer()
    docker.run("pull", "--quiet", booted.deployed.image)
    for source, tag in (("debian:trixie-slim", "older"), (booted.deployed.image, version)):
        docker.run("tag", source, f"{repository}:{tag}")
        docker.run("push", "--quiet", f"{repository}:{tag}")
    # The stack itself does not change.
    booted.deployment = before
    image = f"{repository}:{version}"
    done = booted.deployed.update(Image=image, Options="--skip-release")
    return CiJob(version, repository, done)


def test_an_update_of_a_ci_job_brings_the_image_it_names(instance: Instance, ci_job: CiJob) -> None:
    assert ci_job.done.returncode == 0, ci_job.done.stderr
    assert instance.version() == ci_job.version


def test_an_update_leaves_no_image_that_nothing_runs(instance: Instance, ci_job: CiJob) -> None:
    tags = instance.machine.docker.run("images", "--format={{.Tag}}", ci_job.repository)

    assert tags.split() == [ci_job.version]


def test_a_failing_migration_stops_the_update_and_the_version_before_serves_on(
    instance: Instance,
) -> None:
    before = instance.version()
    instance.new_version(blog.add_failing_migration)

    with instance.visited() as visits:
        done = instance.deployed.update()

    assert done.returncode == 1
    assert "RuntimeError: there are two authors of that name" in done.stderr
    assert "FAILED: release-migrate ended as 'failed' (task: non-zero exit (1))" in done.stderr
    assert instance.version() == before
    assert visits.failures == []


def test_a_version_that_does_not_start_is_rolled_back_and_the_one_before_serves_on(
    instance: Instance,
) -> None:
    before = instance.version()
    instance.new_version(blog.stop_answering)

    with instance.visited() as visits:
        done = instance.deployed.update()

    assert done.returncode == 1
    assert "FAILED: django_web was rolled back" in done.stderr
    assert "No module named 'nowhere'" in done.stderr
    assert instance.version() == before
    assert visits.failures == []
