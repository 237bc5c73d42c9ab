"""An EC2 instance, the account around it, and a visitor: all that a deployment meets."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.docker import blog
from tests.docker.aws.account import Account, account
from tests.docker.aws.deployment import (
    REGISTRY,
    VOLUME,
    Deployment,
    create_certificate_secret,
)
from tests.docker.aws.registry import registry
from tests.docker.machine.disk import Disk
from tests.docker.machine.images import disk_with_images
from tests.docker.machine.machine import Machine
from tests.docker.machine.network import Cable
from tests.docker.machine.root import machine_root
from tests.docker.machine.way_out import way_out
from tests.routing.local.tls import Certificate, make_certificate

# Seconds until what was killed answers again, on a busy machine too.
PATIENCE = 180


@dataclass
class Instance:
    """The machine, and what was deployed to it."""

    machine: Machine
    account: Account
    folder: Path
    certificate: Certificate
    certificate_secret: str
    deployment: Deployment | None = None
    versions: int = 0

    # --- the way of a developer --------------------------------------------------------------

    def new_version(self, *changes: Callable[[Path], None]) -> str:
        """Another version of the application in the place of the one before; its name."""
        self.versions += 1
        version = str(self.versions)
        code = blog.backend(self.folder, version)
        for change in changes:
            change(code)
        template = blog.synthesized(
            code, certificate=self.certificate_secret, environment=self.account.environment
        )
        deployment = Deployment(template, self.account, self.machine)
        with way_out(self.machine.cable.ours) as proxy, self.machine.docker_started():
            deployment.publish_images(proxy)
        if self.deployment:
            deployment.update_backing(self.deployment)
        else:
            deployment.create_backing()
        self.deployment = deployment
        return version

    @property
    def deployed(self) -> Deployment:
        assert self.deployment, "nothing was deployed"
        return self.deployment

    # --- the way of a visitor ----------------------------------------------------------------

    def ask(self, path: str, *, tls: bool = True) -> Answer:
        """The answer to one request over a connection of its own; the certificate is checked."""
        address = (self.machine.cable.theirs, 443 if tls else 80)
        connection = http.client.HTTPConnection(blog.DOMAIN, timeout=20)
        connection.sock = socket.create_connection(address, timeout=20)
        if tls:
            trusted = ssl.create_default_context(cafile=str(self.certificate.certificate))
            connection.sock = trusted.wrap_socket(connection.sock, server_hostname=blog.DOMAIN)
        with contextlib.closing(connection):
            connection.request("GET", path, headers={"Connection": "close"})
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read().decode())

    def json(self, path: str) -> Any:
        answer = self.ask(path)
        assert answer.status == 200, f"{path}: {answer.status} {answer.text[:200]}"
        return json.loads(answer.text)

    def version(self) -> str:
        """The version that serves."""
        return str(self.json("/api/version/")["version"])

    @contextlib.contextmanager
    def visited(self, path: str = "/api/posts/") -> Iterator[Visits]:
        """Asks for a page, which reads the database, again and again."""
        visits = Visits()
        end = threading.Event()

        def visit() -> None:
            while not end.is_set():
                try:
                    status = self.ask(path).status
                    failure = "" if status == 200 else f"status {status}"
                except (OSError, http.client.HTTPException) as error:
                    failure = repr(error)
                visits.count += 1
                if failure:
                    visits.failures.append(f"{time.strftime('%H:%M:%S')} {failure}")
                end.wait(0.05)

        visitors = [threading.Thread(target=visit) for _ in range(2)]
        for visitor in visitors:
            visitor.start()
        try:
            yield visits
        finally:
            end.set()
            for visitor in visitors:
                visitor.join()

    # --- the way of an operator --------------------------------------------------------------

    def containers(self, service: str) -> list[str]:
        """The running containers of a service."""
        name = f"label=com.docker.swarm.service.name=django_{service}"
        return self.machine.docker.run("ps", "--quiet", "--filter", name).split()

    def inside(self, service: str, *words: str) -> str:
        """What a command prints in the container of a service, with the service's secrets."""
        (container,) = self.containers(service)
        with_secrets = ("sh", "/django-cdk/with_secrets.sh")
        return self.machine.docker.run("exec", container, *with_secrets, *words)

    def sql(self, query: str) -> str:
        """What Postgres answers."""
        (container,) = self.containers("postgres")
        words = ("psql", "-U", "django", "-d", "django", "-tAc", query)
        return self.machine.docker.run("exec", container, *words)

    def wait_for(self, fact: Callable[[], bool], what: str) -> None:
        """Waits until something holds."""
        end = time.monotonic() + PATIENCE
        while True:
            with contextlib.suppress(Exception):
                if fact():
                    return
            assert time.monotonic() < end, f"{what}: not within {PATIENCE} seconds"
            time.sleep(0.5)

    def wait_until_ready(self) -> None:
        """Waits until web, database and cache answer."""
        self.wait_for(lambda: self.ask("/api/health-check/ready/").status == 200, "ready")


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    text: str


@dataclass
class Visits:
    """How requests went."""

    count: int = 0
    failures: list[str] = field(default_factory=list)


@contextlib.contextmanager
def new_instance(folder: Path) -> Iterator[Instance]:
    """A machine with an empty volume, and images in place of those of a public registry."""
    root = machine_root()
    cable = Cable.any()
    volume = Disk(folder / "volume", VOLUME)
    volume.create(gib=4)
    disk = folder / "disk"
    subprocess.run(["cp", "--sparse=always", disk_with_images(), disk], check=True)
    hosts = {REGISTRY: cable.ours}
    machine = Machine(root, disk, hosts=hosts, disks=[volume], cable=cable)
    with contextlib.ExitStack() as stack:
        machine.start()
        stack.callback(machine.stop)
        aws = stack.enter_context(account(cable.ours, folder / "moto.log"))
        machine.environment.update(aws.environment)
        certificate = make_certificate(folder, [blog.DOMAIN, REGISTRY], cable.ours)
        stack.enter_context(
            registry(
                root,
                folder / "registry",
                address=cable.ours,
                certificate=certificate,
                password=aws.registry_password(),
            )
        )
        authority = certificate.certificate.read_text()
        machine.write(f"/etc/docker/certs.d/{REGISTRY}/ca.crt", authority)
        secret = create_certificate_secret(aws, certificate.certificate, certificate.key)
        yield Instance(machine, aws, folder, certificate, secret)
