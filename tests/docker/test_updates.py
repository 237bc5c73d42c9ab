"""Updates of a running instance, by `cdk deploy` and by a CI job, while visitors keep asking."""

from __future__ import annotations

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


def test_an_update_of_a_ci_job_brings_the_image_it_names(instance: Instance) -> None:
    deployed_before = instance.deployment
    version = instance.new_version()
    image = f"{REGISTRY}/blog-backend:{version}"
    docker = instance.deployed.developer()
    docker.run("tag", _newest_image(instance), image)
    docker.run("push", "--quiet", image)
    instance.deployment = deployed_before

    done = instance.deployed.update(Image=image, Options="--skip-release")

    assert done.returncode == 0, done.stderr
    assert instance.version() == version


def _newest_image(instance: Instance) -> str:
    images = instance.machine.docker.run("images", "--quiet", "--no-trunc")
    return images.split()[0]


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
