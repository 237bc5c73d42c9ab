"""Where this machine's package tools get their packages: read when something is built, never kept.

None of it is in a committed file. It gets into the stand-in images of this machine alone.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

_BUNDLES = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt")
_DEBIAN = "http://deb.debian.org/debian"
# Of one index each; others lie in directories that an image does not have.
_OF_PIP = re.compile(
    r"^(?:global|:env:|install)\.(index-url|extra-index-url)='(.*)'$", re.MULTILINE
)


def debian_mirror() -> str:
    """The Debian mirror that apt asks here; on another system Debian's own."""
    lines: list[str] = []
    folder = Path("/etc/apt")
    for path in (folder / "sources.list", *sorted((folder / "sources.list.d").glob("*"))):
        if path.is_file():
            lines += path.read_text().splitlines()
    text = "\n".join(line for line in lines if not line.startswith("#"))
    found = re.search(r"(https?://\S+/debian)/?(?:\s|$)", text)
    return found[1] if found else _DEBIAN


def ca_bundle() -> bytes:
    """The certificate authorities that this machine trusts; a proxy's own may be among them."""
    given = os.environ.get("SSL_CERT_FILE")
    for name in (given, *_BUNDLES):
        if name and Path(name).is_file():
            return Path(name).read_bytes()
    message = f"no bundle of certificate authorities at {', '.join(_BUNDLES)} or in SSL_CERT_FILE"
    raise LookupError(message)


def pip_configuration() -> str:
    """A pip.conf with the indexes that pip asks here, as far as they are reached by HTTP."""
    listed = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False
    ).stdout
    lines = ["[global]"]
    for name, value in _OF_PIP.findall(listed):
        urls = [url for url in value.replace("\\n", " ").split() if url.startswith("http")]
        if urls:
            lines.append(f"{name} = {' '.join(urls)}")
    return "\n".join(lines) + "\n"


def npm_configuration() -> str:
    """An npmrc with the registry that npm asks here; empty without npm."""
    if not shutil.which("npm"):
        return ""
    registry = subprocess.run(
        ["npm", "config", "get", "registry"], capture_output=True, text=True, check=False
    ).stdout.strip()
    return f"registry={registry}\n" if registry.startswith("http") else ""
