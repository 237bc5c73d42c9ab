"""A deployed application at an address that a browser on this machine can open.

Its own addresses (a load balancer's name, a domain) lead nowhere here. The door answers at
http://localhost:PORT, tells the application its own name, and tells the browser the door's.
"""

from __future__ import annotations

import argparse
import contextlib
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

from tests.emulator.deployed import deployed
from tests.emulator.deployer import Deployer
from tests.emulator.server import Emulator
from tests.emulator.settings import Folder
from tests.emulator.target_group import TargetGroup
from tests.routing.http.client import fetch
from tests.routing.http.message import Headers, Request, Response
from tests.routing.http.server import serving
from tests.routing.site import Ports, make_edge
from tests.routing.template import Deployed

Answer = Callable[[Request], Response]


@contextlib.contextmanager
def opened(emulator: Emulator, stack: str, region: str, *, port: int) -> Iterator[None]:
    """Keep the door of a stack open: its distribution's, or else its load balancer's."""
    deployer = Deployer(emulator, region)
    here = deployed(deployer, stack)
    with contextlib.ExitStack() as ends:
        targets = None
        for logical_id in here.of_type("AWS::ElasticLoadBalancingV2::TargetGroup"):
            client = emulator.client("elbv2", region)
            targets = TargetGroup(client, here.ref(logical_id))
            ends.callback(targets.close)
        answer, origin = _application(here, emulator, targets.port if targets else 0)
        ends.enter_context(serving(_renamed(answer, origin, f"http://localhost:{port}"), port=port))
        yield


def _application(here: Deployed, emulator: Emulator, targets: int) -> tuple[Answer, str]:
    """What answers for the stack, and the origin under which it knows itself."""
    if here.of_type("AWS::CloudFront::Distribution"):
        s3 = urlsplit(emulator.endpoint).port or 80
        edge = make_edge(here, Ports(load_balancer=targets, s3=s3))
        return edge.answer, f"https://{edge.distribution.names[0]}"
    _, balancer = here.one("AWS::ElasticLoadBalancingV2::LoadBalancer")
    (logical_id,) = here.of_type("AWS::ElasticLoadBalancingV2::LoadBalancer")
    name = here.text({"Fn::GetAtt": [logical_id, "DNSName"]})
    assert balancer["Properties"]["Scheme"] == "internet-facing"
    return (lambda request: fetch(targets, _forwarded(request))), f"http://{name}"


def _forwarded(request: Request) -> Request:
    """As a load balancer hands a request of its listener for plain HTTP on."""
    headers = request.headers.copy()
    headers.set("X-Forwarded-For", request.client)
    headers.set("X-Forwarded-Proto", "http")
    headers.set("X-Forwarded-Port", "80")
    return Request(request.method, request.path, request.query, headers, request.body)


def _renamed(answer: Answer, inside: str, outside: str) -> Answer:
    """The answer to a request under its inner name, with the outer name put back."""

    def ask(request: Request) -> Response:
        headers = Headers((name, value.replace(outside, inside)) for name, value in request.headers)
        headers.set("Host", inside.partition("://")[2])
        scheme = inside.partition("://")[0]
        response = answer(
            Request(
                method=request.method,
                path=request.path,
                query=request.query,
                headers=headers,
                body=request.body,
                scheme=scheme,
                client=request.client,
            )
        )
        for name, value in list(response.headers):
            if name.lower() == "location" and value.startswith(inside):
                response.headers.set(name, value.replace(inside, outside, 1))
        return response

    return ask


def main() -> None:
    """Keep a door open until a signal closes it."""
    parser = argparse.ArgumentParser(prog="python -m tests.emulator.local.door")
    parser.add_argument("--endpoint", required=True)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--stack", required=True)
    parser.add_argument("--region", required=True)
    parser.add_argument("--port", type=int, required=True)
    asked = parser.parse_args()
    end = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: end.set())
    emulator = Emulator(asked.endpoint, Folder(asked.folder))
    with opened(emulator, asked.stack, asked.region, port=asked.port):
        end.wait()


if __name__ == "__main__":
    main()
