"""The sample's files: in step with the library, and such that their readers take them."""

from __future__ import annotations

import json
import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.swarm.files import faults
from tests.swarm.test_scripts import SHELLCHECK
from tools.sample_files import SAMPLE, sample_files

FILES = sample_files()


def read(name: str) -> Any:
    text = FILES[name]
    if name.endswith(".json"):
        return json.loads(text)
    return tomllib.loads(text) if name.endswith(".toml") else yaml.safe_load(text)


@pytest.mark.parametrize("name", FILES)
def test_the_file_is_what_the_library_makes(name: str) -> None:
    assert (SAMPLE / name).read_text() == FILES[name], "run `make sample-files`"


@pytest.mark.parametrize("name", [name for name in FILES if name.endswith(".sh")])
def test_a_script_can_be_started(name: str) -> None:
    assert (SAMPLE / name).stat().st_mode & 0o111


@pytest.mark.parametrize("name", [name for name in FILES if name.endswith(".sh")])
def test_shellcheck_finds_nothing(name: str) -> None:
    done = subprocess.run([SHELLCHECK, SAMPLE / name], capture_output=True, text=True, check=False)

    assert done.stdout == ""


@pytest.mark.parametrize(
    ("name", "schema"),
    [
        ("docker-compose.yml", "compose-spec"),
        ("stack.yml", "compose-spec"),
        ("release.yml", "compose-spec"),
        (".gitlab-ci.yml", "gitlab-ci"),
        (".github/workflows/deploy.yml", "github-workflows"),
    ],
)
def test_the_file_follows_its_published_schema(name: str, schema: str) -> None:
    document = read(name)
    # YAML 1.1 reads GitHub's `on` as a boolean; GitHub does not.
    document = {"on" if key is True else key: value for key, value in document.items()}

    assert faults(document, schema) == []


@pytest.mark.parametrize("name", ["routes.yml", "heroku.yml", "app.json", "netlify.toml"])
def test_the_file_can_be_read(name: str) -> None:
    assert read(name)


@pytest.mark.parametrize("name", ["stack.yml", "release.yml"])
def test_the_stack_asks_for_secrets_that_the_script_makes(name: str) -> None:
    made = re.findall(r"^create (\S+) ", FILES["secrets.sh"], re.MULTILINE)

    assert set(read(name)["secrets"]) <= set(made)


def test_the_domain_is_filled_in_by_the_deployment() -> None:
    web = read("stack.yml")["services"]["web"]

    assert web["environment"]["ALLOWED_HOSTS"] == "${DOMAIN}"
    assert web["environment"]["CSRF_TRUSTED_ORIGINS"] == "https://${DOMAIN}"
    assert "${DOMAIN}" in web["healthcheck"]["test"]


def test_the_stack_runs_the_samples_processes() -> None:
    assert {"web", "celery", "beat"} <= set(read("stack.yml")["services"])
    assert {"web", "celery", "beat"} == set(read("heroku.yml")["run"])
    assert {"web", "celery", "beat"} == set(read("app.json")["formation"])


def test_development_has_all_that_the_application_leans_on() -> None:
    services = read("docker-compose.yml")["services"]

    assert set(services) == {
        *("web", "celery", "beat", "migrate", "postgres", "valkey", "mail", "frontend"),
    }
    assert services["web"]["command"][:3] == ["python", "manage.py", "runserver"]


def test_development_is_reached_from_the_laptop_alone() -> None:
    for name, service in read("docker-compose.yml")["services"].items():
        for port in service.get("ports", []):
            assert port.startswith("127.0.0.1:"), name


def test_the_front_end_on_netlify_has_the_applications_paths_before_its_own() -> None:
    redirects = [one["from"] for one in read("netlify.toml")["redirects"]]

    assert redirects[-1] == "/*"
    assert "/api/*" in redirects


def test_directories_of_the_sample_are_there() -> None:
    for context in ("backend", "frontend"):
        assert (Path(SAMPLE) / context).is_dir()
