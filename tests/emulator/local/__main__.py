"""`python -m tests.emulator.local deploy|destroy APP`."""

from __future__ import annotations

import argparse
import contextlib
import socket
import sys
import time
from pathlib import Path

import requests

from tests.emulator.deployer import Deployer
from tests.emulator.launcher import ROOT
from tests.emulator.local import command_line
from tests.emulator.local.apps import ALIASES, LOCAL_APPS, ZONE, LocalApp, known_names
from tests.emulator.local.state import State
from tests.emulator.missing import missing_part
from tests.emulator.server import Emulator
from tests.emulator.settings import REGION, Folder
from tests.routing.local.process import free_port

_SECONDS_TO_START = 120
# Where a person looks first; another one when it is taken.
_PORT = 8000


class UnfitError(Exception):
    """What was asked can't be done; the message says why and what to do."""


def deploy(name: str, state: State) -> None:
    """Deploy an app to an emulator of its own machine, and say where it is."""
    if reason := missing_part():
        raise UnfitError(reason)
    app = LOCAL_APPS[name]
    endpoint = _start_emulator(state)
    folder = Folder(state.emulator)
    variables = command_line.environment(endpoint, folder, app.settings)
    emulator = Emulator(endpoint, folder)
    _make_zone(emulator)
    made = Deployer(emulator).status("CDKToolkit") is not None
    if not made and command_line.bootstrap(state.path, variables) != 0:
        raise UnfitError(f"the emulator can't be bootstrapped:\n{state.log_of('emulator')}")
    state.remember(name)
    if command_line.deploy(name, state.path, variables) != 0:
        raise UnfitError(
            f"{name} is not deployed; what the emulator says is in {folder.path}, and "
            f"`make destroy-local CONSTRUCT={name}` removes what is left"
        )
    _say_where(name, app, emulator, state)


def destroy(name: str, state: State) -> None:
    """Destroy an app; with the last one the emulator goes, and all its state."""
    emulator = state.background("emulator")
    if door := state.background(f"door-{name}"):
        door.end()
    if emulator is not None and name in state.apps:
        endpoint = f"http://127.0.0.1:{emulator.told['port']}"
        settings = LOCAL_APPS[name].settings
        variables = command_line.environment(endpoint, Folder(state.emulator), settings)
        if command_line.destroy(name, state.path, variables) != 0:
            raise UnfitError(f"{name} could not be destroyed; the emulator is still there")
    state.forget(name)
    if not state.apps:
        if emulator is not None:
            emulator.end()
        state.clear()
        print("Nothing is left: the emulator has ended, and its state is deleted.")


def _start_emulator(state: State) -> str:
    """The endpoint of the emulator that runs, or of a new one."""
    running = state.background("emulator")
    if running is None:
        # What an emulator that was killed left behind is of no use to the next one.
        state.clear()
        port = free_port()
        command = [sys.executable, "-m", "tests.emulator"]
        options = ["--port", str(port), "--folder", str(state.emulator)]
        running = state.start("emulator", [*command, *options], {"port": port})
    endpoint = f"http://127.0.0.1:{running.told['port']}"
    deadline = time.monotonic() + _SECONDS_TO_START
    while running.runs and time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            requests.get(f"{endpoint}/_ministack/health", timeout=5).raise_for_status()
            return endpoint
        time.sleep(0.1)
    raise UnfitError(f"the emulator did not start:\n{state.log_of('emulator')}")


def _make_zone(emulator: Emulator) -> None:
    """A person has the zone of their domain already; here it is made."""
    route53 = emulator.client("route53")
    zones = [zone["Name"] for zone in route53.list_hosted_zones()["HostedZones"]]
    if f"{ZONE}." not in zones:
        route53.create_hosted_zone(Name=ZONE, CallerReference="local")


def _say_where(name: str, app: LocalApp, emulator: Emulator, state: State) -> None:
    print(f"\n{app.stack} is deployed to the emulator at {emulator.endpoint}:")
    for output, value in Deployer(emulator).outputs(app.stack).items():
        print(f"  {output} = {value}")
    if app.answers:
        print(f"It answers at {_open_door(name, app, emulator.endpoint, state)}")
    if app.missing:
        print(f"Not as on AWS: {app.missing}.")
    print(f"The end: make destroy-local CONSTRUCT={name}")


def _open_door(name: str, app: LocalApp, endpoint: str, state: State) -> str:
    if door := state.background(f"door-{name}"):
        # The template may have changed, and the names of what it made.
        door.end()
    port = _PORT if _is_free(_PORT) else free_port()
    command = [sys.executable, "-m", "tests.emulator.local.door", "--endpoint", endpoint]
    of_stack = ["--stack", app.stack, "--region", REGION, "--folder", str(state.emulator)]
    door = state.start(f"door-{name}", [*command, *of_stack, "--port", str(port)], {"port": port})
    deadline = time.monotonic() + _SECONDS_TO_START
    while door.runs and time.monotonic() < deadline:
        if not _is_free(port):
            return f"http://localhost:{port}"
        time.sleep(0.1)
    raise UnfitError(f"the way to the application failed:\n{state.log_of(f'door-{name}')}")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def main() -> int:
    """Do what the command line says; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.emulator.local", description=__doc__)
    parser.add_argument("verb", choices=["deploy", "destroy"])
    parser.add_argument("app", help=known_names())
    parser.add_argument("--folder", type=Path, default=ROOT / "build/local")
    asked = parser.parse_args()
    name = ALIASES.get(asked.app, asked.app)
    if name not in LOCAL_APPS:
        print(f"no app is called {asked.app!r}; the apps are {known_names()}", file=sys.stderr)
        return 2
    state = State(asked.folder.resolve())
    try:
        (deploy if asked.verb == "deploy" else destroy)(name, state)
    except UnfitError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
