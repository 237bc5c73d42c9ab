#!/usr/bin/env python3
"""A docker command that keeps a swarm in a JSON file; what to do wrong stands in it too.

It knows the calls of deploy.sh and fails on any other. `log` has every call, `secrets` what was
given on standard input.
"""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path
from typing import Any

STATE = Path(os.environ["FAKE_DOCKER"])


def services_of(file: str) -> dict[str, int]:
    """Service -> replicas, of a stack file as the library writes it."""
    found: dict[str, int] = {}
    section = ""
    for line in Path(file).read_text().splitlines():
        if re.match(r"\S", line):
            section = line
        name = re.fullmatch(r"  ([\w-]+):", line)
        if name and section == "services:":
            found[name[1]] = 1
        replicas = re.fullmatch(r"      replicas: (\d+)", line)
        if replicas:
            found[list(found)[-1]] = int(replicas[1])
    return found


def stack_deploy(swarm: dict[str, Any], words: list[str]) -> None:
    stack, file = words[-1], words[words.index("--compose-file") + 1]
    wanted = {f"{stack}_{name}": count for name, count in services_of(file).items()}
    if "--prune" in words:
        swarm["services"] = {}
    image = os.environ["IMAGE"]
    for name, count in wanted.items():
        broken = name in swarm["broken"] and image == swarm["broken"][name]
        swarm["services"][name] = {
            "replicas": count,
            "image": image,
            "update": "rollback_completed" if broken else "completed",
        }


def service(swarm: dict[str, Any], words: list[str]) -> str | None:
    verb, name = words[0], words[-1]
    known = swarm["services"]
    if verb == "scale":
        name, _, count = name.partition("=")
        known[name]["replicas"] = int(count)
        return ""
    if verb == "ls":
        return "\n".join(
            f"{name} {one['replicas']}/{one['replicas']}" for name, one in known.items()
        )
    if verb == "logs":
        task = name.removeprefix("failed-task-of-")
        return f"what {task} said" if task == name else f"why {task} failed"
    if name not in known:
        return None
    if verb == "rm":
        del known[name]
        return ""
    return str(known[name]["update"]) if verb == "inspect" else tasks(name, known[name], words)


def tasks(name: str, one: dict[str, Any], words: list[str]) -> str:
    if "desired-state=shutdown" not in words:
        return f"task-of-{name}"
    return f"failed-task-of-{name} Failed 2 seconds ago" if "rollback" in one["update"] else ""


def image(swarm: dict[str, Any], words: list[str]) -> str | None:
    if words[0] == "prune":
        return ""
    if words[0] == "ls":
        repository = words[-1].removeprefix("reference=")
        return "\n".join(one for one in swarm["images"] if one.split()[0] == repository)
    if words[0] == "rm":
        swarm["removed"].append(words[-1])
        return ""
    if words[-1].partition("@")[0] not in swarm["registry"]:
        return None
    return f"{words[-1]}@sha256:0" if "RepoDigests" in words[2] else "command ./start\n"


def pull(swarm: dict[str, Any], words: list[str]) -> str | None:
    return "" if words[-1] in swarm["registry"] else None


def secret(swarm: dict[str, Any], words: list[str]) -> str | None:
    if words[0] == "inspect":
        return "" if words[-1] in swarm["secrets"] else None
    if words[0] == "create":
        swarm["secrets"][words[-2]] = sys.stdin.read()
    return ""


def stack(swarm: dict[str, Any], words: list[str]) -> str:
    if words[0] == "services":
        return "\n".join(swarm["services"])
    stack_deploy(swarm, words)
    return ""


def task(swarm: dict[str, Any], words: list[str]) -> str:
    name = words[-1].removeprefix("task-of-")
    return "boom" if "Err" in words[-2] else str(swarm["tasks"].get(name, "complete"))


COMMANDS = {
    "config": lambda *_: "",
    "image": image,
    "inspect": task,
    "pull": pull,
    "secret": secret,
    "service": service,
    "stack": stack,
}


def main() -> None:
    swarm = json.loads(STATE.read_text())
    swarm["log"].append(sys.argv[1:])
    # A command that is not known ends with a KeyError.
    printed = COMMANDS[sys.argv[1]](swarm, sys.argv[2:])
    STATE.write_text(json.dumps(swarm))
    if printed is None:
        sys.exit(1)
    sys.stdout.write(f"{printed}\n")


if __name__ == "__main__":
    main()
