"""ECR on this machine: Debian's docker-registry, behind TLS and a password."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.docker.aws.account import wait_for_port
from tests.routing.local.tls import Certificate

_CONFIGURATION = """\
version: 0.1
log: {{level: warn, accesslog: {{disabled: true}}}}
storage: {{filesystem: {{rootdirectory: /mnt/images}}}}
http:
  addr: "{address}:443"
  tls: {{certificate: /mnt/certificate.pem, key: /mnt/key.pem}}
auth:
  htpasswd: {{realm: ecr, path: /mnt/htpasswd}}
"""
# Blowfish, as the registry asks for, with a salt of no meaning.
_HASH = ("perl", "-e", "print crypt($ARGV[0], '$2y$04$standinstandinstandina')")


@contextlib.contextmanager
def registry(
    root: Path, folder: Path, *, address: str, certificate: Certificate, password: str
) -> Iterator[None]:
    """Serves images at port 443 of the address, to the user AWS with the password.

    :param root: a file system that has docker-registry; it is only read.
    """
    folder.mkdir()
    hashed = subprocess.run(
        ["chroot", root, *_HASH, password], check=True, capture_output=True, text=True
    ).stdout
    (folder / "htpasswd").write_text(f"AWS:{hashed}\n")
    (folder / "config.yml").write_text(_CONFIGURATION.format(address=address))
    (folder / "certificate.pem").write_bytes(certificate.certificate.read_bytes())
    (folder / "key.pem").write_bytes(certificate.key.read_bytes())
    log = folder / "log"
    serve = 'mount --bind "$2" "$1/mnt" && exec chroot "$1" docker-registry serve /mnt/config.yml'
    with log.open("wb") as output:
        process = subprocess.Popen(
            ["unshare", "--mount", "sh", "-c", serve, "sh", str(root), str(folder)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    try:
        wait_for_port(address, 443, process, log)
        yield
    finally:
        process.terminate()
        process.wait(timeout=30)
