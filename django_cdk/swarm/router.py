"""The router in front: traefik, told by one file and with no way to the docker daemon.

It could read labels of services over the docker socket. Whoever takes over a container with that
socket owns the machine, and labels are polled, so that requests still go to a task that has left.
A file needs neither: swarm's own DNS names the healthy tasks at each connection.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import images
from .target import TLS_CERTIFICATE_SECRET, TLS_KEY_SECRET

if TYPE_CHECKING:
    from django_cdk.app import DjangoApp

    from .target import SwarmTarget
    from .yaml import Yaml

_PING = ["--ping=true", "--ping.entrypoint=ping", "--entrypoints.ping.address=127.0.0.1:8082"]
_STAGING = "https://acme-staging-v02.api.letsencrypt.org/directory"

_DOMAIN = "${DOMAIN}"

PORTAINER_PORT = 9000
FRONTEND_PORT = 8080


def router_service(target: SwarmTarget) -> dict[str, Yaml]:
    """The service that has ports 80 and 443 of the machine."""
    ports = [80] if target.tls == "none" else [80, 443]
    service: dict[str, Yaml] = {
        "image": f"${{ROUTER_IMAGE:-{images.ROUTER}}}",
        "command": _arguments(target),
        # Docker replaces variables in stack files only; traefik does it in its own file.
        "environment": {"DOMAIN": _DOMAIN} if _DOMAIN in target.host else {},
        # Of the host, not of the routing mesh: the application sees its visitors' addresses.
        "ports": [
            {"target": port, "published": port, "protocol": "tcp", "mode": "host"} for port in ports
        ],
        "configs": [{"source": "routes", "target": "/etc/traefik/dynamic/routes.yml"}],
        "volumes": [f"{target.volume('router')}:/acme"],
        "networks": ["backend"],
        "healthcheck": {
            "test": ["CMD", "traefik", "healthcheck", *_PING],
            "interval": "10s",
            "timeout": "5s",
            "retries": 3,
        },
        "deploy": {
            "replicas": 1,
            "endpoint_mode": "dnsrr",
            "placement": {"constraints": ["node.role == manager"]},
            # Two can't have the same ports of a machine.
            "update_config": {"order": "stop-first", "failure_action": "rollback"},
            "restart_policy": {"condition": "any", "delay": "2s"},
            "resources": {"limits": {"cpus": "0.5", "memory": "128M"}},
        },
    }
    if target.tls == "given":
        service["secrets"] = [
            {"source": name, "target": name} for name in (TLS_CERTIFICATE_SECRET, TLS_KEY_SECRET)
        ]
    return service


def routes(app: DjangoApp, target: SwarmTarget) -> dict[str, Yaml]:
    """The router's file: which request goes to which service."""
    name = target.host.replace(_DOMAIN, "{{ env `DOMAIN` }}")
    host = f"Host(`{name}`)"
    paths = " || ".join(f"PathPrefix(`{path}`)" for path in target.backend_paths)
    routers: dict[str, Yaml] = {
        "web": _route(f"{host} && ({paths})" if target.frontend else host, "web", target)
    }
    services: dict[str, Yaml] = {"web": _upstream("web", app.port)}
    if target.frontend:
        routers["frontend"] = _route(host, "frontend", target)
        services["frontend"] = _upstream("frontend", FRONTEND_PORT)
    if target.portainer:
        routers["portainer"] = _route(f"Host(`portainer.{name}`)", "portainer", target)
        services["portainer"] = _upstream("portainer", PORTAINER_PORT)
    made: dict[str, Yaml] = {
        "http": {
            "routers": routers,
            "services": services,
            # For the moment in which a task has left and a connection was about to be made.
            "middlewares": {"again": {"retry": {"attempts": 4, "initialInterval": "100ms"}}},
        }
    }
    if target.tls == "given":
        pair = {
            "certFile": f"/run/secrets/{TLS_CERTIFICATE_SECRET}",
            "keyFile": f"/run/secrets/{TLS_KEY_SECRET}",
        }
        made["tls"] = {"certificates": [pair], "stores": {"default": {"defaultCertificate": pair}}}
    return made


def _route(rule: str, service: str, target: SwarmTarget) -> dict[str, Yaml]:
    route: dict[str, Yaml] = {
        "rule": rule,
        "entryPoints": ["web" if target.tls == "none" else "websecure"],
        "service": service,
        "middlewares": ["again"],
    }
    if target.tls == "acme":
        route["tls"] = {"certResolver": "letsencrypt"}
    elif target.tls == "given":
        route["tls"] = {}
    return route


def _upstream(service: str, port: int) -> dict[str, Yaml]:
    return {"loadBalancer": {"servers": [{"url": f"http://{service}:{port}"}]}}


def _arguments(target: SwarmTarget) -> list[Yaml]:
    arguments: list[Yaml] = [
        "--global.checknewversion=false",
        "--global.sendanonymoususage=false",
        "--api=false",
        "--log.level=INFO",
        "--accesslog=true",
        "--providers.file.directory=/etc/traefik/dynamic",
        "--providers.file.watch=false",
        "--entrypoints.web.address=:80",
        *_PING,
    ]
    if target.tls == "none":
        return arguments
    arguments += [
        "--entrypoints.websecure.address=:443",
        "--entrypoints.web.http.redirections.entrypoint.to=websecure",
        "--entrypoints.web.http.redirections.entrypoint.scheme=https",
    ]
    if target.tls == "acme":
        resolver = "--certificatesresolvers.letsencrypt.acme"
        arguments += [f"{resolver}.storage=/acme/acme.json", f"{resolver}.tlschallenge=true"]
        if target.acme_staging:
            arguments.append(f"{resolver}.caserver={_STAGING}")
    return arguments
