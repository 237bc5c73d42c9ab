"""What a Lambda function sees: its layers at /opt, its Python at /var/lang, a /tmp of its own.

AWS merges a function's layers into /opt, read-only; the CDK's handlers call /opt/awscli/aws, whose
first line names Lambda's own Python, and keep files in /tmp. ministack 1.5.33 unpacks a Python
function's layers for `import` alone. Here a function with layers starts in a mount namespace of
its own, in which they lie over /opt, Python over /var, and nothing of the machine's in /tmp; the
machine sees nothing of it. That takes root, or user namespaces.

In the place of kubectl and helm, which would have no API server to talk to, are those of
`tests.emulator.kubernetes`.
"""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Callable
from pathlib import Path

from ministack.core import lambda_runtime

from tests.emulator import kubernetes
from tests.emulator.ministack_parts import wrap
from tests.emulator.settings import Folder

_ROOT = Path(__file__).parents[2]

# The last layer lies on top, which an overlay takes first. The worker's own files are below
# $FOLDER, which may be in the /tmp that goes: they are held elsewhere, and brought back.
_START = """\
[ -n "$_LAMBDA_LAYERS_DIRS" ] || exec {interpreter} "$@"
export FOLDER={folder}
export LAMBDA_LAYERS="$(echo "$_LAMBDA_LAYERS_DIRS" | tr : '\\n' | tac | paste -sd:)"
# Python's zipfile does not keep the mode of what it unpacks.
chmod -R a+x $(echo "$LAMBDA_LAYERS" | tr : ' ')
exec unshare {rights} --mount sh -ec '
mount -t overlay lambda -o lowerdir={programs}:"$LAMBDA_LAYERS":/opt /opt
mount -t overlay lambda -o lowerdir={var}:/var /var
mount --bind "$FOLDER" /var/emulator
mount -t tmpfs lambda /tmp
mkdir -p "$FOLDER"
mount --bind /var/emulator "$FOLDER"
cd "$LAMBDA_TASK_ROOT"
export TMPDIR=/tmp
exec "$0" "$@"' {interpreter} "$@"
"""

_PROGRAM = """\
#!/bin/sh
export {variable}={folder} PYTHONPATH={root} PYTHONDONTWRITEBYTECODE=1
exec {python} -m tests.emulator.kubernetes.programs {name} "$@"
"""

Detect = Callable[[str], tuple[str, str]]


class _Starters:
    """A starter for each interpreter, made when it is first asked for.

    :param folder: the emulator's.
    """

    def __init__(self, folder: Folder) -> None:
        self._state = folder.path
        self._folder = folder.path / "lambda"
        self._folder.mkdir(exist_ok=True)
        self._var, self._programs = self._folder / "var", self._folder / "opt"
        python = self._var / "lang" / "bin" / "python"
        python.parent.mkdir(parents=True)
        (self._var / "emulator").mkdir()
        # Not the virtual environment's: a layer brings all it needs.
        python.symlink_to(Path(sys.executable).resolve())
        for name in ("kubectl", "helm"):
            _write(
                self._programs / name / name,
                _PROGRAM.format(
                    variable=kubernetes.FOLDER,
                    folder=shlex.quote(str(folder.path / "kubernetes")),
                    root=shlex.quote(str(_ROOT)),
                    python=shlex.quote(sys.executable),
                    name=name,
                ),
            )

    def of(self, interpreter: str) -> str:
        path = self._folder / Path(interpreter).name
        if not path.exists():
            text = _START.format(
                interpreter=shlex.quote(interpreter),
                folder=shlex.quote(str(self._state)),
                rights="" if os.getuid() == 0 else "--map-root-user",
                programs=self._programs,
                var=self._var,
            )
            _write(path, f"#!/bin/sh\n{text}")
        return str(path)


def _write(path: Path, program: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(program)
    path.chmod(0o755)


def install(folder: Folder) -> None:
    """Starts functions this way."""
    starters = _Starters(folder)

    def with_layers(original: Detect) -> Detect:
        def detect(runtime: str) -> tuple[str, str]:
            interpreter, script = original(runtime)
            return (starters.of(interpreter) if interpreter else interpreter), script

        return detect

    wrap(lambda_runtime, "_detect_runtime_binary", with_layers)
