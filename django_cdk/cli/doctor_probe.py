"""The load balancer's probe: by IP address, over plain HTTP, without a Host header of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatch

from .doctor_finding import Finding, error, warning
from .doctor_subject import Subject
from .project.routes import all_paths, answers_early
from .project.settings import Settings


def check_probe(subject: Subject) -> Iterator[Finding]:
    """The path is there, and Django lets the probe reach it."""
    settings = subject.settings
    if settings is None:
        return
    path = str(subject.option("health_check_path"))
    if answers_early(settings, subject.project.modules, path):
        return
    yield from _path(subject, settings, path)
    yield from _host(subject, settings)
    yield from _redirect(subject, settings)


def _path(subject: Subject, settings: Settings, path: str) -> Iterator[Finding]:
    routes = list(all_paths(settings, subject.project.modules))
    if routes and not any(fnmatch(path, route) for route in routes) and not _accepts(subject, 404):
        yield error(
            "health-path",
            f"Nothing in the project's URLs answers {path}, which the load balancer asks.",
            "Add such a view, or name another path: health_check_path in the CDK app.",
            settings["ROOT_URLCONF"].place,
        )


def _host(subject: Subject, settings: Settings) -> Iterator[Finding]:
    hosts = settings["ALLOWED_HOSTS"]
    everybody = "*" in hosts.texts and not subject.serves(hosts.variables, "host")
    if everybody or _accepts(subject, 400):
        return
    middleware = any("allow_cidr" in text for text in settings["MIDDLEWARE"].texts)
    if middleware and subject.serves(settings["ALLOWED_CIDR_NETS"].variables, "vpc_cidr"):
        return
    yield error(
        "probe-host",
        "The load balancer's probe has an IP address as its Host header and is answered with 400, "
        "so no task ever becomes healthy.",
        "Answer the path in a middleware that stands first, or let the network in with "
        f"django-allow-cidr and ALLOWED_CIDR_NETS from {subject.names('vpc_cidr')}.",
        hosts.place,
    )


def _redirect(subject: Subject, settings: Settings) -> Iterator[Finding]:
    redirect = settings["SECURE_SSL_REDIRECT"]
    is_on = redirect.literal() is True or bool(redirect.variables)
    if is_on and not settings["SECURE_REDIRECT_EXEMPT"]:
        level = warning if _accepts(subject, 301) else error
        yield level(
            "probe-redirect",
            "The probe is redirected to HTTPS, so it never sees whether the application works.",
            "Add the health check's path to SECURE_REDIRECT_EXEMPT.",
            redirect.place,
        )


def _accepts(subject: Subject, code: int) -> bool:
    """The code is among ``200-399,404``."""
    spans = re.findall(r"(\d{3})(?:-(\d{3}))?", str(subject.option("health_check_codes")))
    return any(int(first) <= code <= int(last or first) for first, last in spans)
