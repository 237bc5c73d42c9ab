"""Base images without a registry: the names that Dockerfiles and stack files ask for, made here.

Each is Debian 13 with Debian's packages, and says in its Dockerfile what it stands in for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from django_cdk.swarm import images
from tests.docker.cache import digest
from tests.docker.docker import Docker
from tests.docker.images.debian import debian, debian_key

LABEL = "django-cdk.stand-in"
RECIPES = Path(__file__).parent / "recipes"

#: Recipe -> the names of its image. One that is built on another stands behind it.
NAMES: Mapping[str, tuple[str, ...]] = {
    "debian": ("debian:trixie-slim",),
    "python": ("python:3.13-slim",),
    "postgres": (images.POSTGRES, "postgres:17"),
    "valkey": (images.VALKEY, "valkey/valkey:8"),
    "node": (images.NODE,),
    "traefik": (images.ROUTER,),
    "mailpit": (images.MAIL,),
    "nginx": ("nginxinc/nginx-unprivileged:1.29-alpine",),
}


def make_stand_ins(
    docker: Docker,
    recipes: Iterable[str] = NAMES,
    *,
    proxy: str | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> None:
    """Makes sure that the images of these recipes are there.

    An image of that name which is no stand-in is left alone: it is the real one.

    :param proxy: the way to the package indexes, seen from the docker daemon.
    :param say: is told what is done.
    """
    for recipe in _with_bases(recipes):
        key = stand_in_key(recipe)
        labels = [docker.labels(name) for name in NAMES[recipe]]
        if any(found is not None and LABEL not in found for found in labels):
            say(f"{NAMES[recipe][0]}: the real image is here, kept")
        elif all(found is not None and found.get(LABEL) == key for found in labels):
            say(f"{NAMES[recipe][0]}: here already")
        elif recipe == "debian":
            _import_debian(docker, key)
            say(f"{NAMES[recipe][0]}: imported")
        else:
            tags = NAMES[recipe]
            docker.build(RECIPES / recipe, *tags, labels={LABEL: key}, proxy=proxy)
            say(f"{NAMES[recipe][0]}: made")


def _with_bases(recipes: Iterable[str]) -> list[str]:
    wanted = {"debian", *recipes}
    unknown = wanted - set(NAMES)
    if unknown:
        message = f"no stand-in for {', '.join(sorted(unknown))}; known: {', '.join(NAMES)}"
        raise LookupError(message)
    if "node" in wanted:
        wanted.add("python")
    return [name for name in NAMES if name in wanted]


def stand_in_key(recipe: str) -> str:
    """Changes with all that goes into the image."""
    files = (path for path in (RECIPES / recipe).rglob("*") if path.is_file())
    base = stand_in_key("python") if recipe == "node" else debian_key()
    return base if recipe == "debian" else digest(files, base, *NAMES[recipe])


def _import_debian(docker: Docker, key: str) -> None:
    with debian().open("rb") as tar:
        docker.run(
            "import",
            f"--change=LABEL {LABEL}={key}",
            '--change=CMD ["bash"]',
            "-",
            NAMES["debian"][0],
            stdin=tar,
        )
