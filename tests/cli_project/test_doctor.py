"""`django-cdk doctor` finds nothing in a sound project and each fault in a broken one."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

from django_cdk.cli.doctor import check_project
from django_cdk.environment import DEFAULT_ENVIRONMENT
from tests.cli_project.conftest import Run
from tests.cli_project.shapes import SAMPLE, SHAPES, write

SETTINGS = "shop/settings.py"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A small project in which nothing is wrong."""
    return SHAPES["minimal"](tmp_path)


def replace(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / name
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def add(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        file.write(dedent(text).lstrip("\n"))


def infra(folder: Path, options: str) -> None:
    """A CDK app with these options."""
    write(
        folder / "infra",
        {
            "cdk.json": '{"app": "python app.py"}',
            "app.py": f"from django_cdk import DjangoEcs\nDjangoEcs(stack, 'Shop', {options})\n",
        },
    )


def findings(folder: Path) -> list[tuple[str, str]]:
    return [(one.level, one.check) for one in check_project(folder)]


def test_the_sample_is_clean() -> None:
    assert check_project(SAMPLE) == []


def test_the_small_project_is_clean(shop: Path) -> None:
    assert check_project(shop) == []


Break = Callable[[Path], None]


def settings(old: str, new: str) -> Break:
    return lambda folder: replace(folder, SETTINGS, old, new)


def more_settings(text: str) -> Break:
    return lambda folder: add(folder, SETTINGS, text)


def dockerfile(old: str, new: str) -> Break:
    return lambda folder: replace(folder, "Dockerfile", old, new)


def app(options: str) -> Break:
    return lambda folder: infra(folder, options)


def both(*breaks: Break) -> Break:
    def run(folder: Path) -> None:
        for one in breaks:
            one(folder)

    return run


def celery(settings_text: str = "", requirement: str = "celery[redis]") -> Break:
    return both(
        lambda folder: add(
            folder, "shop/celery.py", "from celery import Celery\napp = Celery('shop')\n"
        ),
        more_settings(settings_text),
        lambda folder: add(folder, "requirements.txt", f"{requirement}\n"),
    )


OWN_NAMES = (
    "environment={'SECRET_KEY': '{secret_key}', 'POSTGRES_SERVICE_HOST': '{database.host}', "
    "'POSTGRES_PASSWORD': '{database.password}', 'ALLOWED_HOSTS': '{host}', "
    "'AWS_STORAGE_BUCKET_NAME': '{bucket}'}"
)
LIVENESS = ('"shop.health.Liveness"', '"django.middleware.common.CommonMiddleware"')
HEALTH_URL = "from django.urls import path\nurlpatterns = [path('api/health-check/', view)]\n"


def late_health(folder: Path) -> None:
    """The health check is a view, behind the host check."""
    replace(folder, SETTINGS, *LIVENESS)
    (folder / "shop" / "urls.py").write_text(HEALTH_URL)


BROKEN: dict[str, tuple[Break, list[tuple[str, str]]]] = {
    "the secret key is written into the code": (
        settings('os.environ["SECRET_KEY"]', '"abc"'),
        [("error", "secret-key")],
    ),
    "the secret key has a name that nobody gives": (
        settings('os.environ["SECRET_KEY"]', 'os.environ.get("APP_KEY")'),
        [("error", "secret-key")],
    ),
    "a database in a file": (
        settings(
            '"HOST": os.environ["POSTGRES_SERVICE_HOST"],\n'
            '        "PASSWORD": os.environ["POSTGRES_PASSWORD"],',
            '"NAME": "db.sqlite3",',
        ),
        [("error", "database")],
    ),
    "hosts written into the code": (
        settings('os.environ.get("ALLOWED_HOSTS", "").split(",")', '["shop.example.com"]'),
        [("error", "allowed-hosts")],
    ),
    "every host is let in": (
        settings('os.environ.get("ALLOWED_HOSTS", "").split(",")', '["*"]'),
        [("warning", "allowed-hosts")],
    ),
    "no SECURE_PROXY_SSL_HEADER": (
        settings('SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")\n', ""),
        [("error", "proxy-ssl-header")],
    ),
    "another SECURE_PROXY_SSL_HEADER": (
        settings("HTTP_X_FORWARDED_PROTO", "HTTP_X_SCHEME"),
        [("error", "proxy-ssl-header")],
    ),
    "a SECURE_PROXY_SSL_HEADER that nobody gives": (
        settings('("HTTP_X_FORWARDED_PROTO", "https")', 'os.getenv("PROXY_HEADER", "").split(",")'),
        [("error", "proxy-ssl-header")],
    ),
    "a front end elsewhere that is not trusted": (
        app("frontend_url='https://www.example.com'"),
        [("error", "trusted-origins")],
    ),
    "DEBUG is on": (
        settings('os.environ.get("DEBUG") == "1"', "True"),
        [("error", "debug")],
    ),
    "DEBUG is a text": (
        settings('os.environ.get("DEBUG") == "1"', 'bool(os.environ.get("DEBUG", ""))'),
        [("error", "debug")],
    ),
    "DEBUG is on, since nobody gives its variable": (
        settings('os.environ.get("DEBUG") == "1"', 'os.environ.get("APP_DEBUG", "1") == "1"'),
        [("error", "debug")],
    ),
    "DEBUG is on by default": (
        settings('os.environ.get("DEBUG") == "1"', 'os.environ.get("DEBUG", "1") == "1"'),
        [("warning", "debug")],
    ),
    "STATICFILES_STORAGE": (
        more_settings("STATICFILES_STORAGE = 'storages.backends.s3.S3Storage'"),
        [("error", "storages")],
    ),
    "DEFAULT_FILE_STORAGE on an older Django": (
        both(
            more_settings("DEFAULT_FILE_STORAGE = 'storages.backends.s3.S3Storage'"),
            lambda folder: replace(folder, "requirements.txt", "Django>=5.2", "Django==4.2.16"),
        ),
        [("warning", "storages")],
    ),
    "uploads on the container's disk": (
        settings("storages.backends.s3.S3Storage", "django.core.files.storage.FileSystemStorage"),
        [("warning", "uploads")],
    ),
    "a bucket that is written into the code": (
        settings('os.environ["AWS_STORAGE_BUCKET_NAME"]', '"my-bucket"'),
        [("error", "bucket")],
    ),
    "an ACL in STORAGES": (
        settings('"default_acl": None', '"default_acl": "public-read"'),
        [("error", "acl")],
    ),
    "AWS_DEFAULT_ACL": (more_settings("AWS_DEFAULT_ACL = 'public-read'"), [("error", "acl")]),
    "a cache at a place that is written into the code": (
        more_settings(
            "CACHES = {'default': {'BACKEND': 'django.core.cache.backends.redis.RedisCache', "
            "'LOCATION': 'redis://redis:6379'}}"
        ),
        [("error", "cache")],
    ),
    "a variable that nobody gives": (
        more_settings("STRIPE = os.environ['STRIPE_KEY']"),
        [("error", "variable")],
    ),
    "a health check without a view": (
        both(settings(*LIVENESS), app("health_check_codes='200,400'")),
        [("error", "health-path")],
    ),
    "a probe that meets the host check": (late_health, [("error", "probe-host")]),
    "a probe that only an unused default would let in": (
        both(late_health, settings('"ALLOWED_HOSTS", ""', '"ALLOWED_HOSTS", "*"')),
        [("error", "probe-host")],
    ),
    "a probe that is redirected": (
        both(
            late_health,
            more_settings("SECURE_SSL_REDIRECT = True"),
            app("health_check_codes='200,400'"),
        ),
        [("error", "probe-redirect")],
    ),
    "a redirect that counts as healthy": (
        both(
            late_health,
            more_settings("SECURE_SSL_REDIRECT = True"),
            app("health_check_codes='200-400'"),
        ),
        [("warning", "probe-redirect")],
    ),
    "another health path than the project's": (
        app("health_check_path='/up/', health_check_codes='200,400'"),
        [("error", "health-path")],
    ),
    "a broker that is not given": (
        both(
            celery("CELERY_BROKER_URL = os.environ.get('RABBIT')"),
            app(f"{OWN_NAMES}, celery_app='shop.celery'"),
        ),
        [("error", "celery-broker")],
    ),
    "celery without a client for Redis": (
        celery(requirement="celery"),
        [("error", "celery-redis")],
    ),
    "celery without a worker": (both(celery(), app("port=8000")), [("warning", "celery-worker")]),
    "a celery application that is not there": (
        both(celery(), app("celery_app='shop.tasks:app'")),
        [("error", "celery-app")],
    ),
    "no CMD": (
        dockerfile('CMD ["gunicorn", "shop.wsgi", "--bind", "0.0.0.0:8000"]', ""),
        [("error", "command")],
    ),
    "CMD in shell form": (
        dockerfile(
            'CMD ["gunicorn", "shop.wsgi", "--bind", "0.0.0.0:8000"]',
            "CMD gunicorn shop.wsgi --bind 0.0.0.0:8000",
        ),
        [("warning", "stop-signal")],
    ),
    "a start script without exec": (
        both(
            dockerfile(
                'CMD ["gunicorn", "shop.wsgi", "--bind", "0.0.0.0:8000"]', 'CMD ["./start.sh"]'
            ),
            lambda folder: add(
                folder,
                "start.sh",
                """
                #!/bin/sh
                gunicorn shop.wsgi \\
                    --bind 0.0.0.0:8000
                """,
            ),
        ),
        [("error", "stop-signal")],
    ),
    "Django's development server": (
        dockerfile(
            'CMD ["gunicorn", "shop.wsgi", "--bind", "0.0.0.0:8000"]',
            'CMD ["python", "manage.py", "runserver", "0.0.0.0:8000"]',
        ),
        [("error", "server")],
    ),
    "gunicorn is not installed": (
        lambda folder: replace(folder, "requirements.txt", "gunicorn\n", ""),
        [("error", "server")],
    ),
    "gunicorn listens on localhost": (
        dockerfile(', "--bind", "0.0.0.0:8000"', ""),
        [("error", "address")],
    ),
    "another port than the load balancer's": (
        dockerfile("0.0.0.0:8000", "0.0.0.0:5000"),
        [("error", "port")],
    ),
    "root": (dockerfile("USER 10001\n", ""), [("warning", "user")]),
    "no .dockerignore": (
        lambda folder: (folder / ".dockerignore").unlink(),
        [("warning", "dockerignore")],
    ),
    "secrets in the image": (
        both(
            lambda folder: add(folder, ".env", "SECRET_KEY=abc\n"),
            lambda folder: (folder / ".dockerignore").write_text("*.md\n"),
        ),
        [("error", "dockerignore")],
    ),
    "no Dockerfile": (
        lambda folder: (folder / "Dockerfile").unlink(),
        [("error", "dockerfile")],
    ),
    "no settings module": (
        lambda folder: replace(folder, "manage.py", '"shop.settings"', "name"),
        [("error", "settings-module")],
    ),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_a_fault_is_found_and_nothing_else(shop: Path, fault: str) -> None:
    break_it, expected = BROKEN[fault]

    break_it(shop)

    assert findings(shop) == expected


@pytest.mark.parametrize("fault", BROKEN)
def test_every_finding_has_a_remedy(shop: Path, fault: str) -> None:
    BROKEN[fault][0](shop)

    for finding in check_project(shop):
        assert finding.message.endswith(".")
        assert finding.remedy


SOUND: dict[str, Break] = {
    "a health check behind django-allow-cidr": both(
        late_health,
        settings(
            '"django.middleware.common.CommonMiddleware"',
            '"allow_cidr.middleware.AllowCIDRMiddleware"',
        ),
        more_settings("ALLOWED_CIDR_NETS = os.environ['ALLOWED_CIDR_NETS'].split(',')"),
    ),
    "a SECURE_PROXY_SSL_HEADER that can be switched off": settings(
        '("HTTP_X_FORWARDED_PROTO", "https")',
        'os.getenv("PROXY_HEADER", "HTTP_X_FORWARDED_PROTO,https").split(",")',
    ),
    "a health check that may answer 400": both(late_health, app("health_check_codes='200,400'")),
    "a port that the CDK app knows": both(
        dockerfile("0.0.0.0:8000", "0.0.0.0:5000"), app("port=5000")
    ),
    "a variable that the CDK app gives": both(
        more_settings("STRIPE = os.environ['STRIPE_KEY']"), app("secrets={'STRIPE_KEY': stripe}")
    ),
    "names of the project's own, in the CDK app": both(
        settings('os.environ["SECRET_KEY"]', 'os.environ["APP_KEY"]'),
        app(OWN_NAMES.replace("SECRET_KEY", "APP_KEY")),
    ),
    "celery that reads its broker from its own variable": celery(),
    "no database at all": both(
        settings('os.environ["POSTGRES_SERVICE_HOST"]', '""'),
        settings('os.environ["POSTGRES_PASSWORD"]', '""'),
        app("database=None"),
    ),
    "a health path that the CDK app names": both(
        settings(*LIVENESS),
        lambda folder: (folder / "shop" / "urls.py").write_text(
            "from django.urls import path\nurlpatterns = [path('up/', view)]\n"
        ),
        app("health_check_path='/up/', health_check_codes='200,400'"),
    ),
    "a health check of another package": both(
        settings(*LIVENESS),
        lambda folder: (folder / "shop" / "urls.py").write_text(
            "from django.urls import include, path\n"
            "urlpatterns = [path('api/health-check/', include('health_check.urls'))]\n"
        ),
        app("health_check_codes='200,400'"),
    ),
}


@pytest.mark.parametrize("way", SOUND)
def test_what_works_is_no_finding(shop: Path, way: str) -> None:
    SOUND[way](shop)

    assert findings(shop) == []


@pytest.mark.parametrize("name", [*DEFAULT_ENVIRONMENT])
def test_each_name_of_the_contract_counts_as_given(shop: Path, name: str) -> None:
    add(shop, SETTINGS, f"ANY = os.environ[{name!r}]\n")

    assert findings(shop) == []


@pytest.mark.parametrize("shape", ["bakerydemo", "healthchecks"])
def test_what_init_wrote_leaves_no_error_about_names(run: Run, tmp_path: Path, shape: str) -> None:
    SHAPES[shape](tmp_path)
    code, _, err = run(tmp_path, "init")
    assert code == 0, err

    errors = {check for level, check in findings(tmp_path) if level == "error"}

    assert errors == set()


def test_after_init_only_the_variables_of_the_team_are_missing(run: Run, tmp_path: Path) -> None:
    SHAPES["cookiecutter"](tmp_path)
    run(tmp_path, "init")

    errors = [one.message for one in check_project(tmp_path) if one.level == "error"]

    assert [message.split()[4].rstrip(",") for message in errors] == [
        "DJANGO_ADMIN_URL",
        "MAILGUN_API_KEY",
        "MAILGUN_DOMAIN",
    ]


def test_a_finding_names_file_and_line(run: Run, shop: Path) -> None:
    replace(shop, SETTINGS, 'os.environ["SECRET_KEY"]', '"abc"')

    code, out, _ = run(shop, "doctor", "--project-only")

    assert code == 1
    assert out.splitlines()[0].startswith("error: settings.py:2: SECRET_KEY is written into")
    assert "Read it from SECRET_KEY." in out
    assert out.splitlines()[-1] == "1 errors, 0 warnings."


def test_warnings_alone_are_no_failure(run: Run, shop: Path) -> None:
    replace(shop, "Dockerfile", "USER 10001\n", "")

    code, out, _ = run(shop, "doctor", "--project-only")

    assert code == 0
    assert out.startswith("warning: ")


def test_machines_read_json(run: Run, shop: Path) -> None:
    replace(shop, SETTINGS, 'os.environ["SECRET_KEY"]', '"abc"')

    code, out, _ = run(shop, "doctor", "--project-only", "--json")

    assert code == 1
    result = json.loads(out)
    assert result["ok"] is False
    (finding,) = result["findings"]
    assert {*finding} == {"check", "level", "message", "remedy", "place"}
    assert finding["check"] == "secret-key"


def test_a_sound_project_is_ok_in_json(run: Run, shop: Path) -> None:
    code, out, _ = run(shop, "doctor", "--project-only", "--json")

    assert code == 0
    assert json.loads(out) == {"ok": True, "findings": []}


def test_a_folder_without_a_project_is_said(run: Run, tmp_path: Path) -> None:
    code, _, err = run(tmp_path, "doctor", "--project-only")

    assert code == 1
    assert "There is no manage.py" in err
