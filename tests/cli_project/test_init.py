"""`django-cdk init` writes an app that synthesizes, for projects of every shape."""

from __future__ import annotations

import ast
import json
import os
import pty
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from django_cdk import __all__ as public_names
from tests.cli_project.conftest import Run
from tests.cli_project.shapes import ROOT, SHAPES, write
from tools.flags import recommended_flags

WRITTEN = {"app.py", "cdk.json", "requirements.txt", ".gitignore"}


def generate(run: Run, shape: str, folder: Path, *words: str) -> Path:
    """Make a project of that shape and its CDK app; return the project's folder."""
    SHAPES[shape](folder)
    code, _, err = run(folder, "init", *words)
    assert code == 0, err
    return folder


def options(folder: Path) -> dict[str, Any]:
    """The options that the written app gives the construct; computed ones as source."""
    tree = ast.parse((folder / "infra" / "app.py").read_text())
    (call,) = (
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith(("Django", "Docker"))
    )
    found = {}
    for keyword in call.keywords:
        try:
            found[keyword.arg] = ast.literal_eval(keyword.value)
        except ValueError:
            found[keyword.arg] = ast.unparse(keyword.value)
    return found


def synthesize(infra: Path) -> Mapping[str, Any]:
    """Run the written app as the CDK command line does; return the assembly's manifest."""
    cdk = json.loads((infra / "cdk.json").read_text())
    words = cdk["app"].split()
    assert words[0] == "python"
    done = subprocess.run(
        [sys.executable, *words[1:]],
        cwd=infra,
        env={
            **os.environ,
            "CDK_OUTDIR": str(infra / cdk["output"]),
            "CDK_CONTEXT_JSON": json.dumps(cdk["context"]),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    manifest: dict[str, Any] = json.loads((infra / cdk["output"] / "manifest.json").read_text())
    return manifest


def image_hash(infra: Path) -> str:
    (assets,) = infra.glob("cdk.out/Shop.assets.json")
    (image,) = json.loads(assets.read_text())["dockerImages"]
    return str(image)


@pytest.mark.parametrize("shape", SHAPES)
def test_the_written_app_synthesizes_with_its_own_flags(
    run: Run, tmp_path: Path, shape: str
) -> None:
    folder = generate(run, shape, tmp_path, "--name", "Shop")

    manifest = synthesize(folder / "infra")

    assert "Shop" in manifest["artifacts"]


DOMAIN = (
    *("--domain", "shop.example.com", "--zone", "example.com"),
    *("--account", "111122223333", "--region", "eu-west-1"),
)


@pytest.mark.parametrize("words", [("DjangoEks", "--user", "999:999", *DOMAIN), ("DockerEc2",)])
def test_the_other_places_synthesize_too(run: Run, tmp_path: Path, words: tuple[str, ...]) -> None:
    folder = generate(run, "healthchecks", tmp_path, "--name", "Shop", "--construct", *words)

    assert "Shop" in synthesize(folder / "infra")["artifacts"]


def test_a_domain_is_looked_up_in_the_account_and_region_that_are_given(
    run: Run, tmp_path: Path
) -> None:
    folder = generate(run, "minimal", tmp_path, *DOMAIN, "--name", "Shop")

    missing = synthesize(folder / "infra")["missing"]

    (lookup,) = [one for one in missing if one["provider"] == "hosted-zone"]
    assert lookup["props"]["domainName"] == "example.com"
    assert (lookup["props"]["account"], lookup["props"]["region"]) == ("111122223333", "eu-west-1")


def test_a_second_synthesis_makes_the_same_image(run: Run, tmp_path: Path) -> None:
    infra = generate(run, "minimal", tmp_path, "--name", "Shop") / "infra"
    synthesize(infra)
    first = image_hash(infra)

    synthesize(infra)

    assert image_hash(infra) == first


def test_the_role_of_the_workflow_is_for_the_repository_of_the_git_remote(
    run: Run, tmp_path: Path
) -> None:
    write(
        tmp_path,
        {".git/config": '[remote "origin"]\n\turl = git@github.com:acme/shop.git\n'},
    )
    folder = generate(run, "minimal", tmp_path, "--name", "Shop")

    synthesize(folder / "infra")

    role = (folder / "infra/cdk.out/ShopDeployRole.template.json").read_text()
    assert "repo:acme/shop:environment:production" in role


def test_the_sample_needs_nothing_beyond_its_settings_and_celery(run: Run, tmp_path: Path) -> None:
    assert options(generate(run, "sample", tmp_path)) == {
        "image_directory": "str(Path(__file__).resolve().parents[1] / 'backend')",
        "celery_app": "backend.celery_app:app",
        "use_celery_beat": True,
        "django_settings_module": "backend.settings.production",
    }


def test_bakerydemo_gets_its_own_names(run: Run, tmp_path: Path) -> None:
    found = options(generate(run, "bakerydemo", tmp_path))

    assert found == {
        "image_directory": "str(Path(__file__).resolve().parents[1])",
        "health_check_path": "/",
        "health_check_codes": "200-499",
        "release_commands": {"migrate": ["python", "manage.py", "migrate", "--noinput"]},
        "django_settings_module": "bakerydemo.settings.production",
        "environment": {
            "AWS_S3_REGION_NAME": "{region}",
            "AWS_STORAGE_BUCKET_NAME": "{bucket}",
            "DATABASE_URL": "{database.url}",
            "DJANGO_ALLOWED_HOSTS": "{host}",
            "DJANGO_SECRET_KEY": "{secret_key}",
            "PRIMARY_HOST": "{host}",
            "REDIS_URL": "rediss://:{cache.password}@{cache.host}:{cache.port}",
        },
    }


def test_healthchecks_gets_its_own_names_and_no_cache(run: Run, tmp_path: Path) -> None:
    found = options(generate(run, "healthchecks", tmp_path))

    assert found == {
        "image_directory": "str(Path(__file__).resolve().parents[1])",
        "dockerfile": "docker/Dockerfile",
        "health_check_path": "/api/v3/status/",
        "health_check_codes": "200-400",
        "release_commands": {"migrate": ["python", "manage.py", "migrate", "--noinput"]},
        "django_settings_module": "hc.settings",
        "environment": {
            "ALLOWED_HOSTS": "{host}",
            "DB": "postgres",
            "DB_HOST": "{database.host}",
            "DB_NAME": "{database.name}",
            "DB_PASSWORD": "{database.password}",
            "DB_PORT": "{database.port}",
            "DB_SSLMODE": "require",
            "DB_USER": "{database.username}",
            "SECRET_KEY": "{secret_key}",
            "SECURE_PROXY_SSL_HEADER": "HTTP_X_FORWARDED_PROTO,https",
            "SITE_ROOT": "{origin}",
        },
        "environment_variables": {"DEBUG": "False"},
        "cache": None,
    }


def test_cookiecutter_runs_its_own_scripts(run: Run, tmp_path: Path) -> None:
    found = options(generate(run, "cookiecutter", tmp_path))

    assert found == {
        "image_directory": "str(Path(__file__).resolve().parents[1])",
        "dockerfile": "compose/production/django/Dockerfile",
        "web_command": ["/start"],
        "port": 5000,
        "health_check_path": "/",
        "health_check_codes": "200-499",
        "workers": {"celery": ["/start-celeryworker"]},
        "use_celery_beat": True,
        "beat_command": ["/start-celerybeat"],
        "release_commands": {"migrate": ["python", "manage.py", "migrate", "--noinput"]},
        "django_settings_module": "config.settings.production",
        "environment": {
            "DATABASE_URL": "{database.url}",
            "DJANGO_ALLOWED_HOSTS": "{host}",
            "DJANGO_AWS_S3_REGION_NAME": "{region}",
            "DJANGO_AWS_STORAGE_BUCKET_NAME": "{bucket}",
            "DJANGO_SECRET_KEY": "{secret_key}",
            "POSTGRES_DB": "{database.name}",
            "POSTGRES_HOST": "{database.host}",
            "POSTGRES_PASSWORD": "{database.password}",
            "POSTGRES_PORT": "{database.port}",
            "POSTGRES_USER": "{database.username}",
            "REDIS_URL": "{cache.url}",
        },
        "environment_variables": {
            "DJANGO_AWS_ACCESS_KEY_ID": "",
            "DJANGO_AWS_SECRET_ACCESS_KEY": "",
        },
    }


def test_beat_without_a_script_of_its_own_runs_beside_the_projects_worker(
    run: Run, tmp_path: Path
) -> None:
    SHAPES["cookiecutter"](tmp_path)
    (tmp_path / "compose/production/django/celery/beat/start").write_text("echo none\n")

    assert run(tmp_path, "init")[0] == 0

    found = options(tmp_path)
    assert "celery_app" not in found
    assert found["workers"] == {"celery": ["/start-celeryworker"]}
    assert found["beat_command"][:4] == ["celery", "-A", "config.celery_app:app", "beat"]


def test_variables_that_only_the_team_knows_are_named(run: Run, tmp_path: Path) -> None:
    SHAPES["cookiecutter"](tmp_path)

    _, _, err = run(tmp_path, "init")

    assert "The settings also need DJANGO_ADMIN_URL, MAILGUN_API_KEY, MAILGUN_DOMAIN." in err
    assert "#   MAILGUN_API_KEY\n" in (tmp_path / "infra" / "app.py").read_text()


def test_the_flags_are_those_of_this_repository() -> None:
    written = json.loads((ROOT / "django_cdk/cli/templates/cdk.json").read_text())

    assert written["context"] == recommended_flags()


@pytest.mark.parametrize("shape", SHAPES)
def test_the_written_app_is_formatted(run: Run, tmp_path: Path, shape: str) -> None:
    ruff = Path(sys.executable).with_name("ruff")
    if not ruff.exists():
        pytest.xfail("this environment, the one of the lowest aws-cdk-lib, has no ruff")
    folder = generate(run, shape, tmp_path, "--github-repository", "acme/shop")

    done = subprocess.run(
        [ruff, "format", "--diff", "--isolated", "--line-length", "100", folder / "infra/app.py"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout


def test_it_is_written_from_public_names_only(run: Run, tmp_path: Path) -> None:
    folder = generate(run, "minimal", tmp_path, "--github-repository", "acme/shop")

    tree = ast.parse((folder / "infra" / "app.py").read_text())

    imported = {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "django_cdk"
        for alias in node.names
    }
    assert imported == {"DjangoEcs", "GitHubDeployRole"}
    assert imported <= {*public_names}


@pytest.mark.parametrize("name", sorted(WRITTEN))
def test_nothing_is_overwritten(run: Run, tmp_path: Path, name: str) -> None:
    SHAPES["minimal"](tmp_path)
    mine = tmp_path / "infra" / name
    mine.parent.mkdir()
    mine.write_text("mine")

    code, _, err = run(tmp_path, "init")

    assert code == 1
    assert f"infra/{name} is there already" in err
    assert [path.name for path in (tmp_path / "infra").iterdir()] == [name]
    assert mine.read_text() == "mine"


def test_every_file_that_is_there_is_named(run: Run, tmp_path: Path) -> None:
    generate(run, "minimal", tmp_path)

    code, _, err = run(tmp_path, "init")

    assert code == 1
    assert all(f"infra/{name}" in err for name in WRITTEN)
    assert ".github/workflows/deploy.yml" in err


def test_without_github_only_the_app_is_written(run: Run, tmp_path: Path) -> None:
    generate(run, "minimal", tmp_path, "--no-github", "--directory", "deploy")

    assert {path.name for path in (tmp_path / "deploy").iterdir()} == WRITTEN
    assert not (tmp_path / ".github").exists()


def test_the_workflow_lies_at_the_root_of_the_git_repository(run: Run, tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    project = tmp_path / "services" / "shop"
    project.mkdir(parents=True)
    SHAPES["minimal"](project)

    code, _, err = run(project, "init")

    assert code == 0, err
    workflow = (tmp_path / ".github" / "workflows" / "deploy.yml").read_text()
    assert "working-directory: services/shop/infra" in workflow


@pytest.mark.parametrize(
    ("words", "flag"),
    [
        (["--domain", "shop.example.com"], "--zone"),
        (["--domain", "shop.example.com", "--zone", "example.com"], "--account"),
        (
            ["--domain", "a.example.com", "--zone", "example.com", "--account", "111122223333"],
            "--region",
        ),
        (["--construct", "DjangoEks"], "--domain"),
        (["--construct", "DjangoEks", *DOMAIN, "--dockerfile", "named/Dockerfile"], "--user"),
    ],
)
def test_a_missing_answer_without_a_terminal_names_its_option(
    run: Run, tmp_path: Path, words: list[str], flag: str
) -> None:
    SHAPES["minimal"](tmp_path)
    write(tmp_path, {"named/Dockerfile": "FROM python\nUSER app\nCMD gunicorn\n"})

    code, out, err = run(tmp_path, "init", *words)

    assert code == 1
    assert out == ""
    assert f"give {flag}." in err
    assert len(err.strip().splitlines()) == 1
    assert not (tmp_path / "infra").exists()


def test_two_celery_applications_are_a_question(run: Run, tmp_path: Path) -> None:
    SHAPES["cookiecutter"](tmp_path)
    write(tmp_path, {"other/celery.py": "from celery import Celery\nworker = Celery('other')\n"})

    code, _, err = run(tmp_path, "init")

    assert code == 1
    assert "config.celery_app:app, other.celery:worker" in err
    assert "--celery-app" in err


def test_two_dockerfiles_alike_are_a_question(run: Run, tmp_path: Path) -> None:
    SHAPES["healthchecks"](tmp_path)
    write(tmp_path, {"other/Dockerfile": "FROM scratch\n"})

    code, _, err = run(tmp_path, "init")

    assert code == 1
    assert "docker/Dockerfile, other/Dockerfile" in err
    assert "--dockerfile" in err


def test_at_a_terminal_the_question_is_asked(tmp_path: Path) -> None:
    SHAPES["minimal"](tmp_path)
    terminal, of_program = pty.openpty()
    with subprocess.Popen(
        [
            *(sys.executable, "-m", "django_cdk.cli", "init", "--domain", "shop.example.com"),
            *("--account", "111122223333", "--region", "eu-west-1"),
        ],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=of_program,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        os.write(terminal, b"example.com\n")
        out, err = process.communicate(timeout=60)
    os.close(terminal)
    os.close(of_program)

    assert process.returncode == 0, err
    assert b"Route 53 hosted zone of shop.example.com?" in out + err
    assert options(tmp_path)["zone_name"] == "example.com"


def test_a_folder_without_a_project_is_said(run: Run, tmp_path: Path) -> None:
    code, _, err = run(tmp_path, "init")

    assert code == 1
    assert "There is no manage.py" in err


def test_a_project_without_a_dockerfile_is_said(run: Run, tmp_path: Path) -> None:
    SHAPES["minimal"](tmp_path)
    (tmp_path / "Dockerfile").unlink()

    code, _, err = run(tmp_path, "init")

    assert code == 1
    assert "There is no Dockerfile" in err


def test_nothing_of_the_project_is_imported(run: Run, tmp_path: Path) -> None:
    SHAPES["minimal"](tmp_path)
    for path in tmp_path.rglob("*.py"):
        path.write_text(f"{path.read_text()}\nraise SystemExit('imported')\n")

    code, _, err = run(tmp_path, "init")

    assert code == 0, err
