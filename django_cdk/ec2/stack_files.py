"""What runs in the swarm of a machine, as files: made from the application, or the user's own."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from django_cdk.errors import OptionError
from django_cdk.swarm.stack import release_file, routes_file, stack_file

if TYPE_CHECKING:
    from collections.abc import Mapping

    import aws_cdk.aws_s3_assets as s3_assets

    from django_cdk.app import DjangoApp
    from django_cdk.swarm.target import SwarmTarget


@dataclass(frozen=True, kw_only=True)
class StackFiles:
    """The files of a swarm stack.

    :param texts: name -> text.
    :param assets: name -> file that comes from S3.
    """

    texts: Mapping[str, str]
    assets: Mapping[str, s3_assets.Asset] = field(default_factory=dict)

    @classmethod
    def of(
        cls, app: DjangoApp, target: SwarmTarget, own: str | s3_assets.Asset | None
    ) -> StackFiles:
        """The files of an application, or around the user's own stack file.

        :raises OptionError: a stack file that is not there, or beside release commands.
        """
        routes = {"routes.yml": routes_file(app, target)}
        if own is None:
            made = {"stack.yml": stack_file(app, target), "release.yml": release_file(app, target)}
            return cls(texts={**routes, **made})
        own_texts = {"stack.yml": _read(own)} if isinstance(own, str) else {}
        if app.release_commands:
            raise OptionError(
                "stack_file_uri",
                own,
                "it says alone what runs, and nothing would run the release_commands: give "
                "release_commands={} and run them in an entrypoint, or leave it out.",
            )
        # In the place of one from before.
        empty = {"release.yml": "# The stack file says alone what runs.\n"}
        return cls(
            texts={**routes, **empty, **own_texts},
            assets={} if isinstance(own, str) else {"stack.yml": own},
        )


def _read(path: str) -> str:
    if not Path(path).is_file():
        raise OptionError(
            "stack_file_uri",
            path,
            "there is no such file, seen from the directory the command runs in: give the path of "
            "a stack file, or an aws_s3_assets.Asset.",
        )
    return Path(path).read_text(encoding="utf-8")
