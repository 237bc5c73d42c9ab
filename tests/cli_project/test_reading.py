"""Settings are read as people write them, without running them."""

from __future__ import annotations

from pathlib import Path

import pytest

from django_cdk.cli.init_environment import propose
from django_cdk.cli.project.dockerfile import Dockerfile
from django_cdk.cli.project.find import Project, find_project
from django_cdk.cli.project.flow import required
from django_cdk.cli.project.settings import Settings
from tests.cli_project.shapes import write


def settings(folder: Path, text: str, **others: str) -> Settings:
    """The settings module `conf`, with other modules beside it."""
    write(folder, {"conf.py": text, **{f"{name}.py": more for name, more in others.items()}})
    found = Project(folder, folder).settings("conf")
    assert found is not None
    return found


@pytest.mark.parametrize(
    "expression",
    [
        'os.environ["NAME"]',
        'os.environ.get("NAME")',
        'os.getenv("NAME", "default")',
        'environ["NAME"].split(",")',
        'env("NAME")',
        'env.list("NAME", default=[])',
        'config("NAME", cast=bool)',
        'json.loads(get_secret("NAME"))["key"]',
        '[one.strip() for one in os.environ["NAME"].split(" ")]',
        'os.environ["NAME"] if production else None',
        '{"default": {"HOST": os.environ["NAME"]}}',
        '"NAME" in os.environ',
        'dj_database_url.config(env="NAME")',
    ],
)
def test_a_variable_is_found_however_it_is_read(tmp_path: Path, expression: str) -> None:
    assert settings(tmp_path, f"SETTING = {expression}")["SETTING"].variables == {"NAME"}


@pytest.mark.parametrize(
    ("expression", "name"),
    [
        ("env.db()", "DATABASE_URL"),
        ("env.cache_url()", "CACHE_URL"),
        ("dj_database_url.config(conn_max_age=60)", "DATABASE_URL"),
    ],
)
def test_readers_with_a_variable_of_their_own(tmp_path: Path, expression: str, name: str) -> None:
    assert settings(tmp_path, f"SETTING = {expression}")["SETTING"].variables == {name}


@pytest.mark.parametrize(
    "expression",
    ['"NAME"', 'LEVELS["NAME"]', 'logging.getLevel("NAME")', 'print("NAME")', "env.other()"],
)
def test_not_every_word_in_capitals_is_a_variable(tmp_path: Path, expression: str) -> None:
    assert settings(tmp_path, f"SETTING = {expression}")["SETTING"].variables == set()


@pytest.mark.parametrize(
    "text",
    [
        "_url = os.environ['NAME']\nSETTING = _url + '/0'",
        "if value := os.getenv('NAME'):\n    SETTING = tuple(value.split(','))",
        "SETTING = {}\nSETTING['default'] = os.environ['NAME']",
        "SETTING = {'default': {}}\nSETTING['default'].update(os.environ['NAME'])",
        "SETTING = []\nSETTING += [os.environ['NAME']]",
        "def text(name):\n    return os.environ.get(name)\nSETTING = text('NAME')",
        "def value():\n    return os.environ['NAME']\nSETTING = value()",
        "try:\n    SETTING = os.environ['NAME']\nexcept KeyError:\n    SETTING = ''",
        "from other import *",
        "from other import SETTING",
        "from other import SETTING as BASE\nSETTING = [*BASE, 1]",
        "import other\nSETTING = other.SETTING",
        "from other import value\nSETTING = value()",
    ],
)
def test_a_value_is_followed_to_the_variable_it_comes_from(tmp_path: Path, text: str) -> None:
    other = "import os\nSETTING = os.environ['NAME']\ndef value():\n    return SETTING\n"

    assert settings(tmp_path, text, other=other)["SETTING"].variables == {"NAME"}


def test_a_later_assignment_replaces_an_earlier_one(tmp_path: Path) -> None:
    found = settings(tmp_path, "SETTING = os.environ['OLD']\nSETTING = os.environ['NEW']\n")

    assert found["SETTING"].variables == {"NEW"}


def test_an_own_assignment_replaces_an_inherited_one(tmp_path: Path) -> None:
    found = settings(tmp_path, "from base import *\nDEBUG = False\n", base="DEBUG = True\n")

    assert found["DEBUG"].literal() is False


def test_settings_that_import_each_other_come_to_an_end(tmp_path: Path) -> None:
    found = settings(tmp_path, "from base import *\n", base="from conf import *\nA = B\nB = A\n")

    assert found["A"].variables == set()
    assert found["MISSING"].variables == set()


def test_a_file_that_is_not_python_is_passed_over(tmp_path: Path) -> None:
    found = settings(tmp_path, "from base import *\nDEBUG = False\n", base="print 'old'\n")

    assert found["DEBUG"].literal() is False


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A = os.environ['NAME']", {"NAME"}),
        ("A = env('NAME')", {"NAME"}),
        ("A = env('NAME', default='')", set()),
        ("A = os.environ.get('NAME')", set()),
        ("A = dj_database_url.config()", set()),
        ("if 'NAME' in os.environ:\n    A = os.environ['NAME']", set()),
        (
            "def text(n, default=''):\n    return os.environ.get(n, default)\nA = text('NAME')",
            set(),
        ),
        ("def text(name):\n    return os.environ[name]\nA = text('NAME')", {"NAME"}),
        (
            "def text(n):\n    if n not in os.environ:\n        raise KeyError\nA = text('NAME')",
            {"NAME"},
        ),
    ],
)
def test_what_the_settings_can_not_do_without_is_told_apart(
    tmp_path: Path, text: str, expected: set[str]
) -> None:
    assert required(settings(tmp_path, f"import os\n{text}\n").reads) == expected


@pytest.mark.parametrize(
    "text",
    [
        "URL = os.environ['REDIS_URL']\nCACHES = URL + '/0'",
        "CACHES = f'{os.environ[\"REDIS_URL\"]}/0'",
        "CACHES = '{0}/{1}'.format(env('REDIS_URL', default='redis://localhost'), 0)",
        "_valkey = os.getenv('REDIS_URL', 'redis://localhost')\nCACHES = f'{_valkey}/2'",
    ],
)
def test_a_redis_url_that_is_continued_ends_after_the_port(tmp_path: Path, text: str) -> None:
    environment = propose(settings(tmp_path, text).reads).environment

    assert environment == {"REDIS_URL": "rediss://:{cache.password}@{cache.host}:{cache.port}"}


def test_the_contracts_own_names_need_no_table(tmp_path: Path) -> None:
    found = propose(settings(tmp_path, "A = os.environ['REDIS_URL']\n").reads)

    assert found.environment is None
    assert found.groups == {"cache"}


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("bool(strtobool(os.environ['APP_DEBUG']))", "False"),
        ("int(os.environ.get('APP_DEBUG', 1))", "0"),
        ("os.environ.get('APP_DEBUG', 'False') == 'True'", None),
    ],
)
def test_debug_is_switched_off_in_the_projects_own_words(
    tmp_path: Path, expression: str, value: str | None
) -> None:
    found = propose(settings(tmp_path, f"DEBUG = {expression}\n").reads)

    assert found.variables.get("APP_DEBUG") == value


def dockerfile(folder: Path, text: str, **files: str) -> Dockerfile:
    write(folder, {"Dockerfile": text, **files})
    return Dockerfile(folder / "Dockerfile", folder)


def test_the_last_stage_counts_with_those_it_stands_on(tmp_path: Path) -> None:
    found = dockerfile(
        tmp_path,
        """
        FROM python AS base
        ENV A=1 \\
            # a comment between
            B="two words"
        USER app
        FROM node AS front
        USER node
        FROM base
        ENV C 3
        CMD ["gunicorn"]
        """,
    )

    assert found.stage.variables() == {"A": "1", "B": "two words", "C": "3"}
    assert found.stage.last("USER").text == "app"
    assert found.stage.last("CMD").exec_form == ["gunicorn"]


@pytest.mark.parametrize(
    "copy",
    [
        "COPY docker/start.sh /app/docker/start.sh",
        "COPY --chown=1:1 docker/start.sh /app/docker/",
        "COPY . /app",
        'COPY ["docker/start.sh", "/app/docker/start.sh"]',
        "COPY --from=build /app /app",
    ],
)
def test_a_command_is_traced_to_the_projects_file(tmp_path: Path, copy: str) -> None:
    found = dockerfile(tmp_path, f"FROM python\nWORKDIR /app\n{copy}\n")
    write(tmp_path, {"docker/start.sh": "exec gunicorn\n"})

    assert found.file_of("/app/docker/start.sh") == tmp_path / "docker" / "start.sh"


def test_a_program_of_the_image_is_no_file_of_the_project(tmp_path: Path) -> None:
    found = dockerfile(tmp_path, "FROM python\nCOPY . /app\n")

    assert found.file_of("/usr/local/bin/gunicorn") is None


@pytest.mark.parametrize(
    ("requirement", "version"),
    [
        ("Django==5.2.1", (5, 2)),
        ("django>=4.2,<6", (4, 2)),
        ("Django<5", None),
        ("django-storages==1.14", None),
        ('dependencies = [\n    "django~=6.0",\n]', (6, 0)),
    ],
)
def test_the_version_of_django_is_the_lowest_that_is_allowed(
    tmp_path: Path, requirement: str, version: tuple[int, int] | None
) -> None:
    name = "pyproject.toml" if "[" in requirement else "requirements.txt"
    write(tmp_path, {"manage.py": "", name: requirement})
    project = find_project(tmp_path)

    assert project is not None
    assert project.django_version() == version


def test_the_project_nearest_to_the_folder_is_taken(tmp_path: Path) -> None:
    write(tmp_path, {"backend/manage.py": "", "backend/vendor/other/manage.py": ""})
    write(tmp_path, {"venv/pyvenv.cfg": "", "venv/manage.py": ""})
    project = find_project(tmp_path)

    assert project is not None
    assert project.root == tmp_path / "backend"


def test_without_manage_py_there_is_no_project(tmp_path: Path) -> None:
    assert find_project(tmp_path) is None
