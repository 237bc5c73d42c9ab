"""The files of a CDK app, as text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import resources
from importlib.metadata import version
from pathlib import Path

from .init_answers import Answers
from .init_options import application_options

_TEMPLATES = resources.files("django_cdk.cli") / "templates"
# Construct -> option of its domain, options that leave the cache out.
_CONSTRUCTS: Mapping[str, tuple[str, Mapping[str, object]]] = {
    "DjangoEcs": ("api_domain_name", {"cache": None}),
    "DjangoEks": ("domain_name", {"cache": None}),
    "DockerEc2": ("domain_name", {"use_valkey": False}),
}
CONSTRUCTS = tuple(_CONSTRUCTS)
_WIDTH = 100


def files_of(answers: Answers) -> dict[Path, str]:
    """Path -> text of every file to write."""
    folder = answers.directory
    files = {
        folder / "app.py": _app(answers),
        folder / "cdk.json": _template("cdk.json"),
        folder / "requirements.txt": _requirements(answers),
        folder / ".gitignore": _template("gitignore"),
    }
    if answers.workflow:
        workflow = answers.workflow / ".github" / "workflows" / "deploy.yml"
        files[workflow] = _workflow(answers, answers.workflow)
    return files


def _template(name: str, /, **values: str) -> str:
    text = (_TEMPLATES / name).read_text(encoding="utf-8")
    for placeholder, value in values.items():
        text = text.replace(f"__{placeholder.upper()}__", value)
    return text


def _app(answers: Answers) -> str:
    role = answers.repository if answers.workflow else None
    env = _env(answers)
    passed = ", env=env" if env else ""
    return _template(
        "app.py.txt",
        construct=answers.construct,
        imports=", ".join(sorted({answers.construct, *(["GitHubDeployRole"] if role else [])})),
        context=_path(answers),
        name=answers.name,
        environment=f"env = {env}\n" if env else "",
        env=passed,
        options="".join(_option(*one) for one in _options(answers).items()),
        notes=_notes(answers),
        role=(
            _template("role.py.txt", name=answers.name, repository=role, env=passed) if role else ""
        ),
    )


def _path(answers: Answers) -> str:
    """The build context, from the written app.py."""
    context = answers.dockerfile.context.resolve()
    folder = answers.directory.resolve()
    common = next(one for one in (folder, *folder.parents) if context.is_relative_to(one))
    up = len(folder.relative_to(common).parts)
    parts = [f'"{part}"' for part in context.relative_to(common).parts]
    return " / ".join([f"Path(__file__).resolve().parents[{up}]", *parts])


def _env(answers: Answers) -> str:
    given = {"account": answers.account, "region": answers.region}
    inside = ", ".join(f'{name}="{value}"' for name, value in given.items() if value)
    return f"cdk.Environment({inside})" if inside else ""


def _options(answers: Answers) -> dict[str, object]:
    domain_option, without_cache = _CONSTRUCTS[answers.construct]
    options = dict(application_options(answers))
    if answers.environment.environment is not None and "cache" not in answers.environment.groups:
        options.update(without_cache)
    if answers.domain:
        options[domain_option] = answers.domain
        options["zone_name"] = answers.zone
    return options


def _option(name: str, value: object) -> str:
    line = f"    {name}={_literal(value)},\n"
    if len(line) <= _WIDTH and not (isinstance(value, dict) and len(value) > 1):
        return line
    return f"    {name}={_exploded(value)},\n"


def _exploded(value: object) -> str:
    if isinstance(value, dict):
        inside = "".join(f'        "{key}": {_literal(one)},\n' for key, one in value.items())
        return f"{{\n{inside}    }}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        inside = "".join(f"        {_literal(one)},\n" for one in value)
        return f"[\n{inside}    ]"
    return _literal(value)


def _literal(value: object) -> str:
    """A Python literal with double quotes."""
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(value, dict):
        return (
            "{" + ", ".join(f"{_literal(key)}: {_literal(one)}" for key, one in value.items()) + "}"
        )
    if isinstance(value, Sequence):
        return f"[{', '.join(map(_literal, value))}]"
    return repr(value)


def _notes(answers: Answers) -> str:
    missing = answers.environment.missing
    if not missing:
        return ""
    lines = "".join(f"    #   {name}\n" for name in missing)
    return (
        "    # The settings stop without these: give plain values in environment_variables and\n"
        f"    # secrets in secrets (a Secrets Manager secret each).\n{lines}"
    )


def _requirements(answers: Answers) -> str:
    extra = "cli,eks" if answers.construct == "DjangoEks" else "cli"
    return _template("requirements.txt", extra=extra, version=version("django-cdk"))


def _workflow(answers: Answers, root: Path) -> str:
    folder = answers.directory.resolve().relative_to(root.resolve()).as_posix()
    return _template(
        "deploy.yml",
        branch=answers.branch,
        folder=folder,
        name=answers.name,
        region=answers.region or "${{ vars.AWS_REGION }}",
        region_variable="" if answers.region else "; AWS_REGION",
    )
