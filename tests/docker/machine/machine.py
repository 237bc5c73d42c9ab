"""A machine of its own on this one: file system, processes, network, docker daemon.

It is made of the kernel's namespaces, not of a container, so that it can have a docker daemon and a
disk, and nothing of it is left on this machine: no rule, no route, no mount, no process.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from tests.docker.docker import Docker
from tests.docker.machine.disk import Disk
from tests.docker.machine.network import Cable

_HERE = Path(__file__).parent
# What Amazon Linux has and Debian has not, or what asks for an init system.
_AMAZON_LINUX = {
    "cfn-init": "/opt/aws/bin/cfn-init",
    "cfn-signal": "/opt/aws/bin/cfn-signal",
    "systemctl": "/opt/bin/systemctl",
}
_PATH = "/opt/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class Machine:
    """Starts at `start`, and can be restarted with what lies on its disks.

    :param root: its root file system (`machine_root`), which is only read.
    :param disk: its own disk: a file with a file system, made by `new_disk`.
    :param hosts: name -> address, beyond those of the DNS.
    :param disks: its other disks.
    :param cable: what connects it. Default: one with any addresses.
    """

    def __init__(
        self,
        root: Path,
        disk: Path,
        *,
        hosts: Mapping[str, str] | None = None,
        disks: Sequence[Disk] = (),
        cable: Cable | None = None,
    ) -> None:
        self.cable = cable or Cable.any()
        self.disks = disks
        self._root = root
        self._disk = disk
        self._hosts = hosts or {}
        #: Variables that every process has.
        self.environment = {"PATH": _PATH, "HOME": "/root", "LANG": "C.UTF-8"}
        self._unshare: subprocess.Popen[bytes] | None = None
        self._pid = 0

    @property
    def _log(self) -> Path:
        return self._disk.with_suffix(".log")

    def start(self) -> None:
        """Boots it. What `systemctl enable` was told starts by itself."""
        log = self._log.open("wb")
        self._unshare = subprocess.Popen(
            [
                *("unshare", "--mount", "--net", "--pid", "--uts", "--ipc", "--fork"),
                "--kill-child",
                *("bash", str(_HERE / "enter.sh"), str(self._root), str(self._disk)),
            ],
            # It ends with this process, however that ends.
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
        )
        log.close()
        self._pid = self._first_process(self._unshare)
        self.cable.plug_in(self._pid)
        for disk in self.disks:
            disk.attach(self.file("/dev"))
        for name, place in _AMAZON_LINUX.items():
            self.write(place, (_HERE / "amazon_linux" / name).read_text(), mode=0o755)
        hosts = "".join(f"{address} {name}\n" for name, address in self._hosts.items())
        self.write("/etc/hosts", f"127.0.0.1 localhost\n{hosts}")
        if self.file("/etc/systemd/docker-is-enabled").exists():
            started = self.run("sh", "-c", "mount --all && systemctl enable --now docker")
            if started.returncode:
                raise RuntimeError(started.stderr)

    def _first_process(self, unshare: subprocess.Popen[bytes]) -> int:
        children = Path(f"/proc/{unshare.pid}/task/{unshare.pid}/children")
        end = time.monotonic() + 60
        while time.monotonic() < end and unshare.poll() is None:
            found = children.read_text().split()
            # It waits as `bash -c`, once everything is mounted.
            if found and b"\0-c\0" in Path(f"/proc/{found[0]}/cmdline").read_bytes():
                return int(found[0])
            time.sleep(0.05)
        raise RuntimeError(f"the machine does not start:\n{self._log.read_text()}")

    def command(self, *words: str, environment: Mapping[str, str] | None = None) -> list[str]:
        """The command by which these words run inside."""
        variables = {**self.environment, **(environment or {})}
        spaces = ["--mount", "--net", "--pid", "--uts", "--ipc", "--root", "--wdns=/"]
        inside = ["env", "-i", *(f"{name}={value}" for name, value in variables.items()), *words]
        return ["nsenter", "--target", str(self._pid), *spaces, *inside]

    def run(
        self,
        *words: str,
        environment: Mapping[str, str] | None = None,
        timeout: float = 300,
    ) -> subprocess.CompletedProcess[str]:
        """Runs a command inside, and waits for it."""
        return subprocess.run(
            self.command(*words, environment=environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=timeout,
            check=False,
        )

    @property
    def docker(self) -> Docker:
        """Its docker command."""
        return Docker(self.command("docker"))

    @contextlib.contextmanager
    def docker_started(self) -> Iterator[None]:
        """Its daemon runs meanwhile, also before its own scripts have started it."""
        was_there = self.docker.answers()
        if not was_there:
            self._systemctl("start")
        yield
        if not was_there:
            self._systemctl("stop")

    def restart_docker(self) -> None:
        """Restarts the daemon alone."""
        self._systemctl("restart")

    def _systemctl(self, verb: str) -> None:
        done = self.run("systemctl", verb, "docker")
        if done.returncode:
            raise RuntimeError(done.stderr)

    def file(self, path: str) -> Path:
        """A path inside, as it is reached from here."""
        return Path(f"/proc/{self._pid}/root{path}")

    def write(self, path: str, text: str, *, mode: int = 0o644) -> None:
        """Makes a file inside."""
        file = self.file(path)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        file.chmod(mode)

    def stop(self) -> None:
        """Shuts it down, docker first."""
        if self._unshare:
            try:
                self._systemctl("stop")
            finally:
                self.cut_power()

    def cut_power(self) -> None:
        """Ends every process at once; mounts and network go with them."""
        if self._unshare:
            os.kill(self._pid, signal.SIGKILL)
            self._unshare.communicate(timeout=60)
            self._unshare = None
            for disk in self.disks:
                disk.detach()
