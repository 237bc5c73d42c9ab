"""The settings against the environment contract."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from .doctor_finding import Finding, error, warning
from .doctor_subject import Subject
from .project.flow import dotted, required
from .project.settings import Setting, Settings

_OFF = (False, 0, "False", "false", "0", "", "no", "off", None)


def check_settings(subject: Subject) -> Iterator[Finding]:
    """Every check of the settings module."""
    settings = subject.settings
    if settings is None:
        name = subject.settings_name
        yield error(
            "settings-module",
            f"There is no settings module {name!r} in the project."
            if name
            else "Neither the Dockerfile nor wsgi.py nor manage.py names a settings module.",
            "Name it: --settings here, django_settings_module in the CDK app.",
        )
        return
    for check in (
        _secret_key,
        _database,
        _allowed_hosts,
        _proxy_header,
        _trusted_origins,
        _debug,
        _cache,
        _missing,
    ):
        yield from check(subject, settings)


def _secret_key(subject: Subject, settings: Settings) -> Iterator[Finding]:
    key = settings["SECRET_KEY"]
    if subject.serves(key.variables, "secret_key"):
        return
    how = "is written into the code" if isinstance(key.literal(), str) else _unread(key)
    yield error(
        "secret-key",
        f"SECRET_KEY {how}, so the generated one is never used.",
        f"Read it from {subject.names('secret_key')}.",
        key.place,
    )


def _database(subject: Subject, settings: Settings) -> Iterator[Finding]:
    database = settings["DATABASES"]
    if subject.declared.values.get("database", "") is None:
        return
    if not subject.serves(database.variables, "database."):
        yield error(
            "database",
            f"DATABASES {_unread(database)}, so the application never finds its database.",
            f"Read {subject.names('database.url')}, or the parts "
            f"{', '.join(subject.contract.names_of('database.'))}.",
            database.place,
        )


def _unread(setting: Setting) -> str:
    if not setting:
        return "is not set"
    read = ", ".join(sorted(setting.variables))
    return f"reads only {read}, which nobody gives" if read else "reads no variable"


def _allowed_hosts(subject: Subject, settings: Settings) -> Iterator[Finding]:
    hosts = settings["ALLOWED_HOSTS"]
    if subject.serves(hosts.variables, "host"):
        return
    if "*" in hosts.texts:
        yield warning(
            "allowed-hosts",
            "ALLOWED_HOSTS lets every Host header in, which poisons links in mails and caches.",
            f"Read it from {subject.names('host')}.",
            hosts.place,
        )
        return
    yield error(
        "allowed-hosts",
        f"ALLOWED_HOSTS {_unread(hosts)}, so every request is answered with 400.",
        f"Read it from {subject.names('host')}, separated by commas.",
        hosts.place,
    )


def _proxy_header(subject: Subject, settings: Settings) -> Iterator[Finding]:
    header = settings["SECURE_PROXY_SSL_HEADER"]
    literal = header.literal()
    given = any(
        read.name in subject.contract.names or _is_on(read.default) for read in header.reads
    )
    if given or literal == ("HTTP_X_FORWARDED_PROTO", "https"):
        return
    redirect = settings["SECURE_SSL_REDIRECT"]
    follows = (
        "redirects to HTTPS for ever"
        if redirect and redirect.literal() is not False
        else "takes every request for plain HTTP and refuses the forms of its own pages (CSRF)"
    )
    yield error(
        "proxy-ssl-header",
        f"SECURE_PROXY_SSL_HEADER {f'is {literal}' if literal else _unread(header)}: behind the "
        f"load balancer Django {follows}.",
        'Set SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https").',
        header.place,
    )


def _trusted_origins(subject: Subject, settings: Settings) -> Iterator[Finding]:
    origins = settings["CSRF_TRUSTED_ORIGINS"]
    if "frontend_url" not in subject.declared.given:
        return
    if not subject.serves(origins.variables, "trusted_origins", "frontend_url", "origin"):
        yield error(
            "trusted-origins",
            f"CSRF_TRUSTED_ORIGINS {_unread(origins)}, but frontend_url is given: what the front "
            "end posts is refused with 403.",
            f"Read it from {subject.names('trusted_origins')}, separated by commas.",
            origins.place,
        )


def _debug(subject: Subject, settings: Settings) -> Iterator[Finding]:
    debug = settings["DEBUG"]
    on_without = {read.name for read in debug.reads if _is_on(read.default)}
    if debug.literal() is True or on_without - subject.contract.names:
        why = f", since nobody gives {' or '.join(sorted(on_without))}" if on_without else ""
        yield error(
            "debug",
            f"DEBUG is on{why}: errors show settings and code to everybody.",
            "Set DEBUG = False in the settings for production, or read it from DEBUG.",
            debug.place,
        )
    elif _is_text(debug.value):
        yield error(
            "debug",
            'DEBUG is a text, and the text "0" counts as true.',
            'Compare it: os.environ.get("DEBUG") == "1".',
            debug.place,
        )
    elif on_without:
        yield warning(
            "debug",
            "DEBUG is on wherever its variable is missing.",
            "Let it be off without the variable.",
            debug.place,
        )


def _is_text(value: ast.expr | None) -> bool:
    """``os.environ.get("DEBUG")`` itself, or as the argument of ``bool``."""
    if isinstance(value, ast.Call) and dotted(value.func) == "bool" and value.args:
        value = value.args[0]
    if isinstance(value, ast.Subscript):
        return dotted(value.value).endswith("environ")
    return isinstance(value, ast.Call) and dotted(value.func).endswith(("environ.get", "getenv"))


def _is_on(default: ast.expr | None) -> bool:
    return isinstance(default, ast.Constant) and default.value not in _OFF


def _cache(subject: Subject, settings: Settings) -> Iterator[Finding]:
    caches = settings["CACHES"]
    uses_redis = any("redis" in text.lower() for text in caches.texts)
    if uses_redis and not subject.serves(caches.variables, "cache.url", "cache.host"):
        yield error(
            "cache",
            f"CACHES uses Redis but {_unread(caches)}.",
            f"Read its place from {subject.names('cache.url')}.",
            caches.place,
        )


def _missing(subject: Subject, settings: Settings) -> Iterator[Finding]:
    for name in sorted(required(settings.reads) - subject.contract.names):
        read = next(one for one in settings.reads if one.name == name)
        yield error(
            "variable",
            f"The settings stop without {name}, which nobody gives.",
            "Give it in environment_variables, in secrets, or with a template in environment.",
            f"{read.module.path.name}:{read.node.lineno}",
        )
