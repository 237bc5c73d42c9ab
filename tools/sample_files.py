"""Write the sample's files for places without AWS: `make sample-files`.

They are made from one `DjangoApp`, the same that the integ apps deploy; a test keeps them in step.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from django_cdk import DjangoApp, HealthCheck, Worker
from django_cdk.swarm.compose import compose_file
from django_cdk.swarm.environment import SwarmEnvironment
from django_cdk.swarm.stack import release_file, routes_file, stack_file
from django_cdk.swarm.target import SwarmTarget
from tools.sample_ci import github_workflow, gitlab_ci
from tools.sample_heroku import app_json, heroku_yml, netlify_toml

ROOT = Path(__file__).parent.parent
SAMPLE = ROOT / "test" / "django-step-by-step"
SCRIPTS = ROOT / "django_cdk" / "swarm" / "scripts"

MADE = "Made by `make sample-files`; a change here is lost. Guide: docs/deploy/{}.md of django-cdk."


# Worker and beat touch this file; one that hangs does not, and is replaced.
ALIVE = HealthCheck(command=["sh", "-c", 'test -n "$(find /tmp/alive -mmin -1)"'])


def application() -> DjangoApp:
    """The sample, as it runs on any server."""
    return DjangoApp(
        image_directory=str(SAMPLE / "backend"),
        django_settings_module="backend.settings.production",
        celery_app="backend.celery_app:app",
        celery_queues={"celery": Worker(health_check=ALIVE)},
        use_celery_beat=True,
        beat_health_check=ALIVE,
        environment_variables={"ALIVE_FILE": "/tmp/alive"},  # noqa: S108 - in the container
        # Without a bucket static files come out of the image: there is nothing to collect.
        release_commands={"migrate": ["python", "manage.py", "migrate", "--no-input"]},
    )


def sample_files() -> Mapping[str, str]:
    """Path inside the sample -> text."""
    app = application()
    environment = SwarmEnvironment.of(app, host="${DOMAIN}", origin="https://${DOMAIN}")
    target = SwarmTarget(
        host="${DOMAIN}",
        environment=environment.plain,
        secrets=tuple(environment.secrets),
        media_path="/app/media",
    )
    swarm = MADE.format("swarm")
    compose = compose_file(
        app,
        backend="./backend",
        work_directory="/app",
        frontend="./frontend",
        variables={"DJANGO_SETTINGS_MODULE": "backend.settings.development"},
        comment=MADE.format("development"),
    )
    return {
        "docker-compose.yml": compose,
        "stack.yml": stack_file(app, target, comment=swarm),
        "release.yml": release_file(app, target, comment=swarm),
        "routes.yml": routes_file(app, target, comment=swarm),
        **{
            name: (SCRIPTS / name).read_text(encoding="utf-8")
            for name in ("deploy.sh", "with_secrets.sh")
        },
        "secrets.sh": secrets_script(environment, target),
        ".gitlab-ci.yml": gitlab_ci(MADE.format("swarm")),
        ".github/workflows/deploy.yml": github_workflow(MADE.format("ec2")),
        "heroku.yml": heroku_yml(app, MADE.format("heroku-netlify")),
        "app.json": json.dumps(app_json(app), indent=2) + "\n",
        "netlify.toml": netlify_toml(MADE.format("heroku-netlify")),
    }


def secrets_script(environment: SwarmEnvironment, target: SwarmTarget) -> str:
    """A script that makes the swarm's secrets, once."""
    values = {
        **environment.secrets,
        **{name: f"${{{_GENERATED[name]}}}" for name in target.service_secrets},
    }
    lines = [f'create {name} "{value}"' for name, value in values.items()]
    return _SECRETS.format(made=MADE.format("swarm"), lines="\n".join(lines))


_GENERATED = {
    "service-postgres-password": "database_password",
    "service-valkey-password": "cache_password",
}

_SECRETS = """\
#!/usr/bin/env bash
# {made}
#
# Makes the secrets of the swarm: once, on a manager. Nobody sees the values, this shell neither
# prints nor keeps them; `docker secret` never shows one again.
set -euo pipefail

if [ -n "$(docker secret ls --quiet --filter name=service-)" ]; then
    echo "The swarm has its secrets. Made anew they would not fit the database." >&2
    exit 1
fi

random() {{
    local text
    text=$(head -c 1024 /dev/urandom | LC_ALL=C tr -dc 'A-Za-z0-9')
    printf %s "${{text:0:48}}"
}}
# printf is the shell's own: no value is in the list of processes.
create() {{ printf %s "$2" | docker secret create "$1" - >/dev/null; }}

database_password=$(random)
cache_password=$(random)
secret_key=$(random)

{lines}
echo "made; to add one of your own: printf %s VALUE | docker secret create NAME -"
"""


def main() -> None:
    """Write them all."""
    for name, text in sample_files().items():
        path = SAMPLE / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        path.chmod(0o755 if name.endswith(".sh") else 0o644)


if __name__ == "__main__":
    main()
