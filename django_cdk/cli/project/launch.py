"""How the image starts: the texts of its command and scripts, its port, who serves."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from .dockerfile import Dockerfile

_SERVERS = re.compile(r"\b(gunicorn|uwsgi|uvicorn|daphne|hypercorn|granian|waitress-serve)\b")
_WORKER = re.compile(r"\bcelery\b.*\bworker\b|\bcelery_worker\b", re.DOTALL)
_BEAT = re.compile(r"\bcelery\b.*\bbeat\b", re.DOTALL)
_BIND = re.compile(r"(?:0\.0\.0\.0|\[::\]|\*|[\s=\"'])?:(\d{4,5})\b")
_PORT = re.compile(r"\bPORT(?:[:=]-?|\s+)\"?(\d{2,5})\b")
_VARIABLE = re.compile(r"\$\{?([A-Z][A-Z0-9_]+)")


@dataclass(frozen=True)
class Script:
    """A file of the project that runs when the image starts.

    :param command: its path in the image.
    :param path: the file.
    """

    command: str
    path: Path

    @property
    def text(self) -> str:
        """What it says, without comments."""
        text = self.path.read_text(errors="replace")
        return re.sub(r"(?m)^\s*[#;].*$", "", text)

    @property
    def is_shell(self) -> bool:
        """A shell runs it."""
        first = self.path.read_text(errors="replace").partition("\n")[0]
        return bool(re.match(r"#!.*\b(ba|da|a|z)?sh\b", first)) or self.path.suffix == ".sh"


class Launch:
    """What a Dockerfile starts.

    :param dockerfile: the Dockerfile.
    """

    def __init__(self, dockerfile: Dockerfile) -> None:
        self.dockerfile = dockerfile

    @property
    def has_command(self) -> bool:
        """The image has a command of its own; an entrypoint alone only prepares."""
        return self.dockerfile.stage.last("CMD") is not None or any(
            _SERVERS.search(text) for text in self._own_texts()
        )

    @property
    def command_text(self) -> str:
        """ENTRYPOINT and CMD as written."""
        return "\n".join(one.text for one in self.dockerfile.command())

    def started(self) -> list[Script]:
        """The project's files that ENTRYPOINT and CMD name."""
        found = {}
        for one in self.dockerfile.command():
            for word in one.exec_form or one.text.split():
                if path := self.dockerfile.file_of(word):
                    found[word] = Script(word, path)
        return list(found.values())

    def _own_texts(self) -> list[str]:
        return [self.command_text, *(script.text for script in self.started())]

    def _copied(self, pattern: re.Pattern[str]) -> Script | None:
        """The one script, copied to the image's root, that runs such a process."""
        scripts = [Script(*one) for one in self.dockerfile.scripts().items()]
        found = [script for script in scripts if script.is_shell and pattern.search(script.text)]
        return found[0] if len(found) == 1 else None

    def web_script(self) -> Script | None:
        """The script that serves, when the image leaves the choice to its user."""
        return None if self.has_command else self._copied(_SERVERS)

    def worker_script(self) -> Script | None:
        """The project's own way to run a celery worker."""
        return self._copied(_WORKER)

    def beat_script(self) -> Script | None:
        """The project's own way to run celery beat."""
        return self._copied(_BEAT)

    def web_texts(self) -> list[str]:
        """All that is known of how the web process starts."""
        script = self.web_script()
        return [*self._own_texts(), *([script.text] if script else [])]

    def port(self) -> int | None:
        """The port on which the web process listens; None: nothing tells it."""
        exposed = self.dockerfile.stage.last("EXPOSE")
        if exposed and exposed.text.split("/")[0].split()[0].isdigit():
            return int(exposed.text.split("/")[0].split()[0])
        for pattern in (_BIND, _PORT):
            for text in self.web_texts():
                if match := pattern.search(text):
                    return int(match[1])
        port = self.dockerfile.stage.variables().get("PORT", "")
        return int(port) if port.isdigit() else None

    def collects_static(self) -> bool:
        """Static files are collected while the image is built, or when it starts."""
        built = [one.text for one in self.dockerfile.stage.instructions if one.name == "RUN"]
        return any("collectstatic" in text for text in [*built, *self.web_texts()])

    def shell_variables(self) -> set[str]:
        """The variables that its shell scripts read."""
        scripts = [*self.started(), *filter(None, [self.web_script(), self.worker_script()])]
        return {name for one in scripts if one.is_shell for name in _VARIABLE.findall(one.text)}

    def shell_in_between(self) -> Script | None:
        """A started shell script that ends in a server it does not `exec`."""
        for script in [*self.started(), *filter(None, [self.web_script()])]:
            # The last command, with its continued lines joined.
            lines = re.sub(r"\\\n", " ", script.text).strip().splitlines()
            last = lines[-1].strip() if script.is_shell and lines else ""
            if _SERVERS.search(last) and not last.startswith("exec "):
                return script
        return None

    def runs_a_shell(self) -> bool:
        """CMD or ENTRYPOINT is in shell form without `exec`, so a shell gets the stop signal."""
        return any(
            one.exec_form is None and not one.text.startswith("exec ")
            for one in self.dockerfile.command()
        )
