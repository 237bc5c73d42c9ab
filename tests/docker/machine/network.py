"""Two ends of a cable: a machine's address, and ours, which is all that it can reach."""

from __future__ import annotations

import secrets
import subprocess
from dataclasses import dataclass


@dataclass(frozen=True)
class Cable:
    """A pair of network interfaces, one of them inside the machine.

    :param ours: our address; what is to play the internet listens there.
    :param theirs: the machine's public address.
    """

    name: str
    ours: str
    theirs: str

    @classmethod
    def any(cls) -> Cable:
        """With addresses that are free as far as chance can tell: of 100.64.0.0/10, no one's."""
        number = secrets.randbelow(1 << 18)
        first = f"100.{96 + (number >> 14 & 31)}.{number >> 6 & 255}."
        low = (number & 63) * 4
        return cls(name=f"dj{number:x}", ours=f"{first}{low + 1}", theirs=f"{first}{low + 2}")

    def plug_in(self, pid: int) -> None:
        """Connects the network of this process. It goes when that network goes."""
        there = ["nsenter", "--target", str(pid), "--net"]
        _run("ip", "link", "add", self.name, "type", "veth", "peer", "eth0", "netns", str(pid))
        _run("ip", "address", "add", f"{self.ours}/30", "dev", self.name)
        _run("ip", "link", "set", self.name, "up")
        _run(*there, "ip", "address", "add", f"{self.theirs}/30", "dev", "eth0")
        _run(*there, "ip", "link", "set", "eth0", "up")
        _run(*there, "ip", "route", "add", "default", "via", self.ours)


def _run(*words: str) -> None:
    subprocess.run(words, check=True, capture_output=True)
