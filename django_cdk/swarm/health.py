"""How a container's own health check asks the web process."""

from __future__ import annotations

from .target import literal

# The image needs no curl: Django brings Python. A redirect is an answer, not followed. The Host
# header is the real one, because Django refuses others.
_ASK = (
    "import http.client, sys;"
    "port, path, host, codes = sys.argv[1:];"
    "web = http.client.HTTPConnection('127.0.0.1', int(port), timeout=4);"
    "web.request('GET', path, headers={'Host': host, 'X-Forwarded-Proto': 'https'});"
    "status = web.getresponse().status;"
    "bounds = [(part.split('-')[0], part.split('-')[-1]) for part in codes.split(',')];"
    "sys.exit(not any(int(low) <= status <= int(high) for low, high in bounds))"
)


def ask_web(*, port: int, path: str, host: str, codes: str) -> list[str]:
    """The check of a web container: ``python`` must be on the image's PATH."""
    return ["CMD", "python", "-c", _ASK, str(port), literal(path), host, codes]
