"""One bounded run of locust against loopback, and what it saw."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_FILE = Path(__file__).with_name("locustfile.py")


@dataclass(frozen=True, kw_only=True)
class Load:
    """What all runs share.

    :param locust: the program.
    :param seed: file with what visitors know.
    :param folder: for its own files.
    """

    locust: str
    seed: Path
    folder: Path


def run_locust(load: Load, url: str, *, visitors: int, rate: float, seconds: int) -> dict[str, Any]:
    """Requests per second and latencies in milliseconds.

    :param rate: requests of each visitor per second; 0: as fast as they are answered.
    :raises ValueError: the URL is not on this machine's loopback.
    """
    if not url.startswith("http://127.0.0.1:"):
        raise ValueError(f"{url} is not on loopback: the load stays on this machine")
    done = subprocess.run(
        [
            *(load.locust, "--locustfile", str(_FILE), "--headless", "--only-summary", "--json"),
            *("--host", url, "--users", str(visitors), "--spawn-rate", str(visitors)),
            *("--run-time", f"{seconds}s", "--stop-timeout", "5", "--exit-code-on-error", "0"),
        ],
        cwd=load.folder,
        env={
            "PATH": os.environ.get("PATH", ""),
            "LOAD_SEED": str(load.seed),
            "LOAD_RATE": str(rate),
        },
        capture_output=True,
        text=True,
        timeout=seconds + 60,
        check=False,
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    return summary(json.loads(done.stdout))


def summary(entries: list[dict[str, Any]]) -> dict[str, Any]:
    """All requests together, without log-ins, which are slow on purpose, in the percentiles."""
    requests = sum(one["num_requests"] for one in entries)
    start = min(one["start_time"] for one in entries)
    end = max(one["last_request_timestamp"] for one in entries)
    times: dict[int, int] = {}
    for one in entries:
        if one["name"] != "log-in":
            for milliseconds, count in one["response_times"].items():
                times[int(milliseconds)] = times.get(int(milliseconds), 0) + count
    return {
        "requests": requests,
        "failures": sum(one["num_failures"] for one in entries),
        "seconds": round(end - start, 2),
        "requests_per_second": round(requests / (end - start), 1),
        **{f"p{part}_ms": percentile(times, part) for part in (50, 95, 99)},
    }


def percentile(times: dict[int, int], part: int) -> int:
    """The time in which this many of a hundred were answered."""
    left = part * sum(times.values()) / 100
    for milliseconds in sorted(times):
        left -= times[milliseconds]
        if left <= 0:
            return milliseconds
    return 0
