"""An application deployed to moto, and the command line with a terminal or without."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from moto import mock_aws

from django_cdk import ScheduledCommand
from django_cdk.cli.main import main
from tests.cli.deployed import REGION, deploy
from tests.stacks import Template, django_ecs, new_stack, synthesize

_CLEAR = {
    "clear": ScheduledCommand(
        schedule="rate(1 day)", command=["python", "manage.py", "clearsessions"]
    )
}


@pytest.fixture(scope="session")
def blog() -> Template:
    """A DjangoEcs with every kind of process."""
    return synthesize(
        celery_app="blog",
        use_celery_beat=True,
        use_ecs_exec=True,
        scheduled_commands=_CLEAR,
    ).template


@pytest.fixture(scope="session")
def two_apps() -> Template:
    """Blog and BlogTwo in one stack: the one name begins with the other."""
    stack = new_stack()
    django_ecs(stack, "Blog", celery_app="blog")
    django_ecs(stack, "BlogTwo")
    return Template.of_stack(stack)


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Credentials of nobody, in a folder without a CDK app."""
    for name in ("AWS_PROFILE", "AWS_REGION", "DJANGO_CDK_STACK", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "no-config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "no-credentials"))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def cloud(account: None) -> Iterator[None]:
    """An empty AWS account."""
    with mock_aws():
        yield


@pytest.fixture
def shop(cloud: None, blog: Template) -> None:
    """The stack Shop with the application Blog."""
    deploy(blog.body)


@dataclass(frozen=True)
class Outcome:
    """What a call of the command line did."""

    code: int
    out: str
    err: str


class Cli:
    """Calls the command line in this process."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *words: str) -> Outcome:
        self._capsys.readouterr()
        code = main(words)
        out, err = self._capsys.readouterr()
        return Outcome(code, out, err)


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str]) -> Cli:
    return Cli(capsys)


def executable(folder: Path, name: str, script: str) -> Path:
    """A program of that name, for the PATH."""
    folder.mkdir(exist_ok=True)
    file = folder / name
    file.write_text(script)
    file.chmod(0o755)
    return file
