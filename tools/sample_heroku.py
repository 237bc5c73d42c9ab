"""The sample's files for Heroku (the application) and Netlify (the single-page front end)."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from django_cdk.swarm.yaml import dump

if TYPE_CHECKING:
    from django_cdk.app import DjangoApp
    from django_cdk.process import Process
    from django_cdk.swarm.yaml import Yaml

# Heroku signs its Key-Value Store's certificate itself.
_REDIS = 'REDIS_URL="$REDIS_URL?ssl_cert_reqs=none" exec'


def heroku_yml(app: DjangoApp, comment: str) -> str:
    """``heroku.yml``: one image for web, workers and beat; migrate before each release."""
    run: dict[str, Yaml] = {"web": f"{_REDIS} ./scripts/start_prod.sh"}
    for process in app.processes:
        if process.kind != "web":
            run[process.name] = {"command": [f"{_REDIS} {_words(process)}"], "image": "web"}
    release = [_words(process) for process in app.release]
    return dump(
        {
            "build": {"docker": {"web": f"backend/{app.dockerfile}"}},
            "release": {"image": "web", "command": release},
            "run": run,
        },
        comment=comment,
    )


def app_json(app: DjangoApp) -> dict[str, object]:
    """``app.json``: what a new Heroku application gets."""
    once: dict[str, object] = {"quantity": 1, "size": "basic"}
    return {
        "name": "micro-blog",
        "description": "The sample application of django-cdk",
        "stack": "container",
        "addons": ["heroku-postgresql:essential-0", "heroku-redis:mini"],
        "env": {
            "DJANGO_SETTINGS_MODULE": {"value": app.django_settings_module},
            "SECRET_KEY": {"generator": "secret"},
            "ALLOWED_HOSTS": {"description": "NAME.herokuapp.com, and domains of your own"},
            "FRONTEND_URL": {"description": "https://SITE.netlify.app"},
            "S3_BUCKET_NAME": {
                "description": "Bucket for uploads (S3BucketResources); dynos lose their disk",
                "required": False,
            },
            "AWS_ACCESS_KEY_ID": {"description": "Of that bucket's user", "required": False},
            "AWS_SECRET_ACCESS_KEY": {"description": "Of that bucket's user", "required": False},
            "AWS_S3_REGION_NAME": {"description": "Of that bucket", "required": False},
        },
        "formation": {process.name: once for process in app.processes},
    }


def netlify_toml(comment: str) -> str:
    """``netlify.toml``: the front end, with the application's paths passed on to Heroku."""
    proxied = "".join(
        _PROXY.format(path=path) for path in ("api", "admin", "graphql", "static", "media")
    )
    return f"# {comment}\n{_BUILD}{proxied}{_REST}"


def _words(process: Process) -> str:
    return shlex.join(process.command or ())


_BUILD = """\
[build]
base = "frontend"
command = "npm ci && npm run build"
publish = "dist"

[build.environment]
NODE_VERSION = "22"

# One domain for both, so that the session cookie is the site's own. Put your Heroku name in.
"""

_PROXY = """\
[[redirects]]
from = "/{path}/*"
to = "https://YOUR-APP.herokuapp.com/{path}/:splat"
status = 200
force = true

"""

_REST = """\
# Every other path without a file is a route of the single-page application.
[[redirects]]
from = "/*"
to = "/index.html"
status = 200

[[headers]]
for = "/assets/*"
[headers.values]
Cache-Control = "public, max-age=31536000, immutable"

[[headers]]
for = "/*"
[headers.values]
X-Content-Type-Options = "nosniff"
Referrer-Policy = "strict-origin-when-cross-origin"
Strict-Transport-Security = "max-age=31536000"
"""
