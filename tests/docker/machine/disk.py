"""Disks of machines, in files that take no more space than is written to them."""

from __future__ import annotations

import os
import stat
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path


def new_disk(file: Path, gib: int) -> None:
    """A file with an empty file system. It is deleted at once, whatever lies in it."""
    _empty(file, gib)
    subprocess.run(["mkfs.ext4", "-q", "-O", "^has_journal", file], check=True)


def _empty(file: Path, gib: int) -> None:
    with file.open("xb") as opened:
        opened.truncate(gib << 30)


@dataclass
class Disk:
    """A disk that shows up in a machine as a volume of EBS does.

    :param volume_id: `vol-...`; the device is found by it.
    """

    file: Path
    volume_id: str
    device: str = ""

    def create(self, gib: int) -> None:
        """An empty disk, without a file system."""
        _empty(self.file, gib)

    def attach(self, dev: Path) -> None:
        """Makes the device in the /dev of a machine, under the name that EBS gives it."""
        self.device = subprocess.run(
            ["losetup", "--find", "--show", self.file], check=True, capture_output=True, text=True
        ).stdout.strip()
        node = dev / Path(self.device).name
        if not node.exists():
            os.mknod(node, stat.S_IFBLK | 0o600, Path(self.device).stat().st_rdev)
        name = f"nvme-Amazon_Elastic_Block_Store_{self.volume_id.replace('-', '')}"
        (dev / "disk/by-id" / name).symlink_to(f"../../{node.name}")

    def detach(self) -> None:
        """Gives the device back, and waits until what was mounted is gone with its machine."""
        if not self.device:
            return
        subprocess.run(["losetup", "--detach", self.device], check=True)
        backing = Path("/sys/block", Path(self.device).name, "loop/backing_file")
        end = time.monotonic() + 60
        while backing.exists() and backing.read_text().strip() == str(self.file):
            if time.monotonic() > end:
                message = f"{self.device} is still in use"
                raise RuntimeError(message)
            time.sleep(0.1)
        self.device = ""
