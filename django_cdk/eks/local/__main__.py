"""Write the manifests of a local cluster: ``python -m django_cdk.eks.local MODULE:NAME FOLDER``."""

from __future__ import annotations

import argparse
import importlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from django_cdk.app import DjangoApp
from django_cdk.errors import OptionError

from .directory import write_directory
from .manifests import local_manifests

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str]) -> int:
    """Do what the command line says; 1 when an option can't work."""
    given = _parser().parse_args(arguments)
    try:
        app = load_app(given.app)
        manifests = local_manifests(
            app,
            namespace=given.namespace,
            host=given.host,
            image=given.image,
            secrets=dict(one.split("=", 1) for one in given.secret),
        )
    except OptionError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    folder = Path(given.folder)
    files = write_directory(folder, manifests, namespace=given.namespace)
    sys.stdout.write(f"{len(files)} files in {folder}. Next: sh {folder / 'apply.sh'}\n")
    return 0


def load_app(reference: str) -> DjangoApp:
    """The application that ``MODULE:NAME`` names: a DjangoApp, or the options of one.

    :raises OptionError: there is no such module or name.
    """
    module, _, name = reference.partition(":")
    try:
        found = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError, ValueError):
        raise OptionError(
            "MODULE:NAME",
            reference,
            "give a module that can be imported here, and the name of a DjangoApp or of its "
            "options in it.",
        ) from None
    return found if isinstance(found, DjangoApp) else DjangoApp.from_options(found)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m django_cdk.eks.local", description=__doc__)
    parser.add_argument("app", metavar="MODULE:NAME", help="a DjangoApp, or its options")
    parser.add_argument("folder", help="takes the files")
    parser.add_argument("--host", default="django.local", help="host name of the Ingress")
    parser.add_argument("--image", default="django:local", help="the image in the cluster")
    parser.add_argument("--namespace", default="app", help="Kubernetes namespace")
    parser.add_argument(
        "--secret",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="value of one of the application's own secrets",
    )
    return parser


if __name__ == "__main__":
    sys.path.insert(0, "")
    sys.exit(main(sys.argv[1:]))
