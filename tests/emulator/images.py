"""Container images as folders: what `docker build` would copy, run by this machine's Python.

An image is published as one JSON file, which the emulator's process reads when a container starts.
Nothing of a Dockerfile is executed: `Image` says what its last stage would have set.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tests.emulator.settings import Folder


@dataclass(frozen=True, kw_only=True)
class Image:
    """A container image.

    :param folder: its working directory.
    :param programs: a directory before all others in PATH.
    :param environment: ENV of the Dockerfile.
    :param entry_point: ENTRYPOINT, exec form.
    :param command: CMD, exec form.
    :param stop_signal: STOPSIGNAL.
    """

    folder: str
    programs: str
    environment: Mapping[str, str] = field(default_factory=dict)
    entry_point: Sequence[str] = ()
    command: Sequence[str] = ()
    stop_signal: str = "SIGTERM"


class ImageMissingError(LookupError):
    """No image of this name was published."""


@dataclass(frozen=True)
class Images:
    """The registry of one emulator."""

    folder: Folder

    def publish(self, tag: str, image: Image) -> None:
        """Makes an image known under the last part of its name, after the colon."""
        (self.folder.images / f"{tag}.json").write_text(json.dumps(asdict(image)))

    def withdraw(self, tag: str) -> None:
        """Makes it unknown again: who pulls it now fails."""
        (self.folder.images / f"{tag}.json").unlink()

    def pull(self, name: str) -> Image:
        """
        Raises:
            ImageMissingError: it was not published.
        """
        file = self.folder.images / f"{name.rsplit(':', 1)[-1]}.json"
        if not file.is_file():
            message = f"failed to resolve ref {name}: not found"
            raise ImageMissingError(message)
        return Image(**json.loads(file.read_text()))


def sample_image(folder: Path, python: Path) -> Image:
    """A copy of the sample backend as its Dockerfile's last stage would run it.

    Its modules are compiled by whoever imports them first, not at the build.
    """
    return Image(
        folder=str(folder),
        programs=str(python.parent),
        environment={
            "PYTHONUNBUFFERED": "1",
            "HOME": "/tmp",  # noqa: S108 - as in the Dockerfile
            "DJANGO_SETTINGS_MODULE": "backend.settings.production",
            # Two would be started; a task here has no processor of its own.
            "WEB_CONCURRENCY": "1",
        },
        command=["./scripts/start_prod.sh"],
    )
