#!/usr/bin/env python3
"""What the CDK's command line calls for `docker` (CDK_DOCKER): images as copies of their folders.

The emulator runs a container as a process of this machine, in a copy of the folder that `docker
build` would have got. So this program builds nothing: it remembers which folder an image stands
for, and publishes the copy when the image is pushed. It uses the standard library alone, since
whatever Python is first in PATH runs it.
"""

from __future__ import annotations

import itertools
import json
import os
import shutil
import sys
from pathlib import Path


def main(arguments: list[str]) -> int:
    """Do what docker does for these arguments, as far as the CDK asks for it."""
    verb, *rest = arguments
    if verb == "build":
        tags = [value for name, value in itertools.pairwise(rest) if name == "--tag"]
        for tag in tags:
            _note(tag).write_text(str(Path(rest[-1]).resolve()))
        return 0
    if verb == "inspect":
        return 0 if _note(rest[-1]).is_file() else 1
    if verb == "tag":
        old, new = rest[-2:]
        shutil.copyfile(_note(old), _note(new))
        return 0
    if verb == "push":
        _push(rest[-1])
        return 0
    if verb == "login":
        sys.stdin.read()
        return 0
    print(f"docker {verb} is unknown to the local deployment", file=sys.stderr)
    return 1


def _folder() -> Path:
    return Path(os.environ["LOCAL_IMAGES"])


def _note(tag: str) -> Path:
    notes = _folder() / "built"
    notes.mkdir(parents=True, exist_ok=True)
    return notes / tag.replace("/", "_")


def _push(name: str) -> None:
    """Publish an image under the last part of its name, as tests/emulator/images.py reads it."""
    tag = name.rsplit(":", 1)[-1]
    copy = _folder() / "copies" / tag
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(_note(name).read_text(), copy)
    template = json.loads(os.environ["LOCAL_IMAGE"])
    (_folder() / f"{tag}.json").write_text(json.dumps({**template, "folder": str(copy)}))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
