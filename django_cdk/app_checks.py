"""Options of an application that can't work, or that nothing would read."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

from .errors import OptionError

if TYPE_CHECKING:
    from .app import DjangoApp

_CODES = re.compile(r"[2-4]\d\d([-,][2-4]\d\d)*")


def check_image(app: DjangoApp) -> None:
    """Refuses an image that is not there, or given twice, and options of a build beside it."""
    if (app.image_directory is None) == (app.image is None):
        raise OptionError(
            "image_directory",
            app.image_directory,
            "give either image_directory (a directory with a Dockerfile) or image (an existing "
            "image), and not both.",
        )
    if app.image is not None:
        _refuse_build_options(app)
        return
    if app.image_tag is not None:
        raise OptionError(
            "image_tag", app.image_tag, "it goes with an ECR repository given as image."
        )
    directory = Path(str(app.image_directory))
    if not directory.is_dir():
        raise OptionError(
            "image_directory",
            app.image_directory,
            "there is no such directory, seen from the directory the command runs in; give the "
            "directory with the Dockerfile.",
        )
    if not (directory / app.dockerfile).is_file():
        raise OptionError(
            "dockerfile",
            app.dockerfile,
            f"there is no such file in {app.image_directory!r}; give its path relative to "
            "image_directory.",
        )


def _refuse_build_options(app: DjangoApp) -> None:
    for option in ("image_target", "build_args", "build_contexts"):
        if getattr(app, option):
            raise OptionError(
                option,
                getattr(app, option),
                "it goes with image_directory; image is built already.",
            )
    if app.dockerfile != "Dockerfile":
        raise OptionError(
            "dockerfile", app.dockerfile, "it goes with image_directory; image is built already."
        )
    if isinstance(app.image, str) and app.image_tag is not None:
        raise OptionError(
            "image_tag",
            app.image_tag,
            f"it goes with an ECR repository; the tag of {app.image!r} is part of its URI.",
        )


def refuse_unused(app: DjangoApp) -> None:
    """Refuses options that nothing would read."""
    default = {one.name: one.default for one in fields(app)}
    unused = {
        "beat_size": (not app.use_celery_beat, "use_celery_beat=True"),
        "beat_health_check": (not app.use_celery_beat, "use_celery_beat=True"),
        "release_size": (not app.release_commands, "release_commands"),
        "writable_paths": (not app.read_only_root_filesystem, "read_only_root_filesystem=True"),
    }
    for option, (without, other) in unused.items():
        value = getattr(app, option)
        if without and value != default[option]:
            raise OptionError(option, value, f"it does nothing without {other}.")


def check_web(app: DjangoApp) -> None:
    """Refuses a port or a health check that no web process can have."""
    if not 1 <= app.port <= 65535:
        raise OptionError("port", app.port, "a port lies between 1 and 65535.")
    if not app.health_check_path.startswith("/"):
        raise OptionError(
            "health_check_path", app.health_check_path, f"give '/{app.health_check_path}'."
        )
    if not _CODES.fullmatch(app.health_check_codes):
        raise OptionError(
            "health_check_codes",
            app.health_check_codes,
            "give codes such as 200, 200,301 or 200-399.",
        )
    if app.health_check_grace < 0:
        raise OptionError("health_check_grace", app.health_check_grace, "give seconds, 0 or more.")
