"""The image: built for the architecture that the tasks run on, or given."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import aws_cdk.aws_ecr as ecr
import aws_cdk.aws_ecr_assets as ecr_assets
import pytest

from django_cdk import OptionError
from tests.stacks import IMAGE, Synthesized, Template, image_directory, synthesize

PLATFORMS = {"X86_64": "linux/amd64", "ARM64": "linux/arm64"}


def built(template: Template) -> Mapping[str, Any]:
    """Hash -> image to build, as the asset manifest tells the CDK command line."""
    manifest = template.assembly / f"{template.stack.stack_name}.assets.json"
    images: Mapping[str, Any] = json.loads(manifest.read_text())["dockerImages"]
    return images


def sources(template: Template) -> list[Mapping[str, Any]]:
    return [one["source"] for one in built(template).values()]


def hashes(template: Template) -> list[str]:
    return list(built(template))


def images(template: Template) -> list[Any]:
    return [
        one["ContainerDefinitions"][0]["Image"]
        for one in template.of_type("AWS::ECS::TaskDefinition")
    ]


@pytest.mark.parametrize("architecture", PLATFORMS)
def test_the_image_is_built_for_the_processor_of_every_task(
    tmp_path: Path, architecture: str
) -> None:
    template = synthesize(
        image_directory=image_directory(tmp_path),
        cpu_architecture=architecture,
        celery_app="blog",
        use_celery_beat=True,
    ).template

    (source,) = sources(template)
    assert source["platform"] == PLATFORMS[architecture]
    platforms = [one["RuntimePlatform"] for one in template.of_type("AWS::ECS::TaskDefinition")]
    assert platforms == [{"CpuArchitecture": architecture, "OperatingSystemFamily": "LINUX"}] * 4


def test_every_process_runs_the_same_image(everything: Synthesized) -> None:
    assert images(everything.template) == [IMAGE] * 5


def test_every_build_option_reaches_the_build(tmp_path: Path) -> None:
    directory = Path(image_directory(tmp_path / "context"))
    (directory / "Web.Dockerfile").write_text("FROM scratch AS web\n")
    (source,) = sources(
        synthesize(
            image_directory=str(directory),
            dockerfile="Web.Dockerfile",
            image_target="web",
            build_args={"VERSION": "3"},
            build_contexts={"assets": "docker-image://example/assets:1"},
        ).template
    )

    assert source["dockerFile"] == "Web.Dockerfile"
    assert source["dockerBuildTarget"] == "web"
    assert source["dockerBuildArgs"] == {"VERSION": "3"}
    assert source["dockerBuildContexts"] == {"assets": "docker-image://example/assets:1"}


def test_changed_code_is_another_image(tmp_path: Path) -> None:
    directory = image_directory(tmp_path)
    before = hashes(synthesize(image_directory=directory).template)
    (tmp_path / "views.py").write_text("changed = True\n")

    assert hashes(synthesize(image_directory=directory).template) != before


@pytest.mark.parametrize("name", [".git", "__pycache__", "node_modules", ".venv", ".pytest_cache"])
@pytest.mark.parametrize("where", [".", "app"])
def test_what_is_never_part_of_an_image_does_not_change_it(
    tmp_path: Path, name: str, where: str
) -> None:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "views.py").write_text("")
    directory = image_directory(tmp_path)
    before = hashes(synthesize(image_directory=directory).template)
    (tmp_path / where / name).mkdir()
    (tmp_path / where / name / "file").write_text("of this machine")

    assert hashes(synthesize(image_directory=directory).template) == before


def test_the_same_directory_elsewhere_is_the_same_image(tmp_path: Path) -> None:
    one, other = (
        hashes(synthesize(image_directory=image_directory(tmp_path / name)).template)
        for name in ("one", "other")
    )

    assert one == other


def test_two_applications_of_one_directory_share_the_image(tmp_path: Path) -> None:
    directory = image_directory(tmp_path)
    template = synthesize(image_directory=directory, celery_app="blog").template

    assert len(hashes(template)) == 1


def test_an_image_by_its_uri_is_taken_as_it_is(blog: Synthesized) -> None:
    assert set(images(blog.template)) == {IMAGE}
    assert blog.construct.image.asset is None


def of_repository(stack: cdk.Stack) -> dict[str, Any]:
    return {"image": ecr.Repository(stack, "Repository")}


@pytest.mark.parametrize(
    ("tag", "written"), [(None, ":latest"), ("2.1", ":2.1"), ("sha256:" + "a" * 64, "@sha256:")]
)
def test_an_image_of_a_repository_is_taken_by_tag_or_digest(tag: str | None, written: str) -> None:
    options = {} if tag is None else {"image_tag": tag}
    template = synthesize(of_repository, **options).template

    assert template.one("AWS::ECR::Repository").id in json.dumps(images(template)[0])
    assert written in json.dumps(images(template)[0])


def test_an_image_of_a_repository_can_be_pulled() -> None:
    synthesized = synthesize(of_repository)
    template = synthesized.template
    repository = template.one("AWS::ECR::Repository")

    statements = template.statements(template.of(synthesized.construct.tasks.execution_role))
    (pull,) = [one for one in statements if "ecr:BatchGetImage" in one["Action"]]
    assert pull["Resource"] == repository.attribute("Arn")


def test_an_image_asset_of_the_users_own_is_taken(tmp_path: Path) -> None:
    def own(stack: cdk.Stack) -> dict[str, Any]:
        directory = image_directory(tmp_path)
        return {"image": ecr_assets.DockerImageAsset(stack, "Own", directory=directory)}

    template = synthesize(own).template

    assert len(hashes(template)) == 1
    assert hashes(template)[0] in json.dumps(images(template)[0])


def test_what_is_no_image_is_refused() -> None:
    with pytest.raises(OptionError, match="an ECR repository or a DockerImageAsset") as refused:
        synthesize(image=3)

    assert str(refused.value).startswith("Stack/Blog: image=3: ")


ECR = "111122223333.dkr.ecr.eu-central-1.amazonaws.com/team/blog"


@pytest.mark.parametrize(
    ("uri", "ending"),
    [(f"{ECR}:2", ":2"), (ECR, ":latest"), (f"{ECR}@sha256:{'a' * 64}", f"@sha256:{'a' * 64}")],
)
def test_an_image_by_its_uri_in_ecr_can_be_pulled(uri: str, ending: str) -> None:
    synthesized = synthesize(image=uri)
    template = synthesized.template

    statements = template.statements(template.of(synthesized.construct.tasks.execution_role))
    (pull,) = [one for one in statements if "ecr:BatchGetImage" in one["Action"]]
    assert "111122223333:repository/team/blog" in str(pull["Resource"])
    assert json.dumps(images(template)[0]).rstrip('"]}').endswith(ending)
