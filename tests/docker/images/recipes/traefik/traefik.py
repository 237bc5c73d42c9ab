#!/usr/bin/python3
"""An equal router: as much of traefik as the stack file and routes.yml ask for.

It stands in for traefik where no registry is reachable. It reads the same options and the same
dynamic file (variables, rules, services, `retry`, certificates), asks the DNS at each connection,
and retries what could not be connected. An option or a rule that it does not know ends it, as
traefik would end with one that it does not know. What it does not show: ACME, HTTP/2, websockets,
traefik's pool of connections, and any fault of traefik's own.
"""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import ssl
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

# Option -> whether it is understood here, or only allowed because it changes nothing that is seen.
_KNOWN = re.compile(
    r"global\.(checknewversion|sendanonymoususage)|api|log\.level|accesslog|ping|ping\.entrypoint"
    r"|providers\.file\.(directory|watch)|entrypoints\.\w+\.address"
    r"|entrypoints\.\w+\.http\.redirections\.entrypoint\.(to|scheme)"
)
# Of one hop, not of the request: https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1
_HOP = {
    "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "te", "trailer",
    "transfer-encoding", "upgrade",
}  # fmt: skip
_TIMEOUT = 90

Match = Callable[[str, str], bool]


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - a log of a container


def options(words: list[str]) -> dict[str, str]:
    found = {}
    for word in words:
        name, _, value = word.removeprefix("--").partition("=")
        if not word.startswith("--") or not _KNOWN.fullmatch(name.lower()):
            sys.exit(f"traefik (stand-in): unknown option {word}")
        found[name.lower()] = value or "true"
    return found


# --- the dynamic file --------------------------------------------------------------------------


def dynamic(directory: str) -> dict[str, Any]:
    (path,) = Path(directory).glob("*.yml")
    text = re.sub(
        r"\{\{\s*env\s+`(\w+)`\s*\}\}", lambda one: os.environ.get(one[1], ""), path.read_text()
    )
    found: dict[str, Any] = yaml.safe_load(text)
    return found


def rule(text: str) -> Match:
    """`Host(`a`) && (PathPrefix(`/b`) || PathPrefix(`/c`))` as a function of host and path."""
    tokens = re.findall(r"\w+\(`[^`]*`\)|&&|\|\||[()]|\S", text)
    match = _any(tokens)
    if tokens:
        sys.exit(f"traefik (stand-in): {text!r}: {tokens[0]!r} is not understood")
    return match


def _any(tokens: list[str]) -> Match:
    parts = [_all(tokens)]
    while tokens and tokens[0] == "||":
        tokens.pop(0)
        parts.append(_all(tokens))
    return lambda host, path: any(part(host, path) for part in parts)


def _all(tokens: list[str]) -> Match:
    parts = [_one(tokens)]
    while tokens and tokens[0] == "&&":
        tokens.pop(0)
        parts.append(_one(tokens))
    return lambda host, path: all(part(host, path) for part in parts)


def _one(tokens: list[str]) -> Match:
    token = tokens.pop(0) if tokens else ""
    if token == "(":
        inner = _any(tokens)
        if not tokens or tokens.pop(0) != ")":
            sys.exit("traefik (stand-in): a bracket is not closed")
        return inner
    matcher = re.fullmatch(r"(Host|PathPrefix)\(`([^`]*)`\)", token)
    if not matcher:
        sys.exit(f"traefik (stand-in): {token!r} is no matcher known here")
    value = matcher[2]
    if matcher[1] == "Host":
        return lambda host, path: host == value.lower()
    return lambda host, path: path.startswith(value)


@dataclass(frozen=True)
class Route:
    match: Match
    host: str
    port: int
    attempts: int
    pause: float


def routes(file: dict[str, Any], entry_point: str) -> list[Route]:
    """Those of an entry point; a longer rule comes first, as traefik has it."""
    http_part = file["http"]
    wanted = [one for one in http_part["routers"].values() if entry_point in one["entryPoints"]]
    return [_route(one, http_part) for one in sorted(wanted, key=lambda one: -len(one["rule"]))]


def _route(router: dict[str, Any], http_part: dict[str, Any]) -> Route:
    (server,) = http_part["services"][router["service"]]["loadBalancer"]["servers"]
    url = urlsplit(server["url"])
    retry = {"attempts": 1, "initialInterval": "0ms"}
    for name in router.get("middlewares", []):
        retry = http_part["middlewares"][name]["retry"]
    return Route(
        match=rule(router["rule"]),
        host=str(url.hostname),
        port=url.port or 80,
        attempts=retry["attempts"],
        pause=int(retry["initialInterval"].removesuffix("ms")) / 1000,
    )


def tls_context(file: dict[str, Any]) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    pair = file["tls"]["stores"]["default"]["defaultCertificate"]
    context.load_cert_chain(pair["certFile"], pair["keyFile"])
    return context


# --- requests ----------------------------------------------------------------------------------


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = _TIMEOUT
    scheme = "http"
    redirect_to = ""
    routes: Sequence[Route] = ()

    def handle_any(self) -> None:
        host = (self.headers["Host"] or "").partition(":")[0].lower()
        if self.redirect_to:
            return self.answer(301, Location=f"{self.redirect_to}://{host}{self.path}")
        if "upgrade" in self.headers:
            return self.answer(501)
        found = [one for one in self.routes if one.match(host, self.path)]
        return self.pass_on(found[0]) if found else self.answer(404)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = handle_any  # noqa: N815

    def answer(self, status: int, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", "0")
        # What was sent along has not been read.
        self.send_header("Connection", "close")
        self.end_headers()

    def pass_on(self, route: Route) -> None:
        web = connected(route)
        if not web:
            return self.answer(502)
        try:
            web.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self.passed_headers():
                web.putheader(name, value)
            web.endheaders(self.body(), encode_chunked="chunked" in self.encoding())
            response = web.getresponse()
        except (OSError, http.client.HTTPException) as error:
            say(f"{route.host}: {error!r}")
            return self.answer(502)
        return self.give_back(response)

    def encoding(self) -> str:
        return str(self.headers["Transfer-Encoding"] or "").lower()

    def passed_headers(self) -> Iterator[tuple[str, str]]:
        for name, value in self.headers.items():
            if name.lower() not in _HOP and not name.lower().startswith("x-forwarded-"):
                yield name, value
        if "chunked" in self.encoding():
            yield "Transfer-Encoding", "chunked"
        yield "X-Forwarded-For", self.client_address[0]
        yield "X-Forwarded-Host", self.headers["Host"]
        yield "X-Forwarded-Proto", self.scheme
        yield "X-Real-Ip", self.client_address[0]

    def body(self) -> Iterator[bytes] | None:
        length = int(self.headers["Content-Length"] or 0)
        if "chunked" in self.encoding():
            return self.chunks()
        return iter([self.rfile.read(length)]) if length else None

    def chunks(self) -> Iterator[bytes]:
        while size := int(self.rfile.readline().partition(b";")[0], 16):
            yield self.rfile.read(size)
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass

    def give_back(self, response: http.client.HTTPResponse) -> None:
        self.send_response_only(response.status, response.reason)
        self.log_request(response.status)
        for name, value in response.getheaders():
            if name.lower() not in _HOP:
                self.send_header(name, value)
        silent = self.command == "HEAD" or response.status in (204, 304)
        chunked = response.length is None and not silent
        if chunked:
            self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        if silent:
            return
        while piece := response.read1(65536):
            self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece) if chunked else piece)
        if chunked:
            self.wfile.write(b"0\r\n\r\n")

    def log_message(self, format: str, *words: Any) -> None:
        say(f"{self.client_address[0]} {format % words}")


def connected(route: Route) -> http.client.HTTPConnection | None:
    """A connection to one of the addresses that the name has now."""
    for attempt in range(route.attempts):
        web = http.client.HTTPConnection(route.host, route.port, timeout=_TIMEOUT)
        try:
            # Tries each address of the name in turn.
            web.sock = socket.create_connection((route.host, route.port), timeout=5)
        except OSError as error:
            say(f"{route.host}: {error!r}")
            time.sleep(route.pause * 2**attempt)
        else:
            web.sock.settimeout(_TIMEOUT)
            return web
    return None


class Ping(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/ping" else 404)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    context: ssl.SSLContext | None = None

    def finish_request(self, request: Any, client_address: Any) -> None:
        # Here, in the thread of the connection: a slow handshake holds up nobody else.
        if self.context:
            request.settimeout(10)
            request = self.context.wrap_socket(request, server_side=True)
        try:
            super().finish_request(request, client_address)
        finally:
            request.close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        say(f"{client_address[0]}: {sys.exc_info()[1]!r}")


def address(given: dict[str, str], entry_point: str) -> tuple[str, int]:
    host, _, port = given[f"entrypoints.{entry_point}.address"].rpartition(":")
    return host, int(port)


def server(given: dict[str, str], file: dict[str, Any], entry_point: str) -> Server:
    if entry_point == given.get("ping.entrypoint"):
        return Server(address(given, entry_point), Ping)
    redirection = f"entrypoints.{entry_point}.http.redirections.entrypoint"
    if given.get(f"{redirection}.to"):
        kind = type("Redirect", (Handler,), {"redirect_to": given[f"{redirection}.scheme"]})
        return Server(address(given, entry_point), kind)
    safe = [
        "tls" in one
        for one in file["http"]["routers"].values()
        if entry_point in one["entryPoints"]
    ]
    kind = type(
        "Routes",
        (Handler,),
        {"routes": routes(file, entry_point), "scheme": "https" if any(safe) else "http"},
    )
    made = Server(address(given, entry_point), kind)
    made.context = tls_context(file) if any(safe) else None
    return made


def healthcheck(given: dict[str, str]) -> None:
    host, port = address(given, given["ping.entrypoint"])
    with urllib.request.urlopen(f"http://{host}:{port}/ping", timeout=4) as answer:
        sys.exit(0 if answer.status == 200 else 1)


def main() -> None:
    words = sys.argv[1:]
    if words[:1] == ["healthcheck"]:
        healthcheck(options(words[1:]))
    given = options(words)
    file = dynamic(given["providers.file.directory"])
    names = [
        name.split(".")[1] for name in given if re.fullmatch(r"entrypoints\.\w+\.address", name)
    ]
    for name in names:
        threading.Thread(target=server(given, file, name).serve_forever, daemon=True).start()
    # The first process of a container gets no signal that it has no handler for.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    say(f"traefik (stand-in) listens: {', '.join(names)}")
    threading.Event().wait()


if __name__ == "__main__":
    main()
