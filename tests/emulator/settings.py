"""What the emulator's process and those who talk to it agree on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

ACCOUNT = "111111111111"
REGION = "us-east-1"

#: An access key that is a bare account id is the root user of that account to ministack.
ROOT_CREDENTIALS = {
    "aws_access_key_id": ACCOUNT,
    "aws_secret_access_key": "test",
}


@dataclass(frozen=True)
class Folder:
    """The folder that holds all state of one emulator."""

    path: Path

    @property
    def images(self) -> Path:
        """One JSON file for each container image that was published."""
        return self.path / "images"

    @property
    def certificates(self) -> Path:
        """All certificate authorities that a task has to trust, in one file."""
        return self.path / "trusted.pem"

    @property
    def logs(self) -> Path:
        """What containers and servers print."""
        return self.path / "logs"

    @property
    def log(self) -> Path:
        """What the emulator itself prints."""
        return self.path / "emulator.log"

    def make(self) -> None:
        self.images.mkdir(parents=True, exist_ok=True)
        self.logs.mkdir(exist_ok=True)
        self.certificates.touch()
