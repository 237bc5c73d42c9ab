"""The emulator's own process.

It ends all that it started when it is told to end, and with `--tied` also when its parent has gone.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import signal
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from tests.emulator.settings import ACCOUNT, REGION, Folder
from tests.routing.local.process import free_port
from tools.node import node_executable

ROOT = Path(__file__).parents[2]
#: What Lambda's Node brings along: the SDK clients that the CDK's own functions use.
NODE_MODULES = ROOT / "build/emulator/node_modules"


def main(arguments: list[str] | None = None) -> None:
    """Runs until it is ended by a signal, or with its standard input."""
    parser = argparse.ArgumentParser(prog="python -m tests.emulator", description=__doc__)
    parser.add_argument("--port", type=int, help="where it listens on 127.0.0.1; default: any")
    parser.add_argument("--folder", type=Path, help="where all its state goes; default: a new one")
    parser.add_argument(
        "--tied", action="store_true", help="end when standard input does, as its parent's end"
    )
    asked = parser.parse_args(arguments)
    temporary = None if asked.folder else Path(tempfile.mkdtemp(prefix="emulator-"))
    folder = Folder(temporary or asked.folder)
    folder.make()
    prepare_environment(asked.port or free_port(), folder)
    # Read anew from TMPDIR.
    tempfile.tempdir = None
    _run(folder, temporary, tied=asked.tied)


def prepare_environment(port: int, folder: Folder) -> None:
    """Sets what ministack reads when it is imported."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    node = node_executable().parent
    os.environ |= {
        "GATEWAY_PORT": str(port),
        "BIND_HOST": "127.0.0.1",
        # Names below localhost lead to 127.0.0.1 by themselves.
        "MINISTACK_HOST": "localhost",
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
        "MINISTACK_REGION": REGION,
        "AUTH": "true",
        "TMPDIR": str(folder.path),
        "DOCKER_HOST": "unix:///nonexistent.sock",
        "PATH": f"{node}{os.pathsep}{os.environ['PATH']}",
        "NODE_PATH": str(NODE_MODULES),
        # A deployment waits for a custom resource by polling every ten seconds.
        "SFN_WAIT_SCALE": "0.1",
    }


def _run(folder: Folder, temporary: Path | None, *, tied: bool) -> None:
    # Only now, as ministack reads its settings at import.
    from hypercorn.asyncio import serve  # noqa: PLC0415
    from hypercorn.config import Config  # noqa: PLC0415
    from ministack import app  # noqa: PLC0415

    from tests.emulator import (  # noqa: PLC0415
        iam,
        lambda_layers,
        lambda_logs,
        registry,
        resources,
        responses,
        stack_metadata,
        stores,
        tasks,
        tracebacks,
    )
    from tests.emulator.machines import Machines  # noqa: PLC0415
    from tests.emulator.servers import Servers  # noqa: PLC0415

    stores.install()
    servers = Servers.make(folder)
    resources.install(Machines(folder))
    lambda_layers.install(folder)
    lambda_logs.install()
    iam.install()
    registry.install()
    stack_metadata.install()
    responses.install()
    tracebacks.install()
    runtime = tasks.install(folder)

    def end(*_signal: int | FrameType | None) -> None:
        runtime.kill_all()
        servers.stop_all()
        if temporary:
            shutil.rmtree(temporary, ignore_errors=True)
        # ministack's own end may hang in one of its threads.
        os._exit(0)

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    if tied:
        threading.Thread(target=_wait_for_the_end_of_input, args=(end,), daemon=True).start()
    config = Config()
    config.bind = [f"127.0.0.1:{os.environ['GATEWAY_PORT']}"]
    # Own handlers of signals stand in place of hypercorn's.
    asyncio.run(serve(app.app, config, shutdown_trigger=asyncio.Event().wait))


def _wait_for_the_end_of_input(end: Callable[[], None]) -> None:
    sys.stdin.read()
    end()
