"""Which environment a project's settings ask for, in the library's templates."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from django_cdk.environment import DEFAULT_ENVIRONMENT

from .project.contract import tokens
from .project.flow import EnvironmentRead, required

_DATABASE = r"(?:DB|DATABASE|POSTGRES|POSTGRESQL|PG|SQL|RDS)"
# Names that projects use beside the contract's own, without a leading DJANGO_. The first that
# matches as a whole wins.
_FOREIGN = (
    (rf"{_DATABASE}_URL", "{database.url}"),
    (rf"{_DATABASE}_?(?:SERVICE_)?HOST(?:NAME)?", "{database.host}"),
    (rf"{_DATABASE}_?(?:SERVICE_)?PORT", "{database.port}"),
    (rf"{_DATABASE}_?(?:DB_?NAME|DB|NAME|DATABASE)", "{database.name}"),
    (rf"{_DATABASE}_?USER(?:NAME)?", "{database.username}"),
    (rf"{_DATABASE}_?PASS(?:WORD)?", "{database.password}"),
    (rf"{_DATABASE}_?SSL_?MODE", "require"),
    (r"(?:DB|SQL|DATABASE)_ENGINE", "django.db.backends.postgresql"),
    (r"DB", "postgres"),
    (r"SECRET(?:_KEY)?", "{secret_key}"),
    (r"ALLOWED_HOSTS?", "{host}"),
    (r"(?:REDIS|VALKEY|CACHE|(?:CELERY_)?BROKER|(?:CELERY_)?RESULT_BACKEND)_URL", "{cache.url}"),
    (r"(?:CELERY_)?(?:BROKER|RESULT_BACKEND)", "{cache.url}"),
    (r"(?:REDIS|VALKEY|CACHE)_(?:SERVICE_)?HOST", "{cache.host}"),
    (r"(?:REDIS|VALKEY|CACHE)_(?:SERVICE_)?PORT", "{cache.port}"),
    (r"(?:REDIS|VALKEY|CACHE)_PASSWORD", "{cache.password}"),
    (r"(?:AWS_)?(?:S3_)?(?:STORAGE_|MEDIA_)?BUCKET(?:_NAME)?", "{bucket}"),
    (r"AWS_(?:S3_|DEFAULT_)?REGION(?:_NAME)?", "{region}"),
    (r"CSRF_TRUSTED_ORIGINS", "{trusted_origins}"),
    (r"(?:SITE|APP|BASE|PUBLIC)_(?:ROOT|URL)", "{origin}"),
    (r"(?:PRIMARY|SITE|APP)_(?:HOST|DOMAIN)|DOMAIN(?:_NAME)?", "{host}"),
    (r"ALLOWED_CIDR_NETS", "{vpc_cidr}"),
    (r"SECURE_PROXY_SSL_HEADER", "HTTP_X_FORWARDED_PROTO,https"),
)
# Only a team that brings them has values for these.
_WITHOUT_VALUE = frozenset({"cdn_domain", "frontend_url", "zone_name"})
_AWS_KEY = re.compile(r"(?:\w+_)?AWS_(?:S3_)?(?:SECRET_)?ACCESS_KEY(?:_ID)?")
_DEBUG = re.compile(r"(?:\w+_)?DEBUG")
_FALSE = (False, 0, "False", "false", "0", "", "no", "off")
# The last part of a Redis URL: the settings add the database themselves.
_WITHOUT_DATABASE = "rediss://:{cache.password}@{cache.host}:{cache.port}"


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """The environment options for a project.

    :param environment: name -> template; None: the library's default table serves.
    :param variables: name -> plain value.
    :param missing: variables without which the settings fail, and that nobody here can know.
    :param groups: what the settings ask for: ``database``, ``cache``, ``bucket`` ...
    """

    environment: Mapping[str, str] | None
    variables: Mapping[str, str]
    missing: tuple[str, ...]
    groups: frozenset[str]


def propose(reads: Iterable[EnvironmentRead], shell_variables: Iterable[str] = ()) -> Proposal:
    """The environment for settings that read these variables.

    :param reads: what the settings read.
    :param shell_variables: what scripts of the image read.
    """
    every = list(reads)
    names = [*(read.name for read in every), *shell_variables]
    environment = {name: template for name in sorted({*names}) if (template := _template(name))}
    for read in every:
        if environment.get(read.name) == "{cache.url}" and _is_continued(read):
            environment[read.name] = _WITHOUT_DATABASE
    own = {read.name: read for read in every if read.name not in environment}
    variables = {
        name: value for name, read in sorted(own.items()) if (value := _plain(read)) is not None
    }
    is_default = all(
        DEFAULT_ENVIRONMENT.get(name) == template for name, template in environment.items()
    )
    missing = required(every) & {*own} - {*variables}
    groups = {
        token.split(".")[0] for template in environment.values() for token in tokens(template)
    }
    return Proposal(
        environment=None if is_default else environment,
        variables={
            name: value
            for name, value in variables.items()
            if not (is_default and name in DEFAULT_ENVIRONMENT)
        },
        missing=tuple(sorted(missing - {*DEFAULT_ENVIRONMENT})),
        groups=frozenset(groups),
    )


def _template(name: str) -> str:
    template = DEFAULT_ENVIRONMENT.get(name, "")
    if tokens(template) & _WITHOUT_VALUE:
        return ""
    if tokens(template):
        return template
    bare = name.removeprefix("DJANGO_")
    return next((found for known, found in _FOREIGN if re.fullmatch(known, bare)), "")


def _plain(read: EnvironmentRead) -> str | None:
    """The plain value of a variable that is no part of the contract; None: leave it out."""
    if _AWS_KEY.fullmatch(read.name) and read.required:
        # Empty: boto3 takes the task's role.
        return ""
    if _DEBUG.fullmatch(read.name) and not _is_off(read):
        return "0" if _is_number(read) else "False"
    return None


def _is_off(read: EnvironmentRead) -> bool:
    return isinstance(read.default, ast.Constant) and read.default.value in _FALSE


def _is_number(read: EnvironmentRead) -> bool:
    """``int(os.environ["DEBUG"])``."""
    return any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "int"
        and any(inner is read.node for inner in ast.walk(node))
        for node in ast.walk(read.module.tree)
    )


def _is_continued(read: EnvironmentRead) -> bool:
    """The settings put ``/0`` behind the URL, directly or through a name."""
    names = {
        name
        for name, values in read.module.assigned.items()
        for one in values
        if _holds(one.value, read.node)
    }

    def stands_for_it(node: ast.expr) -> bool:
        return _holds(node, read.node) or (isinstance(node, ast.Name) and node.id in names)

    return any(
        stands_for_it(front)
        for node in ast.walk(read.module.tree)
        for front in _before_a_slash(node)
    )


def _holds(node: ast.expr, wanted: ast.expr) -> bool:
    return any(inner is wanted for inner in ast.walk(node))


def _before_a_slash(node: ast.AST) -> Iterator[ast.expr]:
    """The URL in ``URL + "/0"``, ``f"{URL}/0"``, ``"{}/{}".format(URL, 0)``."""
    match node:
        case ast.BinOp(left=left, op=ast.Add(), right=ast.Constant(value=str(text))):
            if text.startswith("/"):
                yield left
        case ast.JoinedStr(values=[ast.FormattedValue(value=left), ast.Constant(value=str(text))]):
            if text.startswith("/"):
                yield left
        case ast.Call(
            func=ast.Attribute(value=ast.Constant(value=str(text)), attr="format"),
            args=[left, *_],
        ):
            if re.match(r"\{0?\}/", text):
                yield left
