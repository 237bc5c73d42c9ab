"""A machine's disk on which docker already has the stand-in images."""

from __future__ import annotations

from pathlib import Path

from tests.docker.cache import digest, made
from tests.docker.images.stand_ins import NAMES, make_stand_ins, stand_in_key
from tests.docker.machine.disk import new_disk
from tests.docker.machine.machine import Machine
from tests.docker.machine.root import machine_root
from tests.docker.machine.way_out import way_out

# Most of it is never written.
_GIB = 24


def disk_with_images() -> Path:
    """The disk, to be copied; made when it is not there yet."""
    root = machine_root()

    def make(disk: Path) -> None:
        new_disk(disk, _GIB)
        machine = Machine(root, disk)
        machine.start()
        try:
            with way_out(machine.cable.ours) as proxy, machine.docker_started():
                make_stand_ins(machine.docker, proxy=proxy)
        finally:
            machine.stop()

    keys = [stand_in_key(recipe) for recipe in NAMES]
    return made("disk", digest([Path(__file__)], root.name, *keys), make)
