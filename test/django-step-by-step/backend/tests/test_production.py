"""The whole application as AWS runs it: gunicorn and a worker, Postgres and Redis through TLS,
files in S3. Only S3 and Secrets Manager are emulated."""

from __future__ import annotations

import io
import json
import re
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
import requests
from PIL import Image

from tests.conftest import REGION
from tests.equipment.application import Browser, manage, run, web, worker
from tests.equipment.postgres import Postgres
from tests.equipment.process import wait_for
from tests.equipment.redis import Redis
from tests.equipment.tls import Certificate

Variables = dict[str, str]


def parts(server: Postgres) -> Variables:
    return {
        "POSTGRES_SERVICE_HOST": server.host,
        "POSTGRES_SERVICE_PORT": str(server.port),
        "POSTGRES_NAME": server.name,
        "POSTGRES_USERNAME": server.username,
        "POSTGRES_PASSWORD": server.password,
    }


@pytest.fixture(scope="module")
def production(
    aws: Variables, certificate: Certificate, postgres_server: Postgres, redis_server: Redis
) -> Variables:
    """The default contract as DjangoEcs fills it for a deployment without a domain."""
    boto3.client(
        "s3",
        endpoint_url=aws["AWS_ENDPOINT_URL"],
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
        region_name=REGION,
    ).create_bucket(
        Bucket="production-assets", CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    return {
        **aws,
        **parts(postgres_server),
        "DJANGO_SETTINGS_MODULE": "backend.settings.aws",
        "DEBUG": "0",
        "SECRET_KEY": "a-secret-of-the-tests-that-is-long-enough-to-be-taken",
        "REDIS_URL": redis_server.tls_url,
        "CELERY_BROKER_URL": redis_server.tls_url,
        "CELERY_RESULT_BACKEND": redis_server.tls_url,
        # Who signed the cache's certificate; on AWS the system knows it.
        "SSL_CERT_FILE": str(certificate.certificate),
        "S3_BUCKET_NAME": "production-assets",
        "AWS_S3_REGION_NAME": REGION,
        "ALLOWED_HOSTS": "localhost",
        "ALLOWED_CIDR_NETS": "10.0.0.0/16",
        "CSRF_TRUSTED_ORIGINS": "http://localhost",
    }


@pytest.fixture(scope="module")
def released(production: Variables) -> Variables:
    """After the release commands."""
    manage("migrate --no-input", production)
    assert "static files copied" in manage("collectstatic --no-input", production)
    return production


@pytest.fixture(scope="module")
def site(released: Variables, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    logs = tmp_path_factory.mktemp("logs")
    with web(released, logs / "web.log") as url, worker(released, logs / "worker.log"):
        yield url


def picture() -> tuple[str, bytes, str]:
    content = io.BytesIO()
    Image.new("RGB", (900, 600), "teal").save(content, "JPEG")
    return ("holiday.jpg", content.getvalue(), "image/jpeg")


def test_a_person_signs_up_posts_a_picture_and_the_worker_makes_the_thumbnail(site: str) -> None:
    ann = Browser(site)
    assert ann.sign_up("ann").status_code == 201
    response = ann.post("/api/posts/", data={"text": "Look"}, files={"image": picture()})
    assert response.status_code == 201, response.text
    post = response.json()
    assert requests.get(post["image"], timeout=10).content == picture()[1]

    def thumbnail() -> Any:
        return ann.get(f"/api/posts/{post['id']}/").json()["thumbnail"]

    wait_for(lambda: bool(thumbnail()), seconds=15)
    with Image.open(io.BytesIO(requests.get(thumbnail(), timeout=10).content)) as small:
        assert small.size == (400, 267)
    assert ann.post(f"/api/posts/{post['id']}/like/").json() == {
        "like_count": 1,
        "liked_by_me": True,
    }


def test_the_periodic_task_travels_through_the_broker_and_its_result_back(
    site: str, released: Variables
) -> None:
    code = "from posts.tasks import count_the_day as t; print(t.delay().get(timeout=15))"
    done = run([sys.executable, "manage.py", "shell", "--no-imports", "-c", code], released)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout.split()[-1]) >= 0


def test_liveness_answers_a_probe_by_ip_address(site: str) -> None:
    response = requests.get(f"{site}/api/health-check/", timeout=10)
    assert (response.status_code, response.json()) == (200, {"status": "ok"})
    assert requests.get(f"{site}/api/posts/", timeout=10).status_code == 400


def test_an_address_of_the_allowed_network_passes_the_host_check(site: str) -> None:
    inside, outside = Browser(site, host="10.0.3.7"), Browser(site, host="10.9.0.1")
    assert inside.get("/api/health-check/ready/").status_code == 200
    assert outside.get("/api/health-check/ready/").status_code == 400


def test_readiness_reaches_database_and_cache(site: str) -> None:
    response = Browser(site).get("/api/health-check/ready/")
    assert response.json() == {"status": "ok", "checks": {"database": "ok", "cache": "ok"}}


def test_an_administrator_logs_in_and_sees_styled_pages(site: str, released: Variables) -> None:
    login = {"DJANGO_SUPERUSER_PASSWORD": "correct-horse-9"}
    manage(
        "createsuperuser --no-input --username root --email root@example.com",
        {**released, **login},
    )
    admin = Browser(site)
    page = admin.get("/admin/login/").text
    base = page.split('rel="stylesheet" href="')[1].split('"')[0]
    stylesheet = admin.get(base)
    assert stylesheet.headers["Content-Type"] == "text/css"
    assert "immutable" in stylesheet.headers["Cache-Control"]
    token = admin.session.cookies["csrftoken"]
    form = {"username": "root", "password": "correct-horse-9", "csrfmiddlewaretoken": token}
    response = admin.post("/admin/login/?next=/admin/", data=form, allow_redirects=False)
    assert (response.status_code, response.headers["Location"]) == (302, "/admin/")
    assert "Daily statistics" in admin.get("/admin/").text


def test_what_a_hashed_stylesheet_names_is_found_beside_it(site: str) -> None:
    browser = Browser(site)
    hashed = browser.get("/static/staticfiles.json").json()["paths"]["admin/css/widgets.css"]
    icon = re.search(r'url\("?(\.\./img/[^")]+)', browser.get(f"/static/{hashed}").text)
    assert icon
    found = browser.get(f"/static/admin/css/{icon[1]}")
    assert (found.status_code, found.headers["Content-Type"]) == (200, "image/svg+xml")
    assert browser.get("/static/admin/nothing.css").status_code == 404


def test_hashed_static_files_may_be_kept_for_ever(released: Variables, aws: Variables) -> None:
    client = boto3.client(
        "s3",
        endpoint_url=aws["AWS_ENDPOINT_URL"],
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
        region_name=REGION,
    )
    manifest = client.get_object(Bucket="production-assets", Key="static/staticfiles.json")
    hashed = json.loads(manifest["Body"].read())["paths"]["admin/css/base.css"]
    lifetimes = [
        client.head_object(Bucket="production-assets", Key=f"static/{name}")["CacheControl"]
        for name in (hashed, "admin/css/base.css")
    ]
    assert lifetimes == ["public, max-age=31536000, immutable", "public, max-age=300"]


def test_sigterm_ends_the_start_script_at_once(released: Variables, tmp_path: Path) -> None:
    with web(released, tmp_path / "log") as url:
        Browser(url).get("/api/health-check/")
        began = time.monotonic()
    assert time.monotonic() - began < 5
    assert "Shutting down" in (tmp_path / "log").read_text()


def test_https_is_enforced_where_the_origin_is_https(released: Variables, tmp_path: Path) -> None:
    secure = {**released, "CSRF_TRUSTED_ORIGINS": "https://localhost"}
    with web(secure, tmp_path / "log") as url:

        def get(path: str, **headers: str) -> requests.Response:
            return requests.get(
                url + path, headers={"Host": "localhost", **headers}, allow_redirects=False
            )

        assert get("/api/posts/").headers["Location"] == "https://localhost/api/posts/"
        assert get("/api/health-check/").status_code == 200
        assert get("/api/health-check/ready/").status_code == 200
        forwarded = get("/api/csrf/", **{"X-Forwarded-Proto": "https"})
        assert forwarded.status_code == 200
        assert "Secure" in forwarded.headers["Set-Cookie"]
        assert forwarded.headers["Strict-Transport-Security"]


def by_url(server: Postgres, aws: Variables) -> Variables:
    return {"DATABASE_URL": f"{server.url}?sslmode=require"}


def by_parts(server: Postgres, aws: Variables) -> Variables:
    return parts(server)


def by_secret(server: Postgres, aws: Variables) -> Variables:
    client = boto3.client(
        "secretsmanager",
        endpoint_url=aws["AWS_ENDPOINT_URL"],
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
        region_name=REGION,
    )
    content = {
        "username": server.username,
        "password": server.password,
        "host": server.host,
        "port": server.port,
        "dbname": server.name,
    }
    client.create_secret(Name="production-database", SecretString=json.dumps(content))
    return {"DB_SECRET_NAME": "production-database"}


@pytest.mark.parametrize("way", [by_url, by_parts, by_secret])
def test_each_way_to_the_database_suffices_alone_and_is_encrypted(
    way: Callable[[Postgres, Variables], Variables],
    postgres_server: Postgres,
    production: Variables,
    aws: Variables,
) -> None:
    others = {name: value for name, value in production.items() if "POSTGRES" not in name}
    code = (
        "from django.db import connection as c; c.ensure_connection(); "
        "print(c.vendor, bool(c.connection.pgconn.ssl_in_use))"
    )
    done = run(
        [sys.executable, "manage.py", "shell", "--no-imports", "-c", code],
        {**others, **way(postgres_server, aws)},
    )
    assert done.stdout.split()[-2:] == ["postgresql", "True"], done.stderr
