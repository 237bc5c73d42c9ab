"""The wheel, installed in a clean environment, synthesizes far from the checkout."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.package.conftest import Archives, Installed

PROGRAM = """
import sys

import aws_cdk as cdk

import django_cdk

kind, options = sys.argv[1], {options}
app = cdk.App(outdir="out-" + kind, analytics_reporting=False)
stack = cdk.Stack(app, "Stack")
getattr(django_cdk, kind)(stack, "Blog", **options)
app.synth()
"""

BACKEND = {"image_directory": "backend", "celery_app": "blog", "use_celery_beat": True}
# A resource that each makes out of a file in the package.
CONSTRUCTS = {
    "DjangoEcs": (BACKEND, "Custom::DjangoReleaseCommand"),
    "DjangoEks": (BACKEND, "Custom::AWSCDK-EKS-HelmChart"),
    "DockerEc2": (BACKEND, "AWS::EC2::Instance"),
    "StaticSite": ({"path_to_dist": "dist"}, "AWS::CloudFront::Function"),
}


@pytest.fixture(scope="module")
def project(installed: Installed) -> Path:
    """A folder with an application's smallest backend and front end."""
    folder = installed.folder / "project"
    (folder / "backend").mkdir(parents=True)
    (folder / "backend" / "Dockerfile").write_text("FROM scratch\nUSER 10001:10001\n")
    (folder / "dist").mkdir()
    (folder / "dist" / "index.html").write_text("<title>Blog</title>")
    return folder


@pytest.mark.parametrize("kind", CONSTRUCTS)
def test_a_construct_synthesizes(installed: Installed, project: Path, kind: str) -> None:
    options, made = CONSTRUCTS[kind]
    (project / f"{kind}.py").write_text(PROGRAM.format(options=options))

    installed.run(installed.bin / "python", f"{kind}.py", kind, folder=project)

    template = json.loads((project / f"out-{kind}" / "Stack.template.json").read_text())
    assert made in {resource["Type"] for resource in template["Resources"].values()}


def test_the_package_comes_from_the_wheel(installed: Installed, archives: Archives) -> None:
    where = installed.run(
        installed.bin / "python", "-c", "import django_cdk; print(django_cdk.__file__)"
    )

    assert Path(where.strip()).is_relative_to(installed.folder / "venv")


def test_the_command_line_is_installed(installed: Installed, archives: Archives) -> None:
    assert installed.run(installed.bin / "django-cdk", "--version").strip() == archives.version


def test_init_writes_an_app_that_the_installed_library_synthesizes(
    installed: Installed, tmp_path: Path
) -> None:
    (tmp_path / "manage.py").write_text('os.environ.setdefault("DJANGO_SETTINGS_MODULE", "conf")')
    (tmp_path / "conf.py").write_text("import os\nSECRET_KEY = os.environ['SECRET_KEY']\n")
    (tmp_path / "Dockerfile").write_text('FROM scratch\nCMD ["gunicorn"]\n')

    installed.run(installed.bin / "django-cdk", "init", "--no-github", folder=tmp_path)
    installed.run(installed.bin / "python", "app.py", folder=tmp_path / "infra")

    assert (tmp_path / "infra" / "app.py").is_file()


def test_nothing_but_the_pinned_dependencies_is_missing(installed: Installed) -> None:
    assert installed.run(installed.bin / "python", "-m", "pip", "check") == (
        "No broken requirements found.\n"
    )
