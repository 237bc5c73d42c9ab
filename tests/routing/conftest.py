"""The stack at work: services, release, web, distribution, browser. Each starts when asked for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from tests.routing.browsing import (  # noqa: F401 - the fixtures of every window
    browser,
    complaints,
    context,
    page,
    playwright,
)
from tests.routing.http.server import serving
from tests.routing.local.application import Application
from tests.routing.local.aws_network import s3_proxy
from tests.routing.local.naming import CREDENTIALS, REGION, deployed_here
from tests.routing.local.process import loopback_address
from tests.routing.local.sample import built_front_end
from tests.routing.local.secret_values import SecretValues
from tests.routing.local.services import MissingPartError, services
from tests.routing.local.tls import Certificate, make_certificate
from tests.routing.s3.door import Door
from tests.routing.s3.upload import upload_content
from tests.routing.site import Ports, Site, site
from tests.routing.stack import DOMAIN, blog
from tests.routing.template import Deployed
from tests.stacks import Template


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("routing")


@pytest.fixture(scope="session")
def address() -> str:
    """A loopback address of this run alone, so that AWS's ports are free on it."""
    return loopback_address()


@pytest.fixture(scope="session")
def certificate(folder: Path, address: str) -> Certificate:
    return make_certificate(folder, [DOMAIN, f"*.s3.{REGION}.amazonaws.com"], address)


@pytest.fixture(scope="session")
def dist() -> Path:
    return built_front_end()


@pytest.fixture(scope="session")
def template(dist: Path) -> Template:
    return blog(dist)


@pytest.fixture(scope="session")
def deployed(template: Template, address: str) -> Deployed:
    return deployed_here(template.body, address)


@pytest.fixture(scope="session")
def secret_values(deployed: Deployed) -> SecretValues:
    return SecretValues(deployed)


@pytest.fixture(scope="session")
def s3_port(
    deployed: Deployed,
    secret_values: SecretValues,
    certificate: Certificate,
    address: str,
    folder: Path,
) -> Iterator[int]:
    """The emulator of S3; Postgres and Valkey are at the address, as the secrets say."""
    _, database = deployed.one("AWS::RDS::DBInstance")
    _, cache = deployed.one("AWS::ElastiCache::ReplicationGroup")
    login = {
        "username": secret_values.filled(database["Properties"]["MasterUsername"]),
        "password": secret_values.filled(database["Properties"]["MasterUserPassword"]),
        "name": database["Properties"]["DBName"],
    }
    wanted = {
        "certificate": str(certificate.certificate),
        "key": str(certificate.key),
        "folder": str(folder),
        "address": address,
        "database": login,
        "cache": {
            "token": secret_values.filled(cache["Properties"]["AuthToken"]),
            "tls": True,
        },
        "s3": True,
    }
    try:
        with services(wanted, folder / "services.log") as ports:
            yield ports["s3"]
    except MissingPartError as missing:
        pytest.skip(str(missing))


@pytest.fixture(scope="session")
def s3(s3_port: int, deployed: Deployed, template: Template) -> Any:
    """A client of the emulator, with the stack's buckets in it and the site uploaded."""
    client = boto3.client(
        "s3",
        endpoint_url=f"http://127.0.0.1:{s3_port}",
        region_name=REGION,
        aws_access_key_id="deployment",
        aws_secret_access_key="deployment",
    )
    for name in deployed.of_type("AWS::S3::Bucket"):
        client.create_bucket(
            Bucket=deployed.ref(name),
            CreateBucketConfiguration={"LocationConstraint": REGION},
        )
    upload_content(deployed, template.assembly, client)
    return client


@pytest.fixture(scope="session")
def assets_bucket(application: Application) -> str:
    return application.variables("web")["AWS_STORAGE_BUCKET_NAME"]


@pytest.fixture(scope="session")
def s3_door(deployed: Deployed, s3_port: int, s3: Any, certificate: Certificate) -> Iterator[int]:
    door = Door(deployed, port=s3_port, credentials=CREDENTIALS)
    with serving(door.answer, tls=certificate.server_context()) as port:
        yield port


@pytest.fixture(scope="session")
def application(
    deployed: Deployed, secret_values: SecretValues, s3_door: int, certificate: Certificate
) -> Iterator[Application]:
    ((key_id, key),) = CREDENTIALS.items()
    with s3_proxy(REGION, s3_door) as proxy:
        machine = {
            "AWS_ACCESS_KEY_ID": key_id,
            "AWS_SECRET_ACCESS_KEY": key,
            "AWS_CA_BUNDLE": str(certificate.certificate),
            "SSL_CERT_FILE": str(certificate.certificate),
            "HTTPS_PROXY": proxy,
        }
        yield Application(deployed, secret_values, machine)


@pytest.fixture(scope="session")
def released(application: Application) -> list[str]:
    """What the release commands printed."""
    return application.release()


@pytest.fixture(scope="session")
def ports(
    application: Application, released: list[str], s3_port: int, folder: Path
) -> Iterator[Ports]:
    with application.web(folder / "web.log") as web:
        yield Ports(load_balancer=web, s3=s3_port)


@pytest.fixture(scope="session")
def domain(deployed: Deployed, ports: Ports, certificate: Certificate) -> Iterator[Site]:
    """The one domain, as the template describes it."""
    with site(deployed, ports, certificate) as running:
        yield running


@pytest.fixture(scope="session")
def hosts(domain: Site, s3_door: int) -> dict[str, int]:
    """All that the browser's Internet consists of."""
    return {
        f"{DOMAIN}:443": domain.https,
        f"{DOMAIN}:80": domain.http,
        f"*.s3.{REGION}.amazonaws.com:443": s3_door,
    }
