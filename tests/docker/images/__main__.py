"""`python -m tests.docker.images [RECIPE...]`: the stand-in base images for a docker daemon."""

from __future__ import annotations

import argparse
import sys

from tests.docker.docker import Docker
from tests.docker.images.stand_ins import NAMES, make_stand_ins
from tests.docker.missing import missing_for_images


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.docker.images", description=__doc__)
    parser.add_argument(
        "recipes",
        nargs="*",
        metavar="RECIPE",
        default=list(NAMES),
        help=f"{', '.join(NAMES)}; default: all",
    )
    recipes = parser.parse_args().recipes
    if not set(recipes) <= set(NAMES):
        parser.error(f"known recipes: {', '.join(NAMES)}")
    docker = Docker()
    missing = missing_for_images()
    if not docker.answers():
        missing.append("a docker daemon that answers at DOCKER_HOST or the default socket")
    if missing:
        sys.exit(f"missing: {'; '.join(missing)}")
    make_stand_ins(docker, recipes, say=print)


if __name__ == "__main__":
    main()
