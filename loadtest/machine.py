"""What a measurement depends on besides the code."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from importlib.metadata import version
from pathlib import Path


def machine_facts(locust: str) -> dict[str, str | int]:
    """CPU, memory, kernel and versions; nothing that names the machine."""
    told = subprocess.run([locust, "--version"], capture_output=True, text=True, check=True).stdout
    return {
        "cpu": _first(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text()),
        "cores": os.cpu_count() or 0,
        "memory_mib": int(_first(r"MemTotal:\s*(\d+)", Path("/proc/meminfo").read_text())) // 1024,
        "kernel": platform.release().split("-")[0],
        "python": platform.python_version(),
        "django": version("django"),
        "gunicorn": version("gunicorn"),
        "psycopg": version("psycopg"),
        "locust": told.split()[1],
    }


def load_average() -> float:
    """Processes that ran or wanted to, over the last minute."""
    return round(os.getloadavg()[0], 2)


def _first(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    return found[1].strip() if found else "0"
